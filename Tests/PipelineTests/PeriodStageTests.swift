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

@Test(
  "questions are answered from a store, as text and as JSON, and a host is asked for where needed")
func ask() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  func ask(_ arguments: [String]) throws -> StageRun {
    try StageRun(
      "report",
      ["ask"] + arguments + [
        "--site", "\(site.exports)/site.toml", "--store", store, "--day", site.days[2],
      ])
  }
  let text = try ask(["top-talkers"])
  #expect(text.exitCode == 0, "\(text.standardError)")
  let json = try ask(["top-talkers", "--json"]).standardOutput
  let object = try #require(
    try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  let sentence = try #require(object["sentence"] as? String)
  #expect(text.standardOutput.hasPrefix(sentence + "\n\nhost"))
  let rows = try #require(object["rows"] as? [[String: Any]])
  let host = try #require(rows.first?["host"] as? String)
  #expect(sentence.hasPrefix(host))
  for question in [
    ["what-changed", host], ["who-talks-to", host], ["new-services"], ["quiet-sources"],
  ] {
    let run = try ask(question)
    #expect(run.exitCode == 0 && !run.standardOutput.isEmpty, "\(question) \(run.standardError)")
  }
  #expect(try ask(["what-changed"]).exitCode == 64)
  #expect(try ask(["top-talkers", host]).exitCode == 64)
}
