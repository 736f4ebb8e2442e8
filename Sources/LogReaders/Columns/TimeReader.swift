import Columnar
import Events

/// Turns times in text into instants; the instants of minutes once seen are kept, since
/// neighbouring records share them.
final class TimeReader {
  private let formats: [TimeFormat]
  private let zone: Zone
  private var years: YearSequence
  private let hasYear: Bool
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
  private let assumedOfSharedMinutes: Assumed

  init(formats: [TimeFormat], zone: Zone, year: Int?, month: Int? = nil) {
    self.formats = formats
    self.zone = zone
    years = YearSequence(first: year, near: month)
    hasYear = year != nil
    if case .ofSite = zone { assumedOfSharedMinutes = .zone } else { assumedOfSharedMinutes = [] }
    hasSharedMinutes = formats.first?.hasSharedMinutes ?? false
    minutes = .allocate(capacity: 1024)
    minutes.initialize(repeating: Minute())
  }

  deinit { minutes.deallocate() }

  @inline(__always) func instant(_ text: FieldText) -> Instant? {
    guard hasSharedMinutes, text.count >= 19 else { return instantOfAnyForm(text) }
    assumed = assumedOfSharedMinutes
    let bytes = UnsafeRawPointer(text.start)
    let first = bytes.loadUnaligned(as: UInt64.self)
    let second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let hash = (first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    let slot = Int(hash >> 54)
    let minute = minutes[slot]
    guard minute.first == first, minute.second == second else {
      return learn(text, first, second, slot)
    }
    let tens = text.start[17] &- 0x30
    let ones = text.start[18] &- 0x30
    guard text.start[16] == UInt8(ascii: ":"), tens <= 5, ones <= 9 else {
      return instantOfAnyForm(text)
    }
    var microseconds = minute.microseconds &+ Int64(tens &* 10 &+ ones) &* 1_000_000
    guard text.count > 19 else { return Instant(microseconds: microseconds) }
    guard text.start[19] == UInt8(ascii: "."), text.count > 20, text.count <= 26 else {
      return instantOfAnyForm(text)
    }
    var fraction: Int64 = 0
    var index = 20
    while index < text.count {
      let digit = text.start[index] &- 0x30
      guard digit <= 9 else { return instantOfAnyForm(text) }
      fraction = fraction &* 10 &+ Int64(digit)
      index &+= 1
    }
    while index < 26 {
      fraction = fraction &* 10
      index &+= 1
    }
    microseconds = microseconds &+ fraction
    return Instant(microseconds: microseconds)
  }

  private func learn(
    _ text: FieldText, _ first: UInt64, _ second: UInt64, _ slot: Int
  ) -> Instant? {
    guard let instant = instantOfAnyForm(text) else { return nil }
    var cursor = TimeCursor(text: text)
    cursor.index = 17
    // Zones change their offset between minutes, never inside one.
    if text.start[16] == UInt8(ascii: ":"), let seconds = cursor.seconds(), cursor.isAtEnd,
      seconds < 60_000_000
    {
      minutes[slot] = Minute(
        first: first, second: second, microseconds: instant.microseconds - seconds)
    }
    return instant
  }

  private func instantOfAnyForm(_ text: FieldText) -> Instant? {
    for format in formats {
      guard let time = format.parse(text, &years) else { continue }
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
    if !hasYear, years.wasAsked { missing.insert(.year) }
    return nil
  }
}
