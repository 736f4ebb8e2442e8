/// Abbreviations of time zones as logs print them.
enum ZoneNames {
  /// Each with its offset from UTC in minutes, or nil where zones of different offsets have it:
  /// then the site's zone decides (CST is Chicago's, Shanghai's and Havana's; IST Israel's, India's
  /// and Ireland's).
  static let all: [(name: [UInt8], minutes: Int?)] =
    [
      ("UTC", 0), ("GMT", 0), ("UCT", 0), ("WET", 0), ("WEST", 60), ("CET", 60), ("CEST", 120),
      ("MEZ", 60), ("MESZ", 120), ("EET", 120), ("EEST", 180), ("MSK", 180), ("SAST", 120),
      ("EST", -300), ("EDT", -240), ("MDT", -360), ("PDT", -420), ("AKST", -540), ("AKDT", -480),
      ("HST", -600), ("JST", 540), ("KST", 540), ("HKT", 480), ("SGT", 480), ("AWST", 480),
      ("ACST", 570), ("ACDT", 630), ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("NZDT", 780),
      ("CST", nil), ("CDT", nil), ("IST", nil), ("BST", nil), ("MST", nil), ("PST", nil),
      ("AST", nil), ("ADT", nil), ("GST", nil), ("SST", nil), ("WST", nil), ("BRT", nil),
    ].map { (Array($0.0.utf8), $0.1) }

  /// In seconds east of UTC.
  static func offset(_ place: Int) -> Int? { all[place].minutes.map { $0 * 60 } }
}
