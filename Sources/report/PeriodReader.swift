import ArrowFile
import Events
import Incidents
import Registry
import Rendering
import StageKit

/// Reads stored reports: for the index and for weeks and months.
struct PeriodReader {
  let site: Site
  let store: Store

  /// Days that this version reported, and how many another one did whose reports can be renewed.
  private func days(_ wanted: (CivilDate) -> Bool) throws -> (
    days: [ReportedDay], otherCount: Int
  ) {
    let (reported, otherCount) = try manifests(wanted)
    let days = try reported.map { day, manifest in
      ReportedDay(
        day: day, figures: manifest.facts, incidents: try store.reportedIncidents(day),
        manifestSHA256: try ContentHasher.hash(
          file: store.reports(day) + "/" + Manifest.fileName))
    }
    return (days, otherCount)
  }

  private func manifests(_ wanted: (CivilDate) -> Bool) throws -> (
    days: [(day: CivilDate, manifest: Manifest)], otherCount: Int
  ) {
    var days: [(day: CivilDate, manifest: Manifest)] = []
    var otherCount = 0
    for day in try store.days(in: "reports") where wanted(day) {
      guard let manifest = try Manifest.read(folder: store.reports(day)) else { continue }
      guard manifest.algorithm == Reporter.algorithm else {
        otherCount += store.prunedSource(of: .reports, day, site: site) == nil ? 1 : 0
        continue
      }
      days.append((day, manifest))
    }
    return (days, otherCount)
  }

  /// Makes a period's folder.
  func make(_ period: Period) throws -> (outcome: Outcome, folder: String) {
    let folder = folder(period)
    let sources = [(Area.reports, period.before.first...period.last)]
    if let outcome = try store.settled(folder, madeFrom: sources) { return (outcome, folder) }
    let (days, otherCount) = try days(period.contains)
    guard otherCount == 0 else {
      throw StageError(
        "\(store.path)/reports: \(otherCount) days of \(period.title) were reported by another "
          + "version; run report --existing first")
    }
    guard !days.isEmpty else {
      throw StageError(
        "\(store.path)/reports: no day of \(period.title) is reported; run report for its days first"
      )
    }
    let before = try self.days(period.before.contains).days
    let outcome = try store.make(folder, plan: try plan(period, before + days)) { output in
      for (name, text) in files(period, days, before) { try output.write(text, to: name) }
      return ["days": "\(days.count)"]
    }
    return (outcome, folder)
  }

  func folder(_ period: Period) -> String { "\(store.path)/reports/\(period.folderName)" }

  private func plan(_ period: Period, _ days: [ReportedDay]) throws -> Manifest {
    Manifest(
      stage: "report", algorithm: Reporter.algorithm, subject: "report of \(period.title)",
      options: ["site": site.name],
      inputs: try days.compactMap { try store.input(store.reports($0.day)) })
  }

  private func files(_ period: Period, _ days: [ReportedDay], _ before: [ReportedDay]) -> [(
    name: String, text: String
  )] {
    PeriodReport(
      PeriodFacts(siteName: site.name, period: period, days: days, daysBefore: before)
    ).files
  }

  /// What a period's files should hold by name; nil where its days were reported anew since.
  func expectedFiles(_ period: Period) throws -> [(name: String, text: String)]? {
    let days = try self.days(period.contains).days
    let before = try self.days(period.before.contains).days
    guard let made = try Manifest.read(folder: folder(period)),
      made.fingerprint == (try plan(period, before + days)).fingerprint
    else { return nil }
    return files(period, days, before)
  }

  /// Writes `reports/index.html`, where it is not as it should be already.
  func writeIndex() throws {
    try store.replaceFile(
      "index.html", in: store.path + "/reports", with: Array(try index().utf8))
  }

  /// What `reports/index.html` should hold.
  func index() throws -> String {
    let area = store.path + "/reports"
    let (days, otherCount) = try manifests { _ in true }
    let periods = try FileBytes.names(in: area).filter { name in
      (name.hasPrefix("week=") || name.hasPrefix("month="))
        && FileBytes.exists("\(area)/\(name)/\(Manifest.fileName)")
    }
    return ReportIndex(
      siteName: site.name,
      days: days.map { DayHeadline(day: $0.day, figures: $0.manifest.facts) }, periods: periods,
      otherDayCount: otherCount
    ).html
  }
}
