import Columnar

/// Why a time zone file cannot be used.
package struct TimeZoneError: Error, CustomStringConvertible {
  package let zone: String
  package let problem: String
  package var description: String { "time zone \(zone): \(problem)" }
}

/// A time zone's offsets, from a TZif file (RFC 9636).
package struct TimeZoneRules: Sendable {
  package let name: String
  /// Seconds since 1970 at which `offsets[i + 1]` begins; `offsets[0]` holds before the first.
  private let transitions: [Int64]
  private let offsets: [Int]
  /// Holds after the last transition.
  private let rule: PosixTimeZone?

  /// RFC 9636, section 3.2: more than -25 hours and less than 26.
  static let offsets = -25 * 3600 + 1..<26 * 3600

  package static let utc = TimeZoneRules(name: "UTC", offsetSeconds: 0)

  /// A zone without changes.
  package init(name: String, offsetSeconds: Int) {
    self.name = name
    (transitions, offsets, rule) = ([], [offsetSeconds], nil)
  }

  /// Reads the version 2+ block of a TZif file.
  package init(name: String, tzif: [UInt8]) throws {
    var reader = TZifReader(bytes: tzif)
    do {
      let first = try reader.header()
      guard first.version >= 2 else { throw TZifReader.Malformed("version 1, expected 2 or later") }
      try reader.skip(first.byteCount(timeSize: 4))
      let header = try reader.header()
      var transitions: [Int64] = []
      for _ in 0..<header.transitionCount { transitions.append(try reader.int64()) }
      let types = try reader.take(header.transitionCount)
      var typeOffsets: [Int] = []
      for _ in 0..<header.typeCount {
        let offset = try reader.int32()
        guard TimeZoneRules.offsets.contains(offset) else {
          throw TZifReader.Malformed("an offset of \(offset) s")
        }
        typeOffsets.append(offset)
        try reader.skip(2)
      }
      guard !typeOffsets.isEmpty, types.allSatisfy({ Int($0) < typeOffsets.count }) else {
        throw TZifReader.Malformed("a transition of an unknown type")
      }
      try reader.skip(
        header.characterCount + header.leapCount * 12 + header.standardCount + header.utCount)
      let footer = try reader.footer()
      self.name = name
      self.transitions = transitions
      offsets = [typeOffsets[0]] + types.map { typeOffsets[Int($0)] }
      rule = footer.isEmpty ? nil : try PosixTimeZone(footer)
    } catch let error as TZifReader.Malformed {
      throw TimeZoneError(zone: name, problem: error.what)
    }
  }

  /// Seconds east of UTC at an instant.
  package func offsetSeconds(at instant: Instant) -> Int {
    let second = instant.microseconds.flooredQuotient(by: 1_000_000)
    if let rule, second >= transitions.last ?? .min { return rule.offsetSeconds(at: second) }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return offsets[low]
  }

  /// The instant at which clocks show a local time, given in microseconds as if it were UTC. A
  /// time that a change skips is taken with the offset before the change; of a time that comes
  /// twice, the earlier is meant.
  package func instant(localMicroseconds local: Int64) -> Instant {
    func candidate(_ offset: Int) -> Instant {
      Instant(microseconds: local - Int64(offset) * 1_000_000)
    }
    let day: Int64 = 86_400_000_000
    let before = offsetSeconds(at: Instant(microseconds: local - day))
    let after = offsetSeconds(at: Instant(microseconds: local + day))
    let early = candidate(max(before, after))
    if offsetSeconds(at: early) == max(before, after) { return early }
    let late = candidate(min(before, after))
    if offsetSeconds(at: late) == min(before, after) { return late }
    return candidate(before)
  }
}

extension Int64 {
  /// The quotient rounded towards negative infinity.
  @inlinable package func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// Takes numbers from a TZif file, checking every length.
private struct TZifReader {
  struct Malformed: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  struct Header {
    let version: Int
    let utCount, standardCount, leapCount, transitionCount, typeCount, characterCount: Int

    func byteCount(timeSize: Int) -> Int {
      transitionCount * (timeSize + 1) + typeCount * 6 + characterCount
        + leapCount * (timeSize + 4) + standardCount + utCount
    }
  }

  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else {
      throw Malformed("ends at byte \(bytes.count), expected \(count) more at \(position)")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func skip(_ count: Int) throws(Malformed) { _ = try take(count) }

  mutating func int32() throws(Malformed) -> Int {
    Int(Int32(bitPattern: try take(4).reduce(0) { $0 << 8 | UInt32($1) }))
  }

  mutating func int64() throws(Malformed) -> Int64 {
    Int64(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  mutating func header() throws(Malformed) -> Header {
    guard Array(try take(4)) == Array("TZif".utf8) else { throw Malformed("not a TZif file") }
    let version = try take(1).first.map { $0 >= 0x32 ? Int($0) - 0x30 : 1 } ?? 1
    try skip(15)
    let (ut, standard, leap) = (try int32(), try int32(), try int32())
    let (transitions, types, characters) = (try int32(), try int32(), try int32())
    // They are unsigned: no file has so many.
    guard [ut, standard, leap, transitions, types, characters].allSatisfy({ $0 >= 0 }) else {
      throw Malformed("a count beyond what a file holds")
    }
    return Header(
      version: version, utCount: ut, standardCount: standard, leapCount: leap,
      transitionCount: transitions, typeCount: types, characterCount: characters)
  }

  mutating func footer() throws(Malformed) -> String {
    guard try take(1).first == 0x0A, let end = bytes[position...].firstIndex(of: 0x0A) else {
      throw Malformed("no footer")
    }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }
}
