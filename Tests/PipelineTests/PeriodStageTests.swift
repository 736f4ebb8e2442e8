import Foundation
import StageKit
import TestSupport
import Testing

@Test("weeks and months are made of the days' reports, are listed, and stay as they are")
func periods() throws {
  let folder = try TemporaryFolder()
  let copy = folder.path + "/store"
  let site = try SimulatedSite.copyReferenceStore(to: copy)
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

@Test("verify finds an edited figure, table, page or list, though its manifest agrees")
func edits() throws {
  let folder = try TemporaryFolder()
  let copy = folder.path + "/store"
  let site = try SimulatedSite.copyReferenceStore(to: copy)
  let arguments = ["--site", "\(site.exports)/site.toml", "--store", copy, "--day", site.days[2]]
  func verify() throws -> StageRun { try StageRun("report", ["verify"] + arguments) }
  #expect(try StageRun("report", ["period"] + arguments).exitCode == 0)
  let whole = try verify()
  #expect(whole.exitCode == 0, "\(whole.standardError)")

  let reports = copy + "/reports"
  let day = "\(reports)/day=\(site.days[2])"
  /// Edits a file, and its hash in the manifest beside it, and expects that it is named.
  func expectFound(_ path: String, _ edit: (String) -> String) throws {
    let bytes = try FileBytes.read(path)
    let edited = Array(edit(String(decoding: bytes, as: UTF8.self)).utf8)
    #expect(edited != bytes, "\(path)")
    let manifest = FileBytes.parent(of: path) + "/manifest.json"
    let stated = FileBytes.exists(manifest) ? try FileBytes.read(manifest) : nil
    let old = try ContentHasher.hash(file: path)
    try FileBytes.write(edited, to: path)
    if let stated, path != manifest {
      let text = editableManifest(stated)
        .replacing(old, with: try ContentHasher.hash(file: path))
        .replacing("\"byteCount\" : \(bytes.count)", with: "\"byteCount\" : \(edited.count)")
      try FileBytes.write(text.utf8, to: manifest)
    }
    let run = try verify()
    #expect(run.exitCode == 1 && run.standardError.contains(path), "\(run.standardError)")
    try FileBytes.write(bytes, to: path)
    if let stated { try FileBytes.write(stated, to: manifest) }
  }
  try expectFound(day + "/manifest.json") {
    $0.replacing("\"hosts_checked\" : \"", with: "\"hosts_checked\" : \"9")
  }
  try expectFound("\(reports)/week=2026-W10/manager.html") {
    $0.replacing("days reported", with: "days well reported")
  }
  try expectFound(reports + "/index.html") { $0.replacing(site.days[2], with: "2026-03-31") }
  #expect(try verify().exitCode == 0)

  let manifest = try FileBytes.read(day + "/manifest.json")
  let input = try #require(
    editableManifest(manifest).components(separatedBy: "\"sha256\" : \"")
      .dropFirst().first?.prefix(64))
  try FileBytes.write(
    editableManifest(manifest)
      .replacing(input, with: String(repeating: "0", count: 64)).utf8, to: day + "/manifest.json")
  #expect(try verify().standardError.contains("is not what it was made from"))
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
  // A host is known by its name in the assets file, too.
  let assets = String(decoding: try FileBytes.read(site.exports + "/assets.csv"), as: UTF8.self)
  let row = try #require(assets.split(separator: "\n").first { $0.hasPrefix(host + ",") })
  let name = String(row.split(separator: ",")[1]).uppercased()
  #expect(name != host.uppercased())
  for question in ["what-changed", "who-talks-to"] {
    let (byName, byAddress) = (try ask([question, name]), try ask([question, host]))
    #expect(
      byName.standardOutput.replacing(name.lowercased(), with: host) == byAddress.standardOutput)
  }
  #expect(
    try ask(["who-talks-to", name + ".gone"]).standardOutput.hasPrefix("0 hosts talked to"))
  let span = try StageRun(
    "report",
    [
      "ask", "top-talkers", "--site", "\(site.exports)/site.toml", "--store", store, "--from",
      site.days[2], "--to", "2026-03-08",
    ])
  #expect(
    span.standardOutput.contains(
      "Of the 5 days asked about, 1 are known: \(site.days[2])."), "\(span.standardOutput)")
  #expect(try ask(["what-changed"]).exitCode == 64)
  #expect(try ask(["top-talkers", host]).exitCode == 64)
}
