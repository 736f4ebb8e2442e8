import Columnar
import Events

/// Times of other programs' exports.
enum ContextTime {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// From `2026-03-25T14:03:12.123Z`, with `+01:00`, `+0100` or nothing for `Z`, a space for `T`,
  /// and seconds or not (ISO 8601); or from `Mar 25, 2026 @ 14:03:12.123`, as OpenSearch and Kibana
  /// write. Nil for anything else.
  /// - Parameter zone: of times that state none.
  static func instant(_ text: String, zone: TimeZoneRules) -> Instant? {
    let text = text.drop { $0 == " " }
    guard let (date, clock) = isoDate(text) ?? dashboardDate(text) else { return nil }
    var rest = clock
    guard let hour = number(&rest, digits: 2), hour < 24, take(":", from: &rest),
      let minute = number(&rest, digits: 2), minute < 60
    else { return nil }
    var microseconds: Int64 = (hour * 60 + minute) * 60_000_000
    if take(":", from: &rest) {
      guard let second = number(&rest, digits: 2), second < 60 else { return nil }
      microseconds += second * 1_000_000
      if take(".", from: &rest) || take(",", from: &rest) {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        let kept = digits.prefix(6)
        guard let fraction = Int64(kept) else { return nil }
        microseconds += (kept.count..<6).reduce(fraction) { scaled, _ in scaled * 10 }
        rest = rest.dropFirst(digits.count)
      }
    }
    let local = Int64(date.dayNumber) * 86_400_000_000 + microseconds
    while rest.last == " " { rest.removeLast() }
    if rest.isEmpty { return zone.instant(localMicroseconds: local) }
    return offsetMinutes(rest).map { Instant(microseconds: local - $0 * 60_000_000) }
  }

  private static func isoDate(_ text: Substring) -> (CivilDate, Substring)? {
    guard let date = CivilDate(String(text.prefix(10))) else { return nil }
    let rest = text.dropFirst(10)
    return rest.first == "T" || rest.first == " " ? (date, rest.dropFirst()) : nil
  }

  private static func dashboardDate(_ text: Substring) -> (CivilDate, Substring)? {
    guard let month = months.firstIndex(of: String(text.prefix(3))) else { return nil }
    var rest = text.dropFirst(3)
    guard take(" ", from: &rest) else { return nil }
    let digits = rest.prefix { $0 != "," }
    guard digits.utf8.count <= 2, let day = Int(digits) else { return nil }
    rest = rest.dropFirst(digits.count)
    guard take(", ", from: &rest), let year = number(&rest, digits: 4), take(" @ ", from: &rest),
      let date = CivilDate(year: Int(year), month: month + 1, day: day)
    else { return nil }
    return (date, rest)
  }

  /// Minutes east of Greenwich, from `Z`, `+01:00`, `+0100` or `+01`.
  private static func offsetMinutes(_ text: Substring) -> Int64? {
    if text == "Z" { return 0 }
    var rest = text.dropFirst()
    guard let sign = text.first, sign == "+" || sign == "-", let hours = number(&rest, digits: 2)
    else { return nil }
    _ = take(":", from: &rest)
    let minutes = rest.isEmpty ? 0 : number(&rest, digits: 2)
    guard let minutes, rest.isEmpty, hours < 24, minutes < 60 else { return nil }
    return (sign == "+" ? 1 : -1) * (hours * 60 + minutes)
  }

  private static func number(_ rest: inout Substring, digits: Int) -> Int64? {
    let head = rest.prefix(digits)
    guard head.utf8.count == digits, head.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    rest = rest.dropFirst(digits)
    return Int64(head)
  }

  private static func take(_ text: String, from rest: inout Substring) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }
}
