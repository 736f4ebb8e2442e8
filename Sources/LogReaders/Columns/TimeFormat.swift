import Events

/// A time as text says it: a local time, or an instant where the text holds the offset.
struct ParsedTime {
  /// Microseconds since 1970-01-01T00:00:00 by the clock that was read.
  var clockMicroseconds: Int64
  /// Whether the text says how far that clock is from UTC; then the microseconds are UTC.
  var isUTC: Bool
}

/// One way to write a time: `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`, `iso8601`, or a pattern of
/// `yyyy yy MM M dd d HH H mm ss Z` and literal characters. A fraction may follow the seconds. A
/// pattern without a year takes it from the site.
struct TimeFormat {
  private enum Token {
    case year4, year2, month2, month1, day2, day1, hour2, hour1, minute, second, offset
    case literal(UInt8)
  }
  private enum Form {
    /// Digits from the unit to microseconds.
    case epoch(Int)
    case pattern([Token])
  }

  let text: String
  private let form: Form

  init(_ text: String, path: String) throws {
    self.text = text
    if let shift = TimeFormat.epochs[text] {
      form = .epoch(shift)
      return
    }
    let pattern = text == "iso8601" ? "yyyy-MM-ddTHH:mm:ssZ" : text
    var tokens: [Token] = []
    var rest = Substring(pattern)
    while !rest.isEmpty {
      if let (name, token) = TimeFormat.tokens.first(where: { rest.hasPrefix($0.0) }) {
        tokens.append(token)
        rest.removeFirst(name.count)
      } else if let byte = rest.removeFirst().asciiValue {
        tokens.append(.literal(byte))
      }
    }
    form = .pattern(tokens)
    guard
      tokens.contains(where: {
        if case .day2 = $0 { true } else if case .day1 = $0 { true } else { false }
      })
    else {
      throw FormatError(
        path: path,
        problem: "[time] formats: expected epoch, epoch_ms, epoch_us, epoch_ns, iso8601 or a "
          + "pattern such as \"yyyy-MM-dd HH:mm:ss\", found \"\(text)\"")
    }
  }

  private static let epochs = ["epoch": 6, "epoch_ms": 3, "epoch_us": 0, "epoch_ns": -3]
  private static let tokens: [(String, Token)] = [
    ("yyyy", .year4), ("yy", .year2), ("MM", .month2), ("M", .month1), ("dd", .day2), ("d", .day1),
    ("HH", .hour2), ("H", .hour1), ("mm", .minute), ("ss", .second), ("Z", .offset),
  ]

  /// Whether texts of this format say how far they are from UTC.
  static func statesZone(_ text: String) -> Bool {
    epochs[text] != nil || text == "iso8601" || text.contains("Z")
  }

  var lacksYear: Bool {
    guard case .pattern(let tokens) = form else { return false }
    return !tokens.contains {
      if case .year4 = $0 { true } else if case .year2 = $0 { true } else { false }
    }
  }

  /// Bytes of date, hour and minute where these come first, in 16 bytes, followed by `:ss`: the
  /// part that neighbouring records share.
  var hasSharedMinutes: Bool {
    ["yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"].contains(text)
  }

  func parse(_ text: FieldText, year: Int?) -> ParsedTime? {
    switch form {
    case .epoch(let shift):
      return text.decimal(shift: shift).map { ParsedTime(clockMicroseconds: $0, isUTC: true) }
    case .pattern(let tokens):
      return parse(text, tokens, year)
    }
  }

  private func parse(_ text: FieldText, _ tokens: [Token], _ statedYear: Int?) -> ParsedTime? {
    var cursor = TimeCursor(text: text)
    var (year, month, day, hour, minute) = (statedYear, 1, 0, 0, 0)
    var secondMicroseconds: Int64 = 0
    var offsetSeconds: Int?
    for token in tokens {
      switch token {
      case .year4: year = cursor.number(4...4)
      case .year2:
        guard let short = cursor.number(2...2) else { return nil }
        year = short < 69 ? 2000 + short : 1900 + short
      case .month2: month = cursor.number(2...2) ?? 0
      case .month1: month = cursor.number(1...2) ?? 0
      case .day2: day = cursor.number(2...2) ?? 0
      case .day1: day = cursor.number(1...2) ?? 0
      case .hour2: hour = cursor.number(2...2) ?? 24
      case .hour1: hour = cursor.number(1...2) ?? 24
      case .minute: minute = cursor.number(2...2) ?? 60
      case .second:
        guard let microseconds = cursor.seconds() else { return nil }
        secondMicroseconds = microseconds
      case .offset:
        guard let seconds = cursor.offset() else { return nil }
        offsetSeconds = seconds
      case .literal(let byte):
        guard cursor.take(byte) else { return nil }
      }
    }
    guard cursor.isAtEnd, hour < 24, minute < 60, let year,
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    let minutes = Int64(date.dayNumber) * 1440 + Int64(hour * 60 + minute)
    let local = minutes * 60_000_000 + secondMicroseconds
    return ParsedTime(
      clockMicroseconds: local - Int64(offsetSeconds ?? 0) * 1_000_000, isUTC: offsetSeconds != nil)
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

  /// `Z`, `+02:00`, `+0200` or `+02`, in seconds east of UTC.
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
