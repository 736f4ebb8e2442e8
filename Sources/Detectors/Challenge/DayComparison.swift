import Columnar
import Events
import Features
import Randomness

/// How well a detector and its challenger find the hosts of a day that attacks were put on, in
/// copies of the day's tables.
package struct DayComparison: Equatable, Sendable {
  package let champion: String
  package let challenger: String
  /// Mean average precision over the copies, 0 … 1.
  package let championPrecision: Double
  package let challengerPrecision: Double
  /// Hosts that were ranked, and on how many of them attacks were put, over all copies.
  package let hosts: Int
  package let attacked: Int

  package var difference: Double { challengerPrecision - championPrecision }
}

/// Compares detectors with their challengers on a day, whose learned models must be older than it.
///
/// - Parameters:
///   - settings: the numbers of each detector's settings file, by the detector's name.
///   - seed: of what attacks are drawn, with the day.
/// - Returns: a row for each challenger that has a model, unless there was nobody to attack.
package func compareChallengers(
  on inputs: ScoringInputs, settings: [String: [String: Double]], seed: UInt64
) throws -> [DayComparison] {
  let ranked = Set(
    inputs.activeHours.keys.filter { inputs.state.hosts[$0] != nil && !inputs.isNew($0) })
  func settingsOf(_ detector: any Detector) -> Settings {
    // Every host that has any score is ranked.
    let numbers = (settings[detector.name] ?? [:]).merging(["floor": -.infinity]) { $1 }
    return Settings(detector: detector.name, numbers: numbers)
  }
  func scores(of detector: any Detector, _ inputs: ScoringInputs) throws -> [String: Double] {
    var scores: [String: Double] = [:]
    try detector.run(inputs, settings: settingsOf(detector)) { vote in
      scores[vote.entity] = max(scores[vote.entity] ?? -.infinity, vote.score)
    }
    return scores
  }
  var comparisons: [DayComparison] = []
  for (number, contest) in contests.enumerated()
  where inputs.state.dayCount >= contest.challenger.neededDays {
    guard try contest.challenger.obstacle(inputs) == nil else { continue }
    var precisions: [(champion: Double, challenger: Double)] = []
    var attacked = 0
    for copy in 0..<copyCount {
      var draws = SeededGenerator(
        seed: seed,
        stream: (inputs.day.dayNumber * contests.count + number) * copyCount + copy)
      let day = try contest.attack(inputs, ranked, &draws)
      guard !day.hosts.isEmpty else { continue }
      let found = (
        try scores(of: contest.champion, day.inputs),
        try contest.challengerScores(day.inputs, settingsOf(contest.challenger))
      )
      func precision(_ scores: [String: Double]) -> Double {
        averagePrecision(ranked.map { (scores[$0] ?? -.infinity, day.hosts.contains($0)) })
      }
      precisions.append((precision(found.0), precision(found.1)))
      attacked += day.hosts.count
    }
    guard !precisions.isEmpty else { continue }
    let count = Double(precisions.count)
    comparisons.append(
      DayComparison(
        champion: contest.champion.name, challenger: contest.challenger.name,
        championPrecision: precisions.reduce(0) { $0 + $1.champion } / count,
        challengerPrecision: precisions.reduce(0) { $0 + $1.challenger } / count,
        hosts: ranked.count * precisions.count, attacked: attacked))
  }
  return comparisons
}

/// Copies of a day that attacks are drawn for.
private let copyCount = 3

/// The mean of the precision at each attacked one, those of the same score taken together (Manning,
/// Raghavan, Schütze 2008, ch. 8.4).
func averagePrecision(_ scored: [(score: Double, isAttacked: Bool)]) -> Double {
  let sorted = scored.sorted { $1.score < $0.score }
  let total = sorted.count(where: \.isAttacked)
  guard total > 0 else { return 0 }
  var (found, sum, start) = (0, 0.0, 0)
  while start < sorted.count {
    let end = sorted[start...].firstIndex { $0.score < sorted[start].score } ?? sorted.count
    let new = sorted[start..<end].count(where: \.isAttacked)
    found += new
    sum += Double(new) * Double(found) / Double(end)
    start = end
  }
  return sum / Double(total)
}

extension [DayComparison] {
  /// Writes `comparison.arrow`.
  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(Comparison.schema, to: sink)
    for row in self {
      rows.table.column(Comparison.champion).append(row.champion)
      rows.table.column(Comparison.challenger).append(row.challenger)
      rows.table.column(Comparison.championPrecision).append(row.championPrecision)
      rows.table.column(Comparison.challengerPrecision).append(row.challengerPrecision)
      rows.table.column(Comparison.hosts).append(UInt32(row.hosts))
      rows.table.column(Comparison.attacked).append(UInt32(row.attacked))
      try rows.endRow()
    }
    try rows.finish()
  }

  /// Reads `comparison.arrow`.
  package init(_ table: any BatchSource) throws {
    self = []
    try table.forEachBatch { batch in
      let (champion, challenger) = (batch[Comparison.champion], batch[Comparison.challenger])
      let (own, other) = (
        batch[Comparison.championPrecision], batch[Comparison.challengerPrecision]
      )
      let (hosts, attacked) = (batch[Comparison.hosts], batch[Comparison.attacked])
      for row in 0..<batch.rowCount {
        append(
          DayComparison(
            champion: champion[row] ?? "", challenger: challenger[row] ?? "",
            championPrecision: own.value(row), challengerPrecision: other.value(row),
            hosts: Int(hosts.value(row)), attacked: Int(attacked.value(row))))
      }
    }
  }
}
