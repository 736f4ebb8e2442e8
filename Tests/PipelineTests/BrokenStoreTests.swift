import Foundation
import StageKit
import TestSupport
import Testing

@Suite("A store that something happened to")
struct BrokenStoreTests {
  private let site: SimulatedSite
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/store" }

  init() throws {
    folder = try TemporaryFolder()
    site = try SimulatedSite.copyReferenceStore(to: folder.path + "/store")
  }

  private func run(_ stage: String, day: Int) throws -> StageRun {
    try StageRun(stage, site.arguments(stage, store: store, days: ["--day", site.days[day]]))
  }

  @Test("a stage whose folder another run is writing ends with its name, and leaves it alone")
  func lockedFolder() throws {
    let events = "\(store)/events/day=\(site.days[2])"
    try FileBytes.remove(events)
    let lock = try FileLock(
      path: "\(store)/events/.day=\(site.days[2]).lock", subject: "the other run")
    defer { lock.release() }
    let run = try run("normalize", day: 2)
    #expect(run.exitCode == 1)
    #expect(
      run.standardError.hasSuffix(
        "\(events): another run is writing it; wait until it ends, or use another store\n"),
      "\(run.standardError)")
    #expect(!FileBytes.exists(events))
  }

  @Test(
    "a folder that lost its manifest or a table is named by the stage that needs it, not left out",
    arguments: [
      ("baseline", "events/day=", "flow.arrow"), ("baseline", "profiles/day=", "manifest.json"),
      ("score", "quality/day=", "findings.arrow"), ("normalize", "ingested/", "manifest.json"),
    ])
  func lostFile(_ stage: String, _ area: String, _ name: String) throws {
    let day = area == "profiles/day=" ? site.days[1] : site.days[2]
    let names = try FileManager.default.subpathsOfDirectory(atPath: store).sorted()
    let file = try #require(
      names.first { path in
        path.hasPrefix(area == "ingested/" ? area : area + day) && path.hasSuffix("/" + name)
      })
    try FileBytes.remove("\(store)/\(file)")
    let own = ["normalize": "events", "baseline": "profiles", "score": "votes"][stage] ?? ""
    try FileBytes.remove("\(store)/\(own)/day=\(site.days[2])")
    let run = try run(stage, day: 2)
    #expect(run.exitCode == 1)
    #expect(
      run.standardError.contains(FileBytes.parent(of: "\(store)/\(file)"))
        && run.standardError.contains("remove the folder and run its stage again"),
      "\(run.standardError)")
  }

  @Test("tables of decisions that can't be written are named, and nothing half-written stays")
  func unwritableTables() throws {
    let table = "\(store)/registry/registry.sqlite"
    try FileBytes.remove(table)
    try FileBytes.makeFolder(table + "/in the way")
    let run = try StageRun(
      "triage", ["sync", "--site", "\(site.exports)/site.toml", "--store", store])
    #expect(run.exitCode == 1 && run.standardError.contains(table), "\(run.standardError)")
    #expect(!FileBytes.exists(table + ".partial"))
  }
}
