import Events

/// What a time's parts say so far.
struct TimeParts {
  var year: Int?
  var month = 1
  var day = 0
  var hour = 0
  var minute = 0
  var secondMicroseconds: Int64 = 0
  var offsetSeconds: Int?
  /// Of a 12-hour clock; nil for one of 24.
  var isAfternoon: Bool?

  func time(_ years: inout YearSequence) -> ParsedTime? {
    guard (1...12).contains(month), hour < 24, minute < 60,
      let stated = year ?? years.year(ofMonth: month),
      let date = CivilDate(year: stated, month: month, day: day)
    else { return nil }
    var hour = hour
    if let isAfternoon {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + (isAfternoon ? 12 : 0)
    }
    let minutes = Int64(date.dayNumber) * 1440 + Int64(hour * 60 + minute)
    let local = minutes * 60_000_000 + secondMicroseconds
    return ParsedTime(
      clockMicroseconds: local - Int64(offsetSeconds ?? 0) * 1_000_000, isUTC: offsetSeconds != nil,
      assumesYear: year == nil)
  }
}

/// Takes the parts of a time from a text, one after another.
struct TimeCursor {
  let text: FieldText
  var index = 0

  init(text: FieldText) { self.text = text }

  var isAtEnd: Bool { index == text.count }

  mutating func take(_ byte: UInt8) -> Bool {
    guard index < text.count, text.start[index] == byte else { return false }
    index += 1
    return true
  }

  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var taken = 0
    while taken < digits.upperBound, index < text.count, text.start[index] &- 0x30 <= 9 {
      value = value * 10 + Int(text.start[index] - 0x30)
      taken += 1
      index += 1
    }
    return taken >= digits.lowerBound ? value : nil
  }

  /// Takes what a token stands for.
  mutating func take(_ token: TimeFormat.Token, _ parts: inout TimeParts) -> Bool {
    switch token {
    case .year4:
      parts.year = number(4...4)
      return parts.year != nil
    case .year2:
      guard let short = number(2...2) else { return false }
      parts.year = short < 69 ? 2000 + short : 1900 + short
      return true
    case .monthName: return set(&parts.month, name(of: TimeCursor.months))
    case .month2: return set(&parts.month, number(2...2))
    case .month1: return set(&parts.month, number(1...2))
    case .day2: return set(&parts.day, number(2...2))
    case .day1:
      // Padded to two places.
      _ = take(UInt8(ascii: " "))
      return set(&parts.day, number(1...2))
    case .weekday: return name(of: TimeCursor.weekdays) != nil
    case .hour2: return set(&parts.hour, number(2...2))
    case .hour1: return set(&parts.hour, number(1...2))
    case .minute: return set(&parts.minute, number(2...2))
    case .second:
      guard let microseconds = seconds() else { return false }
      parts.secondMicroseconds = microseconds
      return true
    case .half:
      parts.isAfternoon = take(UInt8(ascii: "P")) ? true : take(UInt8(ascii: "A")) ? false : nil
      return parts.isAfternoon != nil && take(UInt8(ascii: "M"))
    case .offset:
      if let place = takeZoneName() {
        parts.offsetSeconds = ZoneNames.offset(place)
        return true
      }
      parts.offsetSeconds = offset()
      return parts.offsetSeconds != nil
    case .literal(let byte):
      return take(byte) || (byte == UInt8(ascii: "T") && take(UInt8(ascii: " ")))
    }
  }

  private static let months = TimeCursor.words("jan feb mar apr may jun jul aug sep oct nov dec")
  private static let weekdays = TimeCursor.words("mon tue wed thu fri sat sun")

  private static func words(_ text: String) -> [UInt32] {
    text.split(separator: " ").map { $0.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
  }

  /// Takes a name of three letters, in any case; its place from 1.
  private mutating func name(of words: [UInt32]) -> Int? {
    guard index + 3 <= text.count else { return nil }
    var word: UInt32 = 0
    for offset in 0..<3 {
      word |= UInt32(text.start[index + offset] | 0x20) << UInt32(8 * offset)
    }
    guard let place = words.firstIndex(of: word) else { return nil }
    index += 3
    return place + 1
  }

  /// Seconds of a minute and up to nine digits of their fraction, in microseconds. A leap second
  /// reads as the first of the next minute.
  mutating func seconds() -> Int64? {
    guard let whole = number(2...2), whole <= 60 else { return nil }
    var microseconds = Int64(whole) * 1_000_000
    guard take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) else { return microseconds }
    var factor: Int64 = 100_000
    var digits = 0
    while index < text.count, text.start[index] &- 0x30 <= 9 {
      microseconds += Int64(text.start[index] - 0x30) * factor
      factor /= 10
      digits += 1
      index += 1
    }
    return (1...9).contains(digits) ? microseconds : nil
  }

  /// Takes a zone's abbreviation, whose place in `ZoneNames.all` this is.
  private mutating func takeZoneName() -> Int? {
    var end = index
    while end < text.count, text.start[end] &- 0x41 < 26 { end += 1 }
    guard end - index >= 3 else { return nil }
    let name = UnsafeRawBufferPointer(rebasing: text.bytes[index..<end])
    guard let place = ZoneNames.all.firstIndex(where: { name.elementsEqual($0.name) }) else {
      return nil
    }
    index = end
    return place
  }

  /// `Z`, `UTC`, `GMT`, `+02:00`, `+0200` or `+02`, in seconds east of UTC.
  mutating func offset() -> Int? {
    if take(UInt8(ascii: "Z")) { return 0 }
    let sign = take(UInt8(ascii: "+")) ? 1 : take(UInt8(ascii: "-")) ? -1 : 0
    guard sign != 0, let hours = number(2...2), hours <= 14 else { return nil }
    _ = take(UInt8(ascii: ":"))
    let minutes = isAtEnd ? 0 : number(2...2)
    guard let minutes, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

/// Sets a part to a number that was found; false where there is none.
@inline(__always) private func set(_ part: inout Int, _ number: Int?) -> Bool {
  guard let number else { return false }
  part = number
  return true
}
