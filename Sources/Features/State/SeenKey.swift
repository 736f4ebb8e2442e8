import Columnar
import Events

/// A 64-bit hash that is the same in every process: FNV-1a, mixed once more so that all bits of
/// short texts vary (the finaliser of MurmurHash3).
package func keyHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return keyMix(hash)
}

package func keyHash(_ text: String) -> UInt64 {
  var text = text
  return text.withUTF8 { keyHash(UnsafeRawBufferPointer($0)) }
}

func keyMix(_ value: UInt64) -> UInt64 {
  var hash = value
  hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
  hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ hash >> 33
}

/// A key of `seen.arrow`: which subject, met by which host. Keys of one subject are neighbours.
package struct SeenKey: Hashable, Comparable, Sendable {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }

  package init(subject: UInt64, host: UInt64) {
    number = ((subject >> 24) << 24) | (host >> 40)
  }

  /// The subject's 40 bits.
  package var subject: UInt64 { number >> 24 }
  /// The host's 24 bits.
  package var host: UInt32 { UInt32(truncatingIfNeeded: number & 0xFF_FFFF) }

  package static func < (a: SeenKey, b: SeenKey) -> Bool { a.number < b.number }
}

/// What novelty is counted over.
package enum Subject {
  package static func destination(_ responder: UnsafeRawBufferPointer) -> UInt64 {
    keyHash(responder)
  }

  /// Ports from 32768 on are one subject, since they are drawn anew for each session.
  package static func port(_ port: UInt16, protocol number: UInt8) -> UInt64 {
    keyMix(UInt64(min(port, 32768)) << 8 | UInt64(number))
  }

  /// The /24 or /48 of an address; nil for names.
  package static func network(_ responder: UnsafeRawBufferPointer) -> UInt64? {
    guard let address = Address(parsing: responder) else { return nil }
    if let number = address.ipv4 { return keyMix(UInt64(number >> 8) | 1 << 40) }
    return keyMix(address.high >> 16)
  }

  /// The registered domain of a name: its last two labels, three where the last but one has at most
  /// three characters, as in `example.co.uk`.
  package static func domain(_ name: UnsafeRawBufferPointer) -> UInt64 {
    keyHash(UnsafeRawBufferPointer(rebasing: name[registeredDomain(name)...]))
  }

  /// Where the registered domain begins.
  package static func registeredDomain(_ name: UnsafeRawBufferPointer) -> Int {
    var dots: [Int] = []
    for index in stride(from: name.count - 1, through: 0, by: -1)
    where name[index] == UInt8(ascii: ".") {
      dots.append(index)
      if dots.count == 3 { break }
    }
    guard dots.count >= 2 else { return 0 }
    guard dots[0] - dots[1] - 1 <= 3 else { return dots[1] + 1 }
    return dots.count == 3 ? dots[2] + 1 : 0
  }
}
