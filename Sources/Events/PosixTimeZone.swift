/// The rule for years beyond a TZif file's table: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX TZ with the
/// extensions of RFC 9636 §3.3.1).
struct PosixTimeZone: Sendable {
  private enum Day: Sendable {
    /// Weekday (0 = Sunday) of a week (5 = last) of a month.
    case monthly(month: Int, week: Int, weekday: Int)
    /// 1 … 365, 29 February never counted.
    case julian(Int)
    /// 0 … 365, 29 February counted.
    case zeroBased(Int)
  }
  private struct Change: Sendable {
    let day: Day
    /// After midnight, by the clocks before the change; may be negative or beyond a day.
    let seconds: Int
  }

  private let standard: Int
  private let summer: (offset: Int, begins: Change, ends: Change)?

  init(_ text: String) throws {
    var scanner = Scanner(text: text)
    try scanner.name()
    standard = try scanner.offset()
    if scanner.isAtEnd {
      summer = nil
      return
    }
    try scanner.name()
    var offset = standard + 3600
    if scanner.peek != "," { offset = try scanner.offset() }
    let begins = try scanner.change()
    let ends = try scanner.change()
    summer = (offset, begins, ends)
    guard scanner.isAtEnd else { throw scanner.malformed }
  }

  /// Seconds east of UTC, `second` being seconds since 1970.
  func offsetSeconds(at second: Int64) -> Int {
    guard let summer else { return standard }
    let localDay = (second + Int64(standard)).flooredQuotient(by: 86_400)
    let year = CivilDate(dayNumber: Int(localDay)).components.year
    let begins = Self.second(of: summer.begins, year: year) - Int64(standard)
    let ends = Self.second(of: summer.ends, year: year) - Int64(summer.offset)
    let isSummer =
      begins < ends ? (begins..<ends).contains(second) : !(ends..<begins).contains(second)
    return isSummer ? summer.offset : standard
  }

  /// Local seconds since 1970 of a change in a year.
  private static func second(of change: Change, year: Int) -> Int64 {
    let newYear = CivilDate(year: year, month: 1, day: 1)?.dayNumber ?? 0
    let dayNumber: Int
    switch change.day {
    case .zeroBased(let day): dayNumber = newYear + day
    case .julian(let day):
      let isLeap = CivilDate.dayCount(year: year, month: 2) == 29
      dayNumber = newYear + day - 1 + (isLeap && day >= 60 ? 1 : 0)
    case .monthly(let month, let week, let weekday):
      let first = CivilDate(year: year, month: month, day: 1) ?? CivilDate(dayNumber: newYear)
      let wanted = (weekday + 6) % 7
      let offset = (wanted - first.weekday + 7) % 7 + 7 * (week - 1)
      let length = CivilDate.dayCount(year: year, month: month)
      dayNumber = first.dayNumber + (offset < length ? offset : offset - 7)
    }
    return Int64(dayNumber) * 86_400 + Int64(change.seconds)
  }

  private struct Scanner {
    let text: String
    var rest: Substring

    init(text: String) {
      self.text = text
      rest = text[...]
    }

    var isAtEnd: Bool { rest.isEmpty }
    var peek: Character? { rest.first }
    var malformed: TimeZoneError {
      TimeZoneError(zone: text, problem: "expected a POSIX zone rule, cannot read \"\(rest)\"")
    }

    mutating func name() throws {
      if rest.first == "<" {
        guard let end = rest.firstIndex(of: ">") else { throw malformed }
        rest = rest[rest.index(after: end)...]
      } else {
        let length = rest.prefix { $0.isLetter }.count
        guard length >= 3 else { throw malformed }
        rest = rest.dropFirst(length)
      }
    }

    /// At most three digits, which all numbers of a rule have.
    mutating func number() throws -> Int {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard digits.count <= 3, let number = Int(digits) else { throw malformed }
      rest = rest.dropFirst(digits.count)
      return number
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() throws -> Int {
      var sign = 1
      if rest.first == "+" || rest.first == "-" { sign = rest.removeFirst() == "-" ? -1 : 1 }
      var seconds = try number() * 3600
      for unit in [60, 1] where rest.first == ":" {
        rest.removeFirst()
        seconds += try number() * unit
      }
      return sign * seconds
    }

    /// Seconds east of UTC.
    mutating func offset() throws -> Int {
      let seconds = -(try time())
      guard TimeZoneRules.offsets.contains(seconds) else { throw malformed }
      return seconds
    }

    mutating func change() throws -> Change {
      guard rest.first == "," else { throw malformed }
      rest.removeFirst()
      let day: Day
      switch rest.first {
      case "M":
        rest.removeFirst()
        let month = try number()
        guard (1...12).contains(month), rest.first == "." else { throw malformed }
        rest.removeFirst()
        let week = try number()
        guard (1...5).contains(week), rest.first == "." else { throw malformed }
        rest.removeFirst()
        let weekday = try number()
        guard (0...6).contains(weekday) else { throw malformed }
        day = .monthly(month: month, week: week, weekday: weekday)
      case "J":
        rest.removeFirst()
        let number = try number()
        guard (1...365).contains(number) else { throw malformed }
        day = .julian(number)
      default:
        let number = try number()
        guard number <= 365 else { throw malformed }
        day = .zeroBased(number)
      }
      var seconds = 7200
      if rest.first == "/" {
        rest.removeFirst()
        seconds = try time()
      }
      return Change(day: day, seconds: seconds)
    }
  }
}
