import Columnar
import Events

/// The views of one batch of `domains.arrow`.
package final class DomainBatch {
  package let rowCount: Int
  package let host: Coded<Strings>
  package let domain: Strings
  package let queries: Values<Int64>
  package let answered: Values<Int64>
  package let missing: Values<Int64>
  package let unusualTypes: Values<Int64>
  package let names: Values<Int64>
  package let labelBytes: Values<Int64>
  private let bits: Values<Int64>
  private let squaredBits: Values<Int64>
  package let firstTime: Values<Instant>

  package init(_ batch: Batch) {
    rowCount = batch.rowCount
    host = batch[AskedDomain.host]
    domain = batch[AskedDomain.domain]
    queries = batch[AskedDomain.queries]
    answered = batch[AskedDomain.answered]
    missing = batch[AskedDomain.missing]
    unusualTypes = batch[AskedDomain.unusualTypes]
    names = batch[AskedDomain.names]
    labelBytes = batch[AskedDomain.labelBytes]
    bits = batch[AskedDomain.bits]
    squaredBits = batch[AskedDomain.squaredBits]
    firstTime = batch[AskedDomain.firstTime]
  }

  /// Whether the host asked by itself, for a name of the public name service: not as a name server
  /// that hands on what others ask it.
  package func isOwn(_ row: Int) -> Bool {
    2 * answered.value(row) < queries.value(row) && PublicName.isPublic(domain.bytes(row))
  }

  /// Bits that the different names carried: what is asked again carries nothing. Where names are
  /// mixed, the mean is that of the bits, so that short names asked often hide no long ones.
  package func carriedBits(_ row: Int) -> Int64 {
    let total = bits.value(row)
    guard total > 0 else { return 0 }
    let mean = Double(squaredBits.value(row)) / Double(total)
    return min(total, Int64((Double(names.value(row)) * mean).rounded()))
  }

  /// The domain's place in `seen.arrow`.
  package func subject(_ row: Int) -> UInt64 { Subject.domain(domain.bytes(row)) }
}

/// Names that may be registered by anybody, as far as their form tells.
package enum PublicName {
  /// Endings of names that are never looked up outside a site or a device, most of them reserved
  /// (RFC 6761, RFC 6762, RFC 8375, RFC 9476) or in use for want of better ones, and those of
  /// reverse lookups.
  private static let localEndings = Set(
    [
      "arpa", "local", "localdomain", "localhost", "lan", "home", "internal", "intranet", "intern",
      "private", "corp", "domain", "workgroup", "invalid", "onion", "alt", "wpad", "belkin",
      "dlink", "router", "gateway", "fritz",
    ].map { keyHash($0) })

  package static func isPublic(_ domain: UnsafeRawBufferPointer) -> Bool {
    guard let dot = domain.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
    let ending = domain[(dot + 1)...]
    // Top-level domains are letters, or `xn--…`.
    guard let first = ending.first, (0x61...0x7A).contains(first), ending.count >= 2 else {
      return false
    }
    return !localEndings.contains(stableHash(UnsafeRawBufferPointer(rebasing: ending)))
  }
}
