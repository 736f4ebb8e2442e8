import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// Runs without a date, as a timer starts them.
@Suite("Days that are due")
struct DueTests {
  private let reference: StoreContent
  private let site: SimulatedSite
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/store" }

  init() throws {
    (site, _, reference) = try SimulatedSite.reference.get()
    folder = try TemporaryFolder()
  }

  private func run(until day: String) throws {
    try site.run(store: store, days: ["--until", day])
  }

  @Test("give the same bytes as days that are named, whether at once or morning by morning")
  func sameBytes() throws {
    try run(until: site.days[0])
    try run(until: site.days[2])
    #expect(reference.differences(try StoreContent(store)) == [])
    let again = try StageRun(
      "report", site.arguments("report", store: store, days: ["--until", site.days[2]]))
    #expect(again.standardError.split(separator: "\n").count { $0.hasSuffix("up to date") } == 3)
  }

  @Test("a day without rows has a report that says so")
  func silentDay() throws {
    try run(until: "2026-03-05")
    let report = String(
      decoding: try FileBytes.read(store + "/reports/day=2026-03-05/report.md"), as: UTF8.self)
    #expect(report.contains("nothing was checked"))
    let metrics = try StageRun("report", ["metrics"] + arguments())
    #expect(metrics.exitCode == 0, "\(metrics.standardError)")
    #expect(metrics.standardOutput.contains("day=\"2026-03-05\"} 1\n"))
    // 2026-03-06T00:00 in Berlin.
    #expect(
      metrics.standardOutput.contains("\ntidemark_report_day_end_timestamp_seconds 1772751600\n"))
    #expect(metrics.standardOutput.contains("\ntidemark_covered_ratio "))
  }

  @Test("of rows of long ago only a warning comes")
  func oldRows() throws {
    try site.run(["ingest"], store: store)
    let run = try StageRun(
      "normalize", site.arguments("normalize", store: store, days: ["--until", "2027-03-05"]))
    #expect(run.exitCode == 0)
    #expect(
      run.standardError
        == "normalize: warning: no rows lead up to 2027-03-05, the newest are of 2026-03-04; "
        + "name days with --from and --to\n")
  }

  private func arguments() -> [String] {
    ["--site", site.exports + "/site.toml", "--store", store]
  }

  @Test("metrics of a store are in a file that everybody may read, with each stage's time")
  func metricsFile() throws {
    try run(until: site.days[2])
    let file = folder.path + "/tidemark.prom"
    for _ in 0..<2 {
      let run = try StageRun("report", ["metrics", "--output", file] + arguments())
      #expect(run.exitCode == 0 && run.standardOutput == "", "\(run.standardError)")
    }
    #expect(try FileBytes.status(of: file).st_mode & 0o777 == 0o644)
    let text = String(decoding: try FileBytes.read(file), as: UTF8.self)
    for stage in SimulatedSite.stages {
      #expect(text.contains("tidemark_stage_duration_seconds{stage=\"\(stage)\"} "), "\(stage)")
    }
    #expect(text.contains("tidemark_report_info{site=\""))
    #expect(text.contains("tidemark_store_size_bytes{area=\"registry\"} "))
    let wrong = try StageRun("report", ["metrics", "--output", "/nowhere/x.prom"] + arguments())
    #expect(wrong.exitCode == 1 && wrong.standardError.contains("/nowhere/x.prom"))
  }
}
