import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@Suite("Days that are scored again beside the store in use")
struct RescoreTests {
  private let site: SimulatedSite
  private let store: String
  private let content: StoreContent
  private let folder: TemporaryFolder
  private var tried: String { folder.path + "/tried" }

  init() throws {
    (site, store, content) = try SimulatedSite.reference.get()
    folder = try TemporaryFolder()
  }

  private func arguments(_ site: String? = nil, _ store: String) -> [String] {
    ["--site", site ?? self.site.exports + "/site.toml", "--store", store]
  }

  /// The last two days, in the other store.
  @discardableResult
  private func rescore(site: String? = nil) throws -> StageRun {
    let days = ["--from", self.site.days[1], "--to", self.site.days[2]]
    let run = try StageRun(
      "score", ["rescore"] + arguments(site, store) + days + ["--into", tried])
    try #require(run.exitCode == 0, "\(run.standardError)")
    let report = try StageRun("report", arguments(site, tried) + days)
    try #require(report.exitCode == 0, "\(report.standardError)")
    return run
  }

  private func diff(of store: String, _ options: [String] = []) throws -> StageRun {
    let run = try StageRun("report", ["diff", store, tried] + options)
    #expect(run.exitCode == 0, "\(run.standardError)")
    return run
  }

  /// A folder with the settings of all detectors, a line of one replaced.
  private func settings(
    replacing line: Regex<Substring>, of detector: String, with other: String
  ) throws -> String {
    let settings = folder.path + "/detectors"
    try FileManager.default.copyItem(
      atPath: repository.path + "/pipelines/detectors", toPath: settings)
    let path = "\(settings)/\(detector).toml"
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    try FileBytes.write(text.replacing(line, with: other).utf8, to: path)
    return settings
  }

