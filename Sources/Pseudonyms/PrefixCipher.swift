import Columnar
import Cryptography
import Events

/// Encrypts addresses so that two of them share as many leading bits afterwards as before.
///
/// Bit i of an address is inverted, or not, by a keyed function of the i bits before it. Blocks
/// that are kept stay in their place: no bit on the way to one is inverted, so that what lies
/// inside stays inside and what lies outside stays outside. That tells of an address how many bits
/// it shares with such a block, as any encryption that preserves prefixes and keeps the block must.
package struct PrefixCipher: Sendable {
  package enum Method: String, CaseIterable, Sendable {
    /// ipcrypt-pfx (draft-denis-ipcrypt).
    case ipcryptPFX = "ipcrypt-pfx"
    /// Crypto-PAn (Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002),
    /// over the 128 bits of an IPv6 address as over the 32 of an IPv4 one.
    case cryptoPAn = "crypto-pan"
  }

  package static let keyByteCount = 32

  private let method: Method
  /// Of AES-128: both of ipcrypt-pfx, the one of Crypto-PAn.
  private let keys: [[UInt8]]
  /// Of Crypto-PAn: what stands behind a prefix.
  private let pad: UInt128
  private let keptBlocks: [KeptBlock]

  /// - Parameters:
  ///   - key: 32 bytes. The halves are ipcrypt-pfx's K1 and K2, or Crypto-PAn's key and secret pad.
  ///   - keptBlocks: those that stay in their place.
  /// - Throws: a `PseudonymError` where the key has another length, or equal halves for
  ///   ipcrypt-pfx.
  package init(_ method: Method, key: [UInt8], keeping keptBlocks: [Network] = []) throws {
    guard key.count == PrefixCipher.keyByteCount else {
      throw PseudonymError(
        "expected a key of \(PrefixCipher.keyByteCount) bytes, found \(key.count)")
    }
    let halves = [Array(key[..<16]), Array(key[16...])]
    self.method = method
    self.keptBlocks = keptBlocks.map(KeptBlock.init)
    switch method {
    case .ipcryptPFX:
      guard halves[0] != halves[1] else {
        throw PseudonymError("expected a key with different halves, found equal ones")
      }
      keys = halves
      pad = 0
    case .cryptoPAn:
      keys = [halves[0]]
      pad = AES128(key: halves[0]).encrypt(halves[1].reduce(0) { $0 << 8 | UInt128($1) })
    }
  }

  package func encrypt(_ address: Address) -> Address {
    convert(address, isDecrypting: false)
  }

  package func decrypt(_ address: Address) -> Address {
    convert(address, isDecrypting: true)
  }

  /// An IPv4 address becomes one, and an IPv6 address one.
  private func convert(_ address: Address, isDecrypting: Bool) -> Address {
    let ciphers = keys.map(AES128.init)
    let isIPv4 = address.ipv4 != nil
    let width = isIPv4 ? 32 : 128
    var (prefix, converted): (UInt128, UInt128) = (0, 0)
    for length in 0..<width {
      let bit = address.bits >> UInt128(width - 1 - length) & 1
      let isKept = keptBlocks.contains { $0.isBehind(prefix, length: length, isIPv4: isIPv4) }
      let inverts =
        !isKept && inverts(behind: prefix, length: length, isIPv4: isIPv4, ciphers: ciphers)
      let other = inverts ? bit ^ 1 : bit
      converted = converted << 1 | other
      prefix = prefix << 1 | (isDecrypting ? other : bit)
    }
    return isIPv4
      ? Address(ipv4: UInt32(truncatingIfNeeded: converted)) : Address(bits: converted)
  }

  /// - Parameter prefix: the first `length` bits of the plain address.
  private func inverts(
    behind prefix: UInt128, length: Int, isIPv4: Bool, ciphers: [AES128]
  ) -> Bool {
    switch method {
    case .ipcryptPFX:
      // The prefix of the 128 bits, at the lower end, behind a bit that marks its length.
      let block =
        isIPv4
        ? (1 << 96 | 0xFFFF) << UInt128(length) | prefix : 1 << UInt128(length) | prefix
      return (ciphers[0].encrypt(block) ^ ciphers[1].encrypt(block)) & 1 == 1
    case .cryptoPAn:
      let block = prefix << UInt128(128 - length) | pad & UInt128.max >> UInt128(length)
      return ciphers[0].encrypt(block) >> 127 == 1
    }
  }
}

/// A block of addresses as the bits that all of them begin with.
private struct KeptBlock {
  private let isIPv4: Bool
  private let length: Int
  private let prefix: UInt128

  init(_ network: Network) {
    isIPv4 = network.address.ipv4 != nil && network.prefixLength > 96
    length = isIPv4 ? network.prefixLength - 96 : network.prefixLength
    prefix =
      isIPv4
      ? network.address.bits >> UInt128(32 - length) & (1 << UInt128(length) - 1)
      : network.address.bits >> UInt128(128 - length)
  }

  /// Whether the block is one of those that begin with a prefix, and more than that.
  func isBehind(_ other: UInt128, length otherLength: Int, isIPv4: Bool) -> Bool {
    isIPv4 == self.isIPv4 && otherLength < length
      && prefix >> UInt128(length - otherLength) == other
  }
}

extension Address {
  /// All 128 bits; of an IPv4 address, the lower 32 are its own.
  fileprivate var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

  fileprivate init(bits: UInt128) {
    self.init(high: UInt64(bits >> 64), low: UInt64(truncatingIfNeeded: bits))
  }
}

/// Why pseudonyms can't be made.
package struct PseudonymError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
