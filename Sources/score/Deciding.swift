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
  static let algorithm = 9

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
    var decided: (attacked: Set<AttackedHostDay>, decisions: [CivilDate: DayDecisions])?
    return try days.map { day in
      if let outcome = try store.settled(.scores, day, site: site) { return outcome }
      // Days to come are no part of a day's reference, but let days share a pass.
      let attacked = verdicts.attacked(asOf: day, through: last)
      let inputs = try known.filter {
        $0 >= day.advanced(by: -LookBack.calibrationDays) && $0 <= day
      }
      .compactMap { try store.input(store.votes($0)) }
      let plan = Manifest(
        stage: "score", algorithm: Deciding.algorithm, subject: "scores of \(day)",
        options: [
          "false_alarms_per_day": "\(options.falseAlarmsPerDay)",
          "incidents_per_day": "\(options.incidentsPerDay)",
          "attacked":
            attacked
            .filter { $0.day < day && $0.day >= day.advanced(by: -LookBack.calibrationDays) }
            .map { "\($0.day) \($0.kind.rawValue) \($0.entity)" }.sorted().joined(separator: ", "),
        ], inputs: inputs)
      return try store.make(store.scores(day), plan: plan) { folder in
        // Days before which people had found the same are decided in one pass.
        let isSame = decided.map { $0.attacked == attacked } ?? false
        let pass = try isSame ? decided : (attacked, decide(known, day...last, attacked))
        decided = pass
        return try write(day, pass?.decisions[day], to: folder)
      }
    }
  }

  /// One pass over the votes of all days serves every day of the range.
  private func decide(
    _ known: [CivilDate], _ range: ClosedRange<CivilDate>, _ attacked: Set<AttackedHostDay>
  ) throws -> [CivilDate: DayDecisions] {
    let heeded = range.lowerBound.advanced(by: -LookBack.calibrationDays)
    let history = try VoteHistory(
      known.filter { $0 >= heeded }.map { day in
        ScoredDay(
          date: day,
          votes: try store.requiredTable(Vote.schema, in: store.votes(day), name: "raw"),
          hostDays: try store.requiredTable(HostDay.schema, in: store.votes(day)),
          runs: try store.requiredTable(DetectorRun.schema, in: store.votes(day)))
      }, attacked: attacked)
    let decisions = calibrate(history, dates: range, options: options)
    return Dictionary(uniqueKeysWithValues: decisions.map { ($0.date, $0) })
  }

  private func write(_ day: CivilDate, _ decisions: DayDecisions?, to folder: OutputFolder) throws
    -> [String: String]
  {
    let raw = try store.requiredTable(Vote.schema, in: store.votes(day), name: "raw")
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
    let asked = decisions?.entities.count { $0.decision == .decide } ?? 0
    return ["votes": "\(raw.rowCount)", "decisions": "\(asked)"]
  }
}
