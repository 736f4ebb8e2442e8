import ArrowFile
import Columnar
import Events
import Incidents
import Pseudonyms
import StageKit

/// Reads a day's incidents from what `score` stored, before any person's rule.
package struct IncidentReader: Sendable {
  package let site: Site
  package let store: Store
  package let assets: AssetsFile
  /// The assets file as an input of what is made from it.
  package let assetsInput: [Manifest.Input]

  package init(site: Site, store: Store) throws {
    self.site = site
    self.store = store
    guard let path = site.assetsPath else {
      (assets, assetsInput) = (.empty, [])
      return
    }
    let bytes = try FileBytes.read(path)
    let stated = try AssetsFile(path: path, bytes: bytes)
    if site.privacy?.makesPseudonyms == true {
      // The file names hosts as they are, and the store doesn't.
      guard let pseudonymiser = try site.pseudonymiserAtHand(for: store.path) else {
        (assets, assetsInput) = (.empty, [])
        return
      }
      assets = stated.renamed(host: pseudonymiser.host, person: pseudonymiser.user)
    } else {
      assets = stated
    }
    assetsInput = [
      Manifest.Input(
        name: "assets", byteCount: bytes.count, sha256: ContentHasher.hash(bytes))
    ]
  }

  /// The days with scores that a day's incidents rest on: as many as identities look back to.
  package func history(_ day: CivilDate) throws -> [CivilDate] {
    history(day, of: try store.days(in: "scores"))
  }

  private func history(_ day: CivilDate, of scored: [CivilDate]) -> [CivilDate] {
    scored.filter { $0 < day && $0 >= day.advanced(by: -IncidentIdentity.windowDays) }
  }

  /// How many days of history were behind the day's votes.
  package func historyDays(_ day: CivilDate) throws -> Int {
    try Manifest.read(folder: store.votes(day))?.facts["history_days"].flatMap { Int($0) } ?? 0
  }

  /// The incidents of each day, by rank.
  /// - Parameter days: in order.
  package func incidents(of days: [CivilDate]) throws -> [[Incident]] {
    var verdicts: [CivilDate: [EntityVerdict]] = [:]
    let scored = try store.days(in: "scores")
    return try days.map { day in
      let history = history(day, of: scored)
      for known in history + [day] where verdicts[known] == nil {
        verdicts[known] = try self.verdicts(known)
      }
      let builder = IncidentBuilder(
        siteName: site.name, calendar: site.calendar, assets: assets, line: try line(day).pValue,
        historyDays: try historyDays(day))
      return builder.incidents(
        day: day, verdicts: verdicts[day] ?? [],
        findings: try Finding.read(
          store.requiredTable(Vote.schema, in: store.scores(day), name: "scores")),
        history: history.map { ($0, verdicts[$0] ?? []) })
    }
  }

  /// What scoring made of each entity of the day.
  package func verdicts(_ day: CivilDate) throws -> [EntityVerdict] {
    try EntityVerdict.read(store.requiredTable(EntityScore.schema, in: store.scores(day)))
  }

  /// The line between asking and watching on the day.
  package func line(_ day: CivilDate) throws -> DecisionLine {
    var figures: [String: Double] = [:]
    let table = try store.requiredTable(DecisionFigure.schema, in: store.scores(day))
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (measures, subjects) = (batch[DecisionFigure.measure], batch[DecisionFigure.subject])
      let values = batch[DecisionFigure.value]
      for row in 0..<batch.rowCount where subjects[row] == nil {
        figures[measures[row] ?? ""] = values.value(row)
      }
    }
    func figure(_ measure: DecisionFigure.Measure) -> Double? { figures[measure.rawValue] }
    return DecisionLine(
      pValue: figure(.lineP), replayedDecisions: Int(figure(.askedInReplay) ?? 0),
      replayedDays: Int(figure(.replayedDays) ?? 0), smallestPValue: figure(.smallestP))
  }
}
