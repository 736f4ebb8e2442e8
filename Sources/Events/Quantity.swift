import Columnar

/// Numbers as people read them; the same in every locale.
package enum Quantity {
  /// `1,234,567`
  package static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var groups: [Substring] = []
    var end = digits.endIndex
    while end > digits.startIndex {
      let start = digits.index(end, offsetBy: -3, limitedBy: digits.startIndex) ?? digits.startIndex
      groups.insert(digits[start..<end], at: 0)
      end = start
    }
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// `1 day`, `1,234 days`
  package static func counted(_ number: Int, _ thing: String) -> String {
    "\(count(number)) \(thing)\(number == 1 ? "" : "s")"
  }

  /// Up to three significant digits after which nothing is hidden by rounding: `9`, `9.25`, `412`,
  /// `1,840`.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "unknown" : value < 0 ? "-∞" : "∞" }
    let magnitude = value.magnitude
    if magnitude >= 100 {
      return magnitude < 1e15 ? count(Int(value.rounded())) : scientific(value)
    }
    let places = magnitude >= 10 ? 1 : 2
    return decimal(value, places: places)
  }

  /// With `places` digits after the point, trailing zeros dropped.
  package static func decimal(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = Int((value.magnitude * scale).rounded())
    let whole = scaled / Int(scale)
    var text = count(whole)
    let fraction = scaled % Int(scale)
    if fraction != 0 {
      var digits = pad(fraction, places)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "." + digits
    }
    return (value < 0 && scaled != 0 ? "-" : "") + text
  }

  /// `0.0024` as it is, `2.1e-07` below a thousandth of that.
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return number(value) }
    let magnitude = value.magnitude
    if magnitude >= 1e-4 && magnitude < 1e6 { return decimal(value, places: 6) }
    var exponent = 0
    var mantissa = magnitude
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.9995 {
      mantissa *= 10
      exponent -= 1
    }
    let sign = exponent < 0 ? "-" : "+"
    return (value < 0 ? "-" : "") + decimal(mantissa, places: 2) + "e" + sign
      + pad(Int(exponent.magnitude), 2)
  }

  /// `2.1 GB`, by powers of 1,000.
  package static func bytes(_ value: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
    var scaled = value
    var unit = 0
    while scaled.magnitude >= 999.5 && unit < units.count - 1 {
      scaled /= 1000
      unit += 1
    }
    return "\(unit == 0 ? count(Int(scaled.rounded())) : number(scaled)) \(units[unit])"
  }

  /// `45 s`, `12 min`, `3.5 h`, `2 days`.
  package static func duration(seconds: Double) -> String {
    if seconds < 120 { return "\(number(seconds)) s" }
    if seconds < 7200 { return "\(number(seconds / 60)) min" }
    if seconds < 172_800 { return "\(number(seconds / 3600)) h" }
    return "\(number(seconds / 86_400)) days"
  }

  /// `2026-03-29T01:00:00Z`
  package static func timestamp(_ instant: Instant) -> String {
    local(instant, offsetSeconds: 0, separator: "T", withSeconds: true) + "Z"
  }

  /// `2026-03-29 03:00` as the site's clocks show it.
  package static func clock(_ instant: Instant, calendar: CivilCalendar) -> String {
    local(
      instant, offsetSeconds: calendar.zone.offsetSeconds(at: instant), separator: " ",
      withSeconds: false)
  }

  private static func local(
    _ instant: Instant, offsetSeconds: Int, separator: String, withSeconds: Bool
  ) -> String {
    let second =
      instant.microseconds.flooredQuotient(by: 1_000_000) + Int64(offsetSeconds)
    let day = second.flooredQuotient(by: 86_400)
    let ofDay = Int(second - day * 86_400)
    let date = CivilDate(dayNumber: Int(day))
    let time = "\(pad(ofDay / 3600, 2)):\(pad(ofDay / 60 % 60, 2))"
    return "\(date)\(separator)\(time)" + (withSeconds ? ":\(pad(ofDay % 60, 2))" : "")
  }
}
