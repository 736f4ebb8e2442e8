import Columnar
import Events
import Features

extension QualityJudge {
  private static let quarterHour: Int64 = 900_000_000

  /// How the source's clock compares with those of others: whole half hours are always told, other
  /// offsets when they change.
  ///
  /// A clock misleads detectors when it has moved by a quarter of an hour or more against every
  /// other source that saw the same conversations: before, habits were learned by it.
  func clocks(_ source: String, _ today: DataDay, earlier: [DataDay]) -> [DataFinding] {
    let pairs = today.clocks.keys.sorted().filter { $0.source == source || $0.other == source }
    let comparisons = pairs.compactMap { compare($0, source, today, earlier) }
    let agreesWithAny = comparisons.contains {
      $0.halfHours == 0 && abs($0.change ?? 0) <= limits.clockMicroseconds
    }
    let told = comparisons.filter {
      $0.halfHours != 0 || abs($0.change ?? 0) > limits.clockMicroseconds
    }
    guard !agreesWithAny, let one = told.max(by: { abs($0.offset) < abs($1.offset) }) else {
      return []
    }
    let hasMoved = comparisons.allSatisfy { abs($0.change ?? 0) >= QualityJudge.quarterHour }
    let begun = earlier.reversed().prefix { day in
      day.clocks[one.pair].map { abs($0.offset - one.today) <= limits.clockMicroseconds } ?? false
    }.last
    return [
      DataFinding(
        source: source, eventClass: .flow, kind: .clock, fault: hasMoved ? .clock : nil,
        window: today.wholeDay, since: (begun ?? today).wholeDay.lowerBound, subject: one.other,
        actual: Double(one.offset) / 1_000_000,
        usual: one.change.map { Double(one.offset - $0) / 1_000_000 },
        likeDays: one.dayCount, like: "earlier days")
    ]
  }

  private struct Comparison {
    let pair: DataDay.Clocks
    let other: String
    /// How far the source's times lie after the other's, in microseconds.
    let offset: Int64
    /// The same as it is stored for the pair.
    let today: Int64
    /// Against what is usual; nil where that is not known.
    let change: Int64?
    let dayCount: Int

    var halfHours: Int { Int((Double(offset) / 1_800_000_000).rounded()) }
  }

  private func compare(
    _ pair: DataDay.Clocks, _ source: String, _ today: DataDay, _ earlier: [DataDay]
  ) -> Comparison? {
    guard let stored = today.clocks[pair]?.offset else { return nil }
    let sign: Int64 = pair.source == source ? -1 : 1
    let recent = earlier.filter { $0.day >= today.day.advanced(by: -28) }
    var offsets = recent.compactMap { $0.clocks[pair].map { Double($0.offset) } }
    let usual = offsets.count >= limits.leastDays ? Center(of: &offsets).median : nil
    return Comparison(
      pair: pair, other: pair.source == source ? pair.other : pair.source, offset: sign * stored,
      today: stored, change: usual.map { sign * (stored - Int64($0)) }, dayCount: offsets.count)
  }
}
