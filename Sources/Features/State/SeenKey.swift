import Columnar
import Events

/// A hash of text that is the same in every process.
package func keyHash(_ text: String) -> UInt64 {
  var text = text
  return text.withUTF8 { stableHash(UnsafeRawBufferPointer($0)) }
}

/// A key of `seen.arrow`: which subject, met by which host. Keys of one subject are neighbours.
package struct SeenKey: Hashable, Comparable, Sendable {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }

  package init(subject: UInt64, host: UInt64) {
    number = ((subject >> 24) << 24) | (host >> 40)
  }

  /// A key of `Seen.Kind.loginBeside`, with 12 bits each of the user and of the other network.
  package init(network: UInt64, user: UInt64, otherNetwork: UInt64) {
    self.init(subject: network, host: (user >> 52) << 52 | (otherNetwork >> 52) << 40)
  }

  /// The subject's 40 bits.
  package var subject: UInt64 { number >> 24 }
  /// The host's 24 bits.
  package var host: UInt32 { UInt32(truncatingIfNeeded: number & 0xFF_FFFF) }

  /// The user's 12 bits of a key of `Seen.Kind.loginBeside`.
  package var user: UInt32 { host >> 12 }
  /// The other network's 12 bits of such a key.
  package var otherNetwork: UInt32 { host & 0xFFF }

  package static func < (a: SeenKey, b: SeenKey) -> Bool { a.number < b.number }
}

/// What novelty is counted over.
package enum Subject {
  /// What a row of `handshakes.arrow` is about; nil for servers that were named.
  package static func handshake(
    _ kind: UInt8, _ value: UnsafeRawBufferPointer
  ) -> (kind: Seen.Kind, subject: UInt64)? {
    switch Handshake.Kind(rawValue: kind) {
    case .fingerprint, .weakness: (.handshake, stableHash(value))
    case .unnamed: network(value).map { (.unnamedServer, $0) }
    case .name, nil: nil
    }
  }

  /// The outside as a whole.
  package static let outside: UInt64 = 0

  package static func destination(_ responder: UnsafeRawBufferPointer) -> UInt64 {
    stableHash(responder)
  }

  /// Ports from 32768 on are one subject, since they are drawn anew for each session.
  package static func port(_ port: UInt16, protocol number: UInt8) -> UInt64 {
    mix(UInt64(min(port, 32768)) << 8 | UInt64(number) | 1 << 32)
  }

  /// The /24 or /48 of an address; nil for names.
  package static func network(_ responder: UnsafeRawBufferPointer) -> UInt64? {
    guard let address = Address(parsing: responder) else { return nil }
    if let number = address.ipv4 { return mix(UInt64(number >> 8) | 1 << 60) }
    return mix(address.high >> 16)
  }

  /// The degree of latitude and longitude that a point lies in.
  package static func place(_ point: Coordinates) -> UInt64 {
    place(row: Int(point.latitude.rounded(.down)), column: Int(point.longitude.rounded(.down)))
  }

  /// That degree and those around it, so that a city that is placed anew stays where it was.
  package static func places(around point: Coordinates) -> [UInt64] {
    let row = Int(point.latitude.rounded(.down))
    let column = Int(point.longitude.rounded(.down))
    return (row - 1...row + 1).flatMap { row in
      (column - 1...column + 1).map { place(row: row, column: $0) }
    }
  }

  private static func place(row: Int, column: Int) -> UInt64 {
    mix(UInt64(row + 91) << 16 | UInt64((column + 540) % 360) | 2 << 60)
  }

  /// A country's code or name, in upper or lower case.
  package static func country(_ name: String) -> UInt64 { mix(keyHash(name.lowercased()) ^ 3) }

  package static func domain(_ name: UnsafeRawBufferPointer) -> UInt64 {
    var asked = AskedName()
    return asked.withDomain(of: name) { stableHash($0) }
  }

  /// What a pair's novelty is counted over: the address of a conversation, the domain of a name.
  package static func responder(of key: PairKey) -> (kind: Seen.Kind, subject: UInt64) {
    var text = key.responder.text
    return text.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      return key.kind == .conversation ? (.destination, destination(bytes)) : (.name, domain(bytes))
    }
  }
}
