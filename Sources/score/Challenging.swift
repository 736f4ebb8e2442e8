import ArrowFile
import Challengers
import Columnar
import Detectors
import Events
import Features
import Learning
import StageKit

extension Voting {
  /// The learned models for a day; nil where the site compares none.
  func learnedInputs(_ day: CivilDate) throws -> LearnedInputs? {
    guard site.learned != nil else { return nil }
    let (known, models) = (
      store.learned(asOf: day), store.learned(asOf: store.modelDay(for: day))
    )
    func path(_ name: String) -> String? {
      let path = "\(models)/\(name)"
      return FileBytes.exists(path) ? path : nil
    }
    func table(_ schema: Schema, in folder: String) throws -> ArrowReader {
      try store.requiredTable(schema, in: folder)
    }
    let hasEdges = FileBytes.exists("\(known)/\(LearnedEdge.schema.name).arrow")
    return LearnedInputs(
      edges: try path(Store.edgeModelName).flatMap { path in
        guard hasEdges else { return nil }
        return try EdgeChallenger(
          model: StoredTable.opened { try EdgeModel(path: path) },
          services: ServiceNumbers(table(LearnedService.schema, in: models)),
          edges: table(LearnedEdge.schema, in: known))
      },
      sequences: try path(Store.sequenceModelName).map { path in
        try SequenceChallenger(
          model: StoredTable.opened { try SequenceModel(path: path) },
          groups: GroupNumbers(table(LearnedGroup.schema, in: models)))
      }, threads: 1)
  }

  /// What learned models stand for among what a day's votes are made from.
  func learnedSources(_ day: CivilDate) throws -> [Manifest.Input] {
    guard site.learned != nil else { return [] }
    return try Set([day, store.modelDay(for: day)]).sorted()
      .compactMap { try store.input(store.learned(asOf: $0)) }
  }

  /// Writes what challengers say of a day, and how they and their champions do on copies of it with
  /// attacks.
  /// - Returns: a row per challenger and source.
  func challenge(_ inputs: ScoringInputs, to folder: OutputFolder) throws -> [CoverageRow] {
    guard site.learned != nil else { return [] }
    let votes = try folder.table(Vote.schema, name: Voting.challengersName)
    let runs = try rawVotes(
      inputs, settings: settings.numbers, detectors: contests.map(\.challenger), threads: threads,
      to: votes)
    try votes.finish()
    let comparison = try folder.table(Comparison.schema)
    try compareChallengers(on: inputs, settings: settings.numbers, seed: site.seed)
      .write(to: comparison)
    try comparison.finish()
    return runs
  }

  /// The table of challengers' votes.
  static let challengersName = "challengers"
}

/// Who of champions and challengers decides on days.
struct Charging {
  let store: Store
  /// By day, then challenger; of the days that were read so far.
  private var differences: [CivilDate: [String: Double]] = [:]

  init(store: Store) { self.store = store }

  /// - Parameter known: days with votes, in order.
  mutating func charges(asOf day: CivilDate, known: [CivilDate]) throws -> [Charge] {
    let first = day.advanced(by: -DetectorCharge.followedDays - DetectorCharge.comparedDays)
    let days = known.filter { $0 >= first && $0 < day }
    for one in days where differences[one] == nil {
      let rows = try store.table(
        Comparison.schema.name, in: store.votes(one), expecting: Comparison.schema
      ).map { try [DayComparison]($0) }
      differences[one] = Dictionary(
        (rows ?? []).map { ($0.challenger, $0.difference) }, uniquingKeysWith: { first, _ in first }
      )
    }
    let ran = try detectorsThatRan(on: day)
    return contests.map { contest in
      Charge(
        asOf: day, champion: contest.champion.name, challenger: contest.challenger.name,
        differences: Dictionary(
          uniqueKeysWithValues: days.compactMap { one in
            differences[one]?[contest.challenger.name].map { (one, $0) }
          }), hasRun: ran.contains(contest.challenger.name))
    }
  }

  private func detectorsThatRan(on day: CivilDate) throws -> Set<String> {
    var names: Set<String> = []
    try store.requiredTable(DetectorRun.schema, in: store.votes(day)).forEachBatch { batch in
      let (detector, ran) = (batch[DetectorRun.detector], batch[DetectorRun.ran])
      for row in 0..<batch.rowCount where ran[row] ?? false {
        if let name = detector[row] { names.insert(name) }
      }
    }
    return names
  }
}
