import Foundation
import StageKit
import Testing

@Test("weeks and months are made of the days' reports, are listed, and stay as they are")
func periods() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let folder = try TemporaryFolder()
  let copy = folder.path + "/store"
  try FileManager.default.copyItem(atPath: store, toPath: copy)
  func run(_ kind: String) throws -> StageRun {
    try StageRun(
      "report",
      [
        "period", "--kind", kind, "--site", "\(site.exports)/site.toml", "--store", copy, "--day",
        site.days[0],
      ])
  }
  func index() throws -> String {
    String(decoding: try FileBytes.read(copy + "/reports/index.html"), as: UTF8.self)
  }
  for day in site.days { #expect(try index().contains("day=\(day)/report.html")) }
  #expect(try !index().contains("week="))
  for (kind, name) in [("weekly", "week=2026-W10"), ("monthly", "month=2026-03")] {
    let first = try run(kind)
    #expect(first.exitCode == 0, "\(first.standardError)")
    #expect(try index().contains("\(name)/manager.html"))
    let content = try StoreContent(copy)
    #expect(content.files["reports/\(name)/compliance.html"] != nil)
    #expect(try run(kind).standardError.contains("up to date"))
    #expect(content.differences(try StoreContent(copy)) == [])
  }
  let none = try StageRun(
    "report",
    ["period", "--site", "\(site.exports)/site.toml", "--store", copy, "--day", "2025-01-01"])
  #expect(none.exitCode == 1)
  #expect(none.standardError.contains("no day of week 1 of 2025 is reported"))
}
