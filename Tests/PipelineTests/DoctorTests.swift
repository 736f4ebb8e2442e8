import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@Suite("What the doctor finds in a store")
struct DoctorTests {
  private let site: SimulatedSite
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/store" }

  init() throws {
    folder = try TemporaryFolder()
    site = try SimulatedSite.copyReferenceStore(to: folder.path + "/store")
  }

  private func doctor(_ options: [String] = []) throws -> StageRun {
    try StageRun(
      "ingest",
      ["doctor", "--site", "\(site.exports)/site.toml", "--store", store] + options)
  }

  private func problems(_ options: [String] = []) throws -> [String] {
    try doctor(options).standardOutput.split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("ok ") }
  }

  private func path(_ area: String, _ index: Int, _ file: String = "") -> String {
    "\(store)/\(area)/day=\(site.days[index])\(file)"
  }

  @Test("a sound store has no error, and looking changes nothing in it")
  func sound() throws {
    let before = try StoreContent(store)
    let run = try doctor(["--checksums"])
    #expect(run.exitCode == 0, "\(run.standardOutput)")
    #expect(run.standardOutput.contains("3 days, \(site.days[0]) to \(site.days[2])"))
    #expect(run.standardOutput.contains("source core-switch: \(site.days[2]): "))
    #expect(try StoreContent(store).differences(before) == [])
    // What was put aside while a state was made is gone.
    let state = try FileBytes.names(in: "\(store)/baseline/asof=\(site.days[2])")
    #expect(state.contains("seen.arrow"))
    #expect(state.allSatisfy { !$0.hasPrefix(".") }, "\(state)")
  }

  @Test("what is gone, cut or without a manifest is an error, each with its place")
  func damaged() throws {
    try FileBytes.remove(path("votes", 0, "/raw.arrow"))
    try FileBytes.write("short".utf8, to: path("reports", 1, "/report.md"))
    try FileBytes.remove(path("scores", 0, "/manifest.json"))
    try FileBytes.remove(path("profiles", 1))
    let run = try doctor()
    #expect(run.exitCode == 1)
    let errors = run.standardOutput.split(separator: "\n").filter { $0.hasPrefix("error") }
      .map { $0.dropFirst("error    ".count) }
    #expect(
      Set(errors.map { String($0.prefix { $0 != ":" }) }) == [
        path("votes", 0, "/raw.arrow"), path("reports", 1, "/report.md"), path("scores", 0),
        path("profiles", 1),
      ], "\(errors)")
  }

  @Test("a changed byte is found where every file is read, and only there")
  func changedByte() throws {
    let file = path("events", 2, "/flow.arrow")
    var bytes = try FileBytes.read(file)
    bytes[bytes.count / 2] ^= 1
    try FileBytes.write(bytes, to: file)
    #expect(try problems() == [])
    let found = try problems(["--checksums"])
    #expect(found.count == 1 && found[0].contains("flow.arrow"), "\(found)")
  }

  @Test("logs that end too early, the ledger and the audit log that are gone are errors")
  func lostLines() throws {
    let arguments = ["--site", "\(site.exports)/site.toml", "--store", store]
    for host in ["10.20.20.11", "10.20.20.12"] {
      let run = try StageRun(
        "triage",
        ["suppress", "--host", host, "--detector", "beacon", "--expires", "2026-04-01"]
          + ["--reason", "x", "--at", "2026-03-05T08:00:00Z"] + arguments)
      #expect(run.exitCode == 0, "\(run.standardError)")
    }
    #expect(try StageRun("triage", ["sync"] + arguments).exitCode == 0)
    let events = store + "/registry/events.jsonl"
    let lines = try FileBytes.read(events).split(separator: 0x0A)
    #expect(lines.count == 2)
    try FileBytes.write(lines[0] + [0x0A], to: events)
    // The next run sees the log as it is now.
    #expect(try StageRun("triage", ["sync"] + arguments).exitCode == 0)
    #expect(
      try problems().contains { $0.contains("\(events): lines are missing: a run saw") })
    let verify = try StageRun("triage", ["verify"] + arguments)
    #expect(verify.exitCode == 1 && verify.standardError.contains(events))
    for path in ["/ingested/ledger.arrow", "/registry/audit.jsonl"] {
      try FileBytes.remove(store + path)
      #expect(try problems().contains { $0.hasPrefix("error    \(store)\(path): gone") })
    }
    try FileBytes.remove(store + "/store.toml")
    #expect(try problems().contains { $0.hasPrefix("error    \(store)/store.toml: missing") })
  }

  @Test(
    "what was made from something that changed since is a warning, and so is what a killed run left"
  )
  func outdated() throws {
    try FileBytes.makeFolder("\(store)/votes/.day=\(site.days[0]).partial")
    let manifest = path("profiles", 0, "/manifest.json")
    let text = editableManifest(try FileBytes.read(manifest))
    try FileBytes.write(
      text.replacing("\"facts\" : {", with: "\"facts\" : {\n    \"other\" : \"1\",").utf8,
      to: manifest)
    let run = try doctor()
    #expect(run.exitCode == 0)
    let found = try problems()
    #expect(found.count == 2 && found.allSatisfy { $0.hasPrefix("warning") }, "\(found)")
    try #require(found.count >= 2)
    #expect(found[0].contains(".partial: left by a run that was killed"))
    #expect(found[1].contains("profiles/day=\(site.days[0]) is another since it was made"))
  }

  @Test("a table of a newer version is an error that says so; so is a decision that was changed")
  func versions() throws {
    let file = path("votes", 2, "/host_days.arrow")
    let schema = HostDay.schema
    let writer = try ArrowWriter(
      path: file, schema: .init(schema.name, version: schema.version + 1, schema.fields))
    try writer.finish()
    let manifest = path("votes", 2, "/manifest.json")
    let text = editableManifest(try FileBytes.read(manifest))
    let size = try #require(
      text.firstMatch(of: /"byteCount" : (\d+),\s+"name" : "host_days.arrow"/)?.1)
    try FileBytes.write(
      text.replacing(
        "\"byteCount\" : \(size),", with: "\"byteCount\" : \(FileBytes.size(of: file)),"
      ).utf8, to: manifest)
    try FileBytes.write("{}\n".utf8, to: store + "/registry/events.jsonl")
    let errors = try problems().filter { $0.hasPrefix("error") }
    #expect(errors.contains { $0.contains("a newer version of Tidemark") }, "\(errors)")
    #expect(errors.contains { $0.contains("events.jsonl:1: ") }, "\(errors)")
  }

  @Test(
    "a source that others outlast is silent, and days that are missing between others are named")
  func silence() throws {
    let exports = try site.copy()
    for path in try exports.files(withSuffixes: [".csv"])
    where path.contains("firewall/") && path.contains(site.days[2]) {
      let header = try FileBytes.read(path).prefix { $0 != 0x0A } + [0x0A]
      try FileBytes.write(header, to: path)
    }
    let other = folder.path + "/other"
    try exports.run(["ingest", "normalize", "baseline"], store: other)
    try FileBytes.remove("\(other)/events/day=\(site.days[1])")
    let run = try StageRun(
      "ingest", ["doctor", "--site", "\(exports.exports)/site.toml", "--store", other])
    #expect(run.standardOutput.contains("warning  \(other): \(site.days[1]) missing; make replay"))
    #expect(
      run.standardOutput.contains(
        "warning  source edge-firewall: silent since \(site.days[1]), while others have rows until "
          + "\(site.days[2])"), "\(run.standardOutput)")
  }

  @Test("traffic that two sources show, and a file of which no line could be read, are warnings")
  func twiceAndUnread() throws {
    let exports = try site.copy()
    let settings = "\(exports.exports)/site.toml"
    let more = """

      [[input]]
      source = "second-switch"
      glob = "netflow/nfdump.*.csv*"
      format = "nfdump.csv48"
      zone = "Europe/Berlin"

      [[input]]
      source = "odd"
      glob = "odd.csv"
      format = "nfdump.csv48"
      zone = "Europe/Berlin"
      """
    try FileBytes.write(FileBytes.read(settings) + more.utf8, to: settings)
    let netflow = try #require(
      try exports.files(withSuffixes: [".csv"]).first { $0.contains("netflow/") })
    let header = try FileBytes.read(netflow).prefix { $0 != 0x0A }
    try FileBytes.write(header + "\nno,row\n".utf8, to: "\(exports.exports)/odd.csv")
    let other = folder.path + "/other"
    try exports.run(["ingest", "normalize", "baseline"], store: other)
    let run = try StageRun("ingest", ["doctor", "--site", settings, "--store", other])
    #expect(
      run.standardOutput.contains(
        "warning  events/day=\(site.days[2]): core-switch and second-switch: 100 % of the "
          + "conversations of the one with fewer are the other's too and count twice"),
      "\(run.standardOutput)")
    #expect(
      run.standardOutput.contains("warning  odd: odd.csv: 1 line rejected and no row read"),
      "\(run.standardOutput)")
  }

  @Test("every table of a store is one that is known by its version")
  func knownTables() throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: store)
    where name.hasSuffix(".arrow") && !name.contains("forest_") && !name.contains("neighbours_")
      && name != "ingested/ledger.arrow"
    {
      let schema = try ArrowReader(path: "\(store)/\(name)").schema
      #expect(StoredTables.schema(named: schema.name)?.version == schema.version, "\(name)")
    }
    #expect(Set(StoredTables.schemas.map(\.name)).count == StoredTables.schemas.count)
  }
}
