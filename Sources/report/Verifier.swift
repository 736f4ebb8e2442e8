import Events
import Incidents
import StageKit

/// Checks that stored files are what their manifests say, and that the reports follow from them.
struct Verifier {
  let store: Store
  let reporter: Reporter
  let periods: PeriodReader

  /// What is there of a day is as it was written.
  struct Verified {
    var fileCount = 0
    /// Something that the report was made from and that was pruned: the report can't be recomputed.
    var missing: PruneLog.Entry?
  }

  init(_ reporter: Reporter) {
    store = reporter.store
    self.reporter = reporter
    periods = PeriodReader(site: reporter.site, store: reporter.store)
  }

  /// Checks a day's report: its inputs, its files, and the figures that other reports take from it.
  /// - Throws: naming the first file that is not as it was written, or differs when recomputed.
  func verify(_ day: CivilDate) throws -> Verified {
    var verified = Verified()
    // Of sites that compare challengers.
    let learned = [store.learned(asOf: day)].filter(FileBytes.isFolder)
    for folder in [
      store.events(day), store.profiles(day), store.quality(day), store.baseline(asOf: day),
    ] + learned + [store.votes(day), store.scores(day), store.reports(day)] {
      if let entry = store.pruned.entry(of: store.relative(folder)) {
        guard folder != store.reports(day) else {
          throw StageError("\(folder): was pruned on \(entry.date)")
        }
      } else {
        verified.fileCount += try store.verify(folder)
      }
    }
    verified.missing = store.prunedSource(of: .reports, day, site: reporter.site)
    guard verified.missing == nil else { return verified }
    let folder = store.reports(day)
    guard let manifest = try Manifest.read(folder: folder) else {
      throw StageError("\(folder): no report; run report for it first")
    }
    let inputs = try reporter.inputs(day)
    if let other = Set(inputs).symmetricDifference(manifest.inputs).map(\.name).min() {
      throw StageError("\(folder): \(other) is not what it was made from; run report again")
    }
    let facts = try reporter.reader.facts(day, inputs: inputs)
    try verify(Reporter.files(facts), in: folder)
    let table = try store.requiredTable(IncidentRow.schema, in: folder)
    guard try ReportedIncident.read(table, day: day) == facts.incidents.map(ReportedIncident.init)
    else { throw differs(folder + "/incidents.arrow") }
    guard manifest.facts == Reporter.figures(facts) else {
      throw differs("\(folder)/\(Manifest.fileName)")
    }
    return verified
  }

  /// Checks the pages of the weeks and months that days lie in, and the list of all days.
  /// - Returns: the periods whose days were reported anew since, of which only the files are
  ///   checked.
  func verifyPages(of days: [CivilDate]) throws -> [Period] {
    guard let first = days.first, let last = days.last else { return [] }
    var outdated: [Period] = []
    for period in Period.Kind.allCases.flatMap({ Period.all($0, from: first, to: last) }) {
      let folder = periods.folder(period)
      guard FileBytes.exists("\(folder)/\(Manifest.fileName)") else { continue }
      _ = try store.verify(folder)
      let sources = [(Area.reports, period.before.first...period.last)]
      if try store.settled(folder, madeFrom: sources) != nil { continue }
      if let files = try periods.expectedFiles(period) {
        try verify(files, in: folder)
      } else {
        outdated.append(period)
      }
    }
    // Prune removes it, until a report is written again.
    let area = store.path + "/reports"
    if FileBytes.exists(area + "/index.html") {
      try verify([("index.html", try periods.index())], in: area)
    }
    return outdated
  }

  private func verify(_ files: [(name: String, text: String)], in folder: String) throws {
    for (name, text) in files where try FileBytes.read("\(folder)/\(name)") != Array(text.utf8) {
      throw differs("\(folder)/\(name)")
    }
  }

  private func differs(_ path: String) -> StageError {
    StageError("\(path): differs from what the stored columns give; run report again")
  }
}