  @Test("with the same settings nothing is made again, and the stores are equal")
  func same() throws {
    let run = try rescore()
    #expect(!run.standardError.contains("earlier day"))
    #expect(!run.standardError.contains("written"))
    #expect(
      try diff(of: store).standardOutput
        == "equal: the votes, scores and reports of 2 days are the same, byte for byte\n")
    #expect(try StoreContent(store).differences(content) == [])
  }

  @Test("with other settings the votes of the days before change, too, and the store in use stays")
  func otherSettings() throws {
    let long = try LongSite.reference.get()
    let before = try long.content()
    let settings = try settings(replacing: /(?m)^floor = .*$/, of: "scan", with: "floor = 100000")
    let (scan, newest) = (LongSite.day(LongSite.dayCount - 2), long.newest)
    let days = ["--from", "\(scan)", "--to", "\(newest)"]
    let run = try StageRun(
      "score", ["rescore"] + long.arguments(days + ["--into", tried, "--detectors", settings]))
    try #require(run.exitCode == 0, "\(run.standardError)")
    #expect(run.standardError.contains("112 earlier days: votes of 112 made again"))
    #expect(run.standardError.contains("\(scan): votes written; scores written"))
    let report = try StageRun(
      "report", ["--site", long.folder.path + "/site.toml", "--store", tried] + days)
    #expect(report.exitCode == 0, "\(report.standardError)")
    let found = try diff(of: long.store)
    #expect(found.standardOutput.contains("votes: detectors: scan floor="))
    #expect(
      found.standardOutput.contains(" in A, scan floor=100000.0 in B on 2 days from \(scan)\n"))
    #expect(
      found.standardOutput.contains(
        "\(scan)\n  10.0.0.2: severity critical in A, medium in B; leading detector scan in A, "))
    #expect(found.standardOutput.contains("\n2 days compared, "), "\(found.standardOutput)")
    let csv = try diff(of: long.store, ["--format", "csv"])
    let records = csv.standardOutput.split(separator: "\r\n")
    #expect(records.first?.hasPrefix("day,entity_kind,entity,decision_a,decision_b,") == true)
    #expect(
      records.contains {
        $0.hasPrefix("\(scan),host,10.0.0.2,decide,decide,critical,medium,1,1,scan,")
      })
    #expect(csv.standardError.contains("report: votes: detectors: scan floor="))
    #expect(try long.content() == before)
  }

  @Test(
    "a morning's run with other settings makes the votes before it again, and the next run none")
  func renewedInPlace() throws {
    let long = try LongSite(copyOf: LongSite.reference.get())
    let settings = try settings(replacing: /(?m)^floor = .*$/, of: "scan", with: "floor = 100000")
    let arguments = ["--until", "\(long.newest)", "--detectors", settings]
    for (renewed, outcome) in [(true, "written"), (false, "up to date")] {
      let run = try StageRun("score", long.arguments(arguments))
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(
        run.standardError.contains("112 earlier days: votes of 112 made again\n") == renewed)
      #expect(run.standardError.contains("earlier day") == renewed)
      #expect(
        run.standardError.contains("\(long.newest): votes \(outcome); scores \(outcome)"),
        "\(run.standardError)")
    }
  }

  @Test(
    "in a pruned store days stay as they are whose earlier votes are gone, and the others are equal"
  )
  func pruned() throws {
    let long = try LongSite(copyOf: LongSite.reference.get())
    try long.prune()
    let (settled, whole) = (
      LongSite.day(LongSite.dayCount - 8), LongSite.day(LongSite.dayCount - 7)
    )
    let days = ["--from", "\(settled)", "--to", "\(whole)"]
    let run = try StageRun("score", ["rescore"] + long.arguments(days + ["--into", tried]))
    try #require(run.exitCode == 0, "\(run.standardError)")
    #expect(
      run.standardError.contains("\(settled): votes left as it is"), "\(run.standardError)")
    #expect(
      run.standardError.contains("scores left as it is, since what it was made from was pruned on"))
    #expect(!run.standardError.contains("earlier day"))
    #expect(run.standardError.contains("\(whole): votes up to date; scores up to date"))
    let report = try StageRun(
      "report", ["--site", long.folder.path + "/site.toml", "--store", tried] + days)
    #expect(report.exitCode == 0, "\(report.standardError)")
    #expect(
      try diff(of: long.store).standardOutput
        == "equal: the votes, scores and reports of 2 days are the same, byte for byte\n")
    let doctor = try StageRun("ingest", ["doctor"] + long.arguments([]))
    #expect(doctor.exitCode == 0, "\(doctor.standardOutput)")
  }

  @Test("nobody is told anything from it, nothing is decided in it, and it is made once")
  func untold() throws {
    try rescore()
    let path = site.exports + "/routes-\(UUID().uuidString).toml"
    let text = String(decoding: try FileBytes.read(site.exports + "/site.toml"), as: UTF8.self)
    let alerts = folder.path + "/alerts.cef"
    try FileBytes.write(
      (text + "\n[[routes]]\nname = \"it\"\nkind = \"file\"\npath = \"\(alerts)\"\n").utf8, to: path
    )
    defer { unlink(path) }
    for command in [["notify", "--existing"], ["deliver"]] {
      let run = try StageRun("report", command + arguments(path, tried))
      #expect(run.exitCode == 64)
      #expect(run.standardError.contains("tells nobody anything"), "\(run.standardError)")
    }
    #expect(!FileBytes.exists(alerts) && !FileBytes.exists(tried + "/registry/outbox.jsonl"))
    let rule = try StageRun(
      "triage",
      [
        "suppress", "--host", "10.20.20.11", "--detector", "beacon", "--expires", "2026-04-01",
        "--reason", "x", "--at", "2026-03-05T08:00:00Z",
      ] + arguments(nil, tried))
    #expect(rule.exitCode == 64, "\(rule.standardError)")
    let again = try StageRun(
      "score", ["rescore"] + arguments(nil, store) + ["--existing", "--into", tried])
    #expect(again.exitCode == 64)
    #expect(again.standardError.contains("\(tried): expected nothing there yet"))
  }

  @Test("a change that only learning again would show is said to have no effect")
  func learnedOtherwise() throws {
    let path = site.exports + "/holidays-\(UUID().uuidString).toml"
    let text = String(decoding: try FileBytes.read(site.exports + "/site.toml"), as: UTF8.self)
    try FileBytes.write(
      (text.replacing(/\[baseline\][^\[]*/, with: "") + "\n[baseline]\ndays = 9\n").utf8, to: path)
    defer { unlink(path) }
    let run = try rescore(site: path)
    #expect(
      run.standardError.contains(
        "\(site.days[1]): its baseline was made with other values of days than the site file has now"
      ),
      "\(run.standardError)")
  }

  @Test(
    "models and the ledger of another version end the stages that read them, and are left alone")
  func otherVersions() throws {
    try rescore()
    func write(_ name: String, _ path: String) throws {
      let key = ColumnKey<Values<Int64>>("number", isNullable: false)
      let writer = try ArrowWriter(
        path: path, schema: Schema(name, version: 99, [key.field]))
      try writer.finish()
    }
    let model = "\(tried)/baseline/asof=\(site.days[2])/forest_hosts.arrow"
    try write("isolation_forest", model)
    try FileBytes.remove("\(tried)/votes/day=\(site.days[2])/manifest.json")
    let score = try StageRun("score", arguments(nil, tried) + ["--day", site.days[2]])
    #expect(score.exitCode == 1)
    #expect(
      score.standardError.contains(
        "\(model): expected the table isolation_forest, version 3, found version 99, of a newer version"
      ),
      "\(score.standardError)")
    let ledger = tried + "/ingested/ledger.arrow"
    try write("ledger", ledger)
    let before = try FileBytes.read(ledger)
    let ingest = try StageRun("ingest", arguments(nil, tried))
    #expect(ingest.exitCode == 1)
    #expect(
      ingest.standardError.contains(
        "\(ledger): expected the table ledger, version 1, found version 99, of a newer version of "
          + "Tidemark; use that version, or begin another store"), "\(ingest.standardError)")
    #expect(try FileBytes.read(ledger) == before)
  }
}
