import ArrowFile
import Columnar
import Detectors
import Events
import Features
import Registry
import StageKit

/// Makes `scores/day=D`: votes with their p-values, and a verdict on each entity.
struct Deciding {
  /// Raised when the same votes give other decisions.
  static let algorithm = 10

  let site: Site
  let store: Store

  private var options: CalibrationOptions {
    CalibrationOptions(
      falseAlarmsPerDay: site.budget.falseAlarmsPerDay,
      incidentsPerDay: site.budget.incidentsPerDay)
  }

  /// - Parameter days: in order.
  func make(_ days: [CivilDate]) throws -> [Outcome] {
    guard let first = days.first, let last = days.last else { return [] }
    let known = try store.days(in: "votes").filter {
      $0 >= first.advanced(by: -LookBack.calibrationDays) && $0 <= last
    }
    let verdicts = PeopleVerdicts(try RegistryLog(store).events(), calendar: site.calendar)
    var charging = Charging(store: store)
    var decided: Pass?
    return try days.map { day in
      if let outcome = try store.settled(.scores, day, site: site) { return outcome }
      // Days to come are no part of a day's reference, but let days share a pass.
      let attacked = verdicts.attacked(asOf: day, through: last)
      let inputs = try known.filter {
        $0 >= day.advanced(by: -LookBack.calibrationDays) && $0 <= day
      }
      .compactMap { try store.input(store.votes($0)) }
      var stated = [
        "false_alarms_per_day": "\(options.falseAlarmsPerDay)",
        "incidents_per_day": "\(options.incidentsPerDay)",
        "attacked":
          attacked
          .filter { $0.day < day && $0.day >= day.advanced(by: -LookBack.calibrationDays) }
          .map { "\($0.day) \($0.kind.rawValue) \($0.entity)" }.sorted().joined(separator: ", "),
      ]
      if site.learned != nil { stated["challengers"] = "compared" }
      let plan = Manifest(
        stage: "score", algorithm: Deciding.algorithm, subject: "scores of \(day)",
        options: stated, inputs: inputs)
      return try store.make(store.scores(day), plan: plan) { folder in
        let charges = try site.learned.map { _ in try charging.charges(asOf: day, known: known) }
        let inCharge = Set((charges ?? []).filter(\.isChallengerInCharge).map(\.challenger))
        // Days before which people had found the same, and on which the same detectors are in
        // charge, are decided in one pass.
        if decided?.attacked != attacked || decided?.challengers != inCharge {
          decided = Pass(
            attacked: attacked, challengers: inCharge,
            decisions: try decide(known, day...last, attacked, inCharge))
        }
        return try write(day, decided?.decisions[day], charges, inCharge, to: folder)
      }
    }
  }

  /// Decisions of days that have this in common.
  private struct Pass {
    let attacked: Set<AttackedHostDay>
    /// Those in charge.
    let challengers: Set<String>
    let decisions: [CivilDate: DayDecisions]
  }

  /// One pass over the votes of all days serves every day of the range.
  private func decide(
    _ known: [CivilDate], _ range: ClosedRange<CivilDate>, _ attacked: Set<AttackedHostDay>,
    _ challengers: Set<String>
  ) throws -> [CivilDate: DayDecisions] {
    let heeded = range.lowerBound.advanced(by: -LookBack.calibrationDays)
    let history = try VoteHistory(
      known.filter { $0 >= heeded }.map { day in
        ScoredDay(
          date: day,
          votes: try votes(on: day, challengers), without: idle(challengers),
          hostDays: try store.requiredTable(HostDay.schema, in: store.votes(day)),
          runs: try store.requiredTable(DetectorRun.schema, in: store.votes(day)))
      }, attacked: attacked)
    let decisions = calibrate(history, dates: range, options: options)
    return Dictionary(uniqueKeysWithValues: decisions.map { ($0.date, $0) })
  }

  /// Those of challengers, too, where any are in charge.
  private func votes(
    on day: CivilDate, _ challengers: Set<String>
  ) throws -> [any BatchSource] {
    let raw = try store.requiredTable(Vote.schema, in: store.votes(day), name: "raw")
    guard !challengers.isEmpty,
      let others = try store.table(
        Voting.challengersName, in: store.votes(day), expecting: Vote.schema)
    else { return [raw] }
    return [raw, others]
  }

  /// Detectors whose votes don't weigh where challengers are in charge: on earlier days neither,
  /// since votes are worth something only beside votes of the same kind.
  private func idle(_ challengers: Set<String>) -> Set<String> {
    Set(
      contests.map {
        challengers.contains($0.challenger.name) ? $0.champion.name : $0.challenger.name
      })
  }

  private func write(
    _ day: CivilDate, _ decisions: DayDecisions?, _ charges: [Charge]?,
    _ challengers: Set<String>, to folder: OutputFolder
  ) throws -> [String: String] {
    let tables = try votes(on: day, challengers)
    let raw =
      challengers.isEmpty ? tables[0] : try standingVotes(tables, without: idle(challengers))
    let scores = try folder.table(Vote.schema, name: "scores")
    let entities = try folder.table(EntityScore.schema)
    let line = try folder.table(DecisionFigure.schema)
    let drift = try folder.table(VoteDrift.schema)
    if let decisions {
      try raw.forEachBatch { try scores.write(decisions.scores(of: $0)) }
      try decisions.writeEntities(to: entities)
      try decisions.summary.write(to: line)
      try decisions.writeDrift(to: drift)
    }
    for writer in [scores, entities, line, drift] { try writer.finish() }
    if let charges {
      let table = try folder.table(DetectorCharge.schema)
      try charges.write(to: table)
      try table.finish()
    }
    let asked = decisions?.entities.count { $0.decision == .decide } ?? 0
    return ["votes": "\(raw.rowCount)", "decisions": "\(asked)"]
  }
}
