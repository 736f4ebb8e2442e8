import Events

/// A time as text says it: a local time, or an instant where the text holds the offset.
struct ParsedTime {
  /// Microseconds since 1970-01-01T00:00:00 by the clock that was read.
  var clockMicroseconds: Int64
  /// Whether the text says how far that clock is from UTC; then the microseconds are UTC.
  var isUTC: Bool
  var assumesYear = false
}

/// One way to write a time: `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`, `epoch_any` (the unit told
/// by the number of digits), `iso8601`, `syslog` (all that the envelope knows), or a pattern of
/// `yyyy yy MMM MM M dd d EEE HH H hh h mm ss a Z` and literal characters. A fraction may follow
/// the seconds. A pattern without a year takes it from the site.
struct TimeFormat {
  enum Token {
    case year4, year2, monthName, month2, month1, day2, day1, weekday, hour2, hour1, minute, second
    case half, offset
    case literal(UInt8)
  }
  private enum Form {
    /// Digits from the unit to microseconds; nil where the number of digits tells the unit.
    case epoch(Int?)
    case pattern([Token])
    case syslog(named: [Token], namedWithYear: [Token], iso: [Token])
  }

  let text: String
  private let form: Form
  /// Microseconds from 1970 to where epochs are counted from.
  private let epochBase: Int64

  init(_ text: String, path: String, epochBase: Int64 = 0) throws {
    self.text = text
    self.epochBase = epochBase
    if let shift = TimeFormat.epochs[text] {
      form = .epoch(shift)
      return
    }
    if text == "syslog" {
      form = .syslog(
        named: TimeFormat.tokens(of: "MMM d HH:mm:ss"),
        namedWithYear: TimeFormat.tokens(of: "MMM d yyyy HH:mm:ss"),
        iso: TimeFormat.tokens(of: "yyyy-MM-ddTHH:mm:ss"))
      return
    }
    let tokens = TimeFormat.tokens(of: text == "iso8601" ? "yyyy-MM-ddTHH:mm:ssZ" : text)
    form = .pattern(tokens)
    guard
      tokens.contains(where: {
        if case .day2 = $0 { true } else if case .day1 = $0 { true } else { false }
      })
    else {
      throw FormatError(
        path: path,
        problem: "[time] formats: expected epoch, epoch_ms, epoch_us, epoch_ns, epoch_any, "
          + "iso8601, syslog or a pattern such as \"yyyy-MM-dd HH:mm:ss\", found \"\(text)\"")
    }
  }

  private static func tokens(of pattern: String) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(pattern)
    while !rest.isEmpty {
      if let (name, token) = TimeFormat.names.first(where: { rest.hasPrefix($0.0) }) {
        tokens.append(token)
        rest.removeFirst(name.count)
      } else if let byte = rest.removeFirst().asciiValue {
        tokens.append(.literal(byte))
      }
    }
    return tokens
  }

  private static let epochs: [String: Int?] = [
    "epoch": 6, "epoch_ms": 3, "epoch_us": 0, "epoch_ns": -3, "epoch_any": nil,
  ]
  private static let names: [(String, Token)] = [
    ("yyyy", .year4), ("yy", .year2), ("MMM", .monthName), ("MM", .month2), ("M", .month1),
    ("dd", .day2), ("d", .day1), ("EEE", .weekday), ("HH", .hour2), ("H", .hour1), ("hh", .hour2),
    ("h", .hour1), ("mm", .minute), ("ss", .second), ("a", .half), ("Z", .offset),
  ]

  /// Whether texts of this format say how far they are from UTC.
  static func statesZone(_ text: String) -> Bool {
    text.hasPrefix("epoch") || text == "iso8601" || text.contains("Z")
  }

  /// Whether no text of this format states the year.
  var lacksYear: Bool {
    guard case .pattern(let tokens) = form else { return false }
    return !TimeFormat.stateYear(tokens)
  }

  /// Whether texts of this format may lack the year.
  var mayLackYear: Bool { varies || lacksYear }

  /// Whether texts of this format may or may not state zone and year.
  var varies: Bool {
    if case .syslog = form { true } else { false }
  }

  /// Whether a zone's name or its offset from UTC is in the text.
  var takesZone: Bool {
    guard case .pattern(let tokens) = form else { return false }
    return tokens.contains { if case .offset = $0 { true } else { false } }
  }

  private static func stateYear(_ tokens: [Token]) -> Bool {
    tokens.contains {
      if case .year4 = $0 { true } else if case .year2 = $0 { true } else { false }
    }
  }

  /// Bytes of date, hour and minute where these come first, in 16 bytes, followed by `:ss`: the
  /// part that neighbouring records share.
  var hasSharedMinutes: Bool {
    ["yyyy-MM-dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"].contains(text)
  }

  /// - Parameter near: tells the year of times that lack it.
  func parse(_ text: FieldText, _ near: inout NearYear) -> ParsedTime? {
    switch form {
    case .epoch(let shift):
      let shift = shift ?? TimeFormat.shift(ofDigits: text.bytes.prefix { $0 &- 0x30 <= 9 }.count)
      return text.decimal(shift: shift).map {
        ParsedTime(clockMicroseconds: epochBase &+ $0, isUTC: true)
      }
    case .pattern(let tokens):
      return parse(text, tokens, &near)
    case .syslog(let named, let namedWithYear, let iso):
      guard let first = text.bytes.first else { return nil }
      if first > 0x39 { return parse(text, named, &near) ?? parse(text, namedWithYear, &near) }
      if text.count > 10, text.start[4] == UInt8(ascii: "-") { return parse(text, iso, &near) }
      return text.decimal(shift: 6).map { ParsedTime(clockMicroseconds: $0, isUTC: true) }
    }
  }

  /// From the unit that a present time of so many digits has to microseconds.
  private static func shift(ofDigits count: Int) -> Int {
    count <= 11 ? 6 : count <= 14 ? 3 : count <= 17 ? 0 : -3
  }

  /// The month of a time without a year; nil of any other text.
  func monthWithoutYear(_ text: FieldText) -> Int? {
    switch form {
    case .epoch: return nil
    case .pattern(let tokens):
      return lacksYear ? parts(text, tokens)?.month : nil
    case .syslog(let named, _, _):
      guard let first = text.bytes.first, first > 0x39 else { return nil }
      return parts(text, named)?.month
    }
  }

  private func parse(
    _ text: FieldText, _ tokens: [Token], _ near: inout NearYear
  ) -> ParsedTime? {
    parts(text, tokens)?.time(&near)
  }

  private func parts(_ text: FieldText, _ tokens: [Token]) -> TimeParts? {
    var cursor = TimeCursor(text: text)
    var parts = TimeParts()
    for token in tokens {
      guard cursor.take(token, &parts) else { return nil }
    }
    // What the envelope knows may end with an offset or a zone's name.
    if case .syslog = form, !cursor.isAtEnd {
      _ = cursor.take(UInt8(ascii: " "))
      guard cursor.take(.offset, &parts) else { return nil }
    }
    return cursor.isAtEnd && (1...12).contains(parts.month) ? parts : nil
  }
}

extension Format.Time {
  func readFormats(path: String) throws -> [TimeFormat] {
    try formats.map { try TimeFormat($0, path: path, epochBase: epochBase) }
  }
}
