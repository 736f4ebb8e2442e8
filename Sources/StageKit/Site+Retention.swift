extension Site {
  /// `[retention]`: for how many days each area of the store is kept. What it does not name is
  /// kept, and so is the registry.
  package struct Retention: Sendable {
    private static let mostDays = 36_500
    private var keptDays: [Area: Int] = [:]

    init() {}

    init(_ table: TOMLReader?, baselineDays: Int) throws {
      guard let table else { return }
      for area in Area.allCases {
        let key = "\(area)_days"
        guard let days = try table.int(key) else { continue }
        let least = area.leastDays(baselineDays: baselineDays)
        guard (least...Retention.mostDays).contains(days) else {
          throw table.fail(
            key,
            "expected \(least) to \(Retention.mostDays), found \(days); later days, and rows that "
              + "come late, need \(least)")
        }
        keptDays[area] = days
      }
      try table.finish()
    }

    package var isEmpty: Bool { keptDays.isEmpty }

    /// How many days of an area are kept, the newest among them; nil where all are.
    package func days(of area: Area) -> Int? { keptDays[area] }
  }
}
