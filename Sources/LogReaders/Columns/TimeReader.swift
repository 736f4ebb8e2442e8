import Columnar
import Events

/// Turns times in text into instants; the instants of minutes once seen are kept, since
/// neighbouring records share them.
final class TimeReader {
  private let formats: [TimeFormat]
  private let zone: Zone
  private let years: YearSequence
  private let hasSharedMinutes: Bool
  /// By a hash of the minute's 16 characters.
  private let minutes: UnsafeMutableBufferPointer<Minute>

  private struct Minute {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var microseconds: Int64 = 0
  }

  /// The zone of times that state none.
  enum Zone {
    case ofFormat(TimeZoneRules)
    case ofSite(TimeZoneRules)
    /// A time that states none can't be read.
    case unknown
  }

  /// What was taken from the site for a time.
  struct Assumed: OptionSet {
    let rawValue: UInt8
    static let zone = Assumed(rawValue: 1)
    static let year = Assumed(rawValue: 2)

    /// As `time_quality` says it.
    var text: String {
      switch self {
      case [.zone, .year]: "assumed_both"
      case .zone: "assumed_zone"
      case .year: "assumed_year"
      default: "exact"
      }
    }
  }

  /// What the last time took from the site.
  private(set) var assumed: Assumed = []
  /// What times need and the site does not state.
  private(set) var missing: Assumed = []
  /// What times in minutes that were seen before take from the site.
  let assumedOfKnownMinutes: Assumed

  init(formats: [TimeFormat], zone: Zone, years: YearSequence) {
    self.formats = formats
    self.zone = zone
    self.years = years
    if case .ofSite = zone { assumedOfKnownMinutes = .zone } else { assumedOfKnownMinutes = [] }
    hasSharedMinutes = formats.first?.hasSharedMinutes ?? false
    minutes = .allocate(capacity: 1024)
    minutes.initialize(repeating: Minute())
  }

  deinit { minutes.deallocate() }

  /// - Parameter row: of the records whose months `years` knows.
  @inline(__always) func instant(_ text: FieldText, row: Int) -> Instant? {
    guard let instant = instantInKnownMinute(text) else { return learn(text, row) }
    assumed = assumedOfKnownMinutes
    return instant
  }

  /// The instant of a time in a minute that was seen before, written with seconds and at most six
  /// digits of their fraction; nil of any other text.
  @inline(__always) func instantInKnownMinute(_ text: FieldText) -> Instant? {
    guard hasSharedMinutes, text.count >= 19 else { return nil }
    let (first, second, slot) = TimeReader.key(text)
    let minute = minutes[slot]
    guard minute.first == first, minute.second == second else { return nil }
    let tens = text.start[17] &- 0x30
    let ones = text.start[18] &- 0x30
    guard text.start[16] == UInt8(ascii: ":"), tens <= 5, ones <= 9 else { return nil }
    let microseconds = minute.microseconds &+ Int64(tens &* 10 &+ ones) &* 1_000_000
    guard text.count > 19 else { return Instant(microseconds: microseconds) }
    guard text.start[19] == UInt8(ascii: "."), text.count <= 26 else { return nil }
    let digits = FieldText(start: text.start + 20, count: text.count &- 20)
    guard var fraction = digits.shortUnsigned else { return nil }
    for _ in text.count..<26 { fraction = fraction &* 10 }
    return Instant(microseconds: microseconds &+ Int64(truncatingIfNeeded: fraction))
  }

  @inline(__always) private static func key(_ text: FieldText) -> (UInt64, UInt64, slot: Int) {
    let bytes = UnsafeRawPointer(text.start)
    let first = bytes.loadUnaligned(as: UInt64.self)
    let second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let hash = (first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return (first, second, Int(hash >> 54))
  }

  private func learn(_ text: FieldText, _ row: Int) -> Instant? {
    let instant = instantOfAnyForm(text, row)
    guard let instant, hasSharedMinutes, text.count >= 19 else { return instant }
    var cursor = TimeCursor(text: text)
    cursor.index = 17
    // Zones change their offset between minutes, never inside one.
    if text.start[16] == UInt8(ascii: ":"), let seconds = cursor.seconds(), cursor.isAtEnd,
      seconds < 60_000_000
    {
      let (first, second, slot) = TimeReader.key(text)
      minutes[slot] = Minute(
        first: first, second: second, microseconds: instant.microseconds - seconds)
    }
    return instant
  }

  /// The month of a time without a year; nil of any other text.
  func monthWithoutYear(_ text: FieldText) -> Int? {
    for format in formats {
      if let month = format.monthWithoutYear(text) { return month }
    }
    return nil
  }

  private func instantOfAnyForm(_ text: FieldText, _ row: Int) -> Instant? {
    var near = years.near(row: row)
    for format in formats {
      guard let time = format.parse(text, &near) else { continue }
      assumed = time.assumesYear ? .year : []
      guard !time.isUTC else { return Instant(microseconds: time.clockMicroseconds) }
      switch zone {
      case .ofFormat(let rules): return rules.instant(localMicroseconds: time.clockMicroseconds)
      case .ofSite(let rules):
        assumed.insert(.zone)
        return rules.instant(localMicroseconds: time.clockMicroseconds)
      case .unknown:
        missing.insert(.zone)
        return nil
      }
    }
    if !near.isKnown, near.wasAsked { missing.insert(.year) }
    return nil
  }
}
