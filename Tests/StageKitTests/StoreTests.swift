import ArrowFile
import Columnar
import Events
import Foundation
import TestSupport
import Testing

@testable import StageKit

/// A folder of its own that goes with the test.
private func withFolder(_ body: (String) throws -> Void) throws {
  let folder = try TemporaryFolder()
  try withExtendedLifetime(folder) { try body(folder.path) }
}

private func plan(_ option: String) -> Manifest {
  Manifest(stage: "test", algorithm: 1, subject: "subject", options: ["option": option])
}

@Test("a folder is made once for the same inputs, and again for others")
func madeOnce() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let folder = path + "/area/day=2026-03-02"
    var runs = 0
    func make(_ option: String) throws -> Outcome {
      try store.make(folder, plan: plan(option)) { output in
        runs += 1
        try output.write("text of \(option)", to: "file.txt")
        return ["rows": "1"]
      }
    }
    #expect(try make("a") == .written)
    #expect(try make("a") == .upToDate)
    #expect(runs == 1)
    #expect(try make("b") == .written)
    #expect(runs == 2)
    #expect(try FileBytes.read(folder + "/file.txt") == Array("text of b".utf8))
    #expect(try FileBytes.names(in: path + "/area") == ["day=2026-03-02"])
    #expect(try store.days(in: "area").map(\.description) == ["2026-03-02"])
  }
}

@Test("a folder that another run makes anew is another input, and one that is gone is none")
func inputsOfFolders() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let folder = path + "/area/day=2026-03-02"
    func make(_ text: String) throws {
      _ = try Store(path: path).make(folder, plan: plan(text)) { output in
        try output.write(text, to: "file.txt")
        return [:]
      }
    }
    #expect(try store.input(folder) == nil)
    try make("a")
    let first = try #require(try store.input(folder))
    #expect(try store.input(folder) == first)
    try make("b")
    let second = try #require(try store.input(folder))
    #expect(second == (try Manifest.read(folder: folder)?.asInput(name: "area/day=2026-03-02")))
    #expect(second != first)
    try FileBytes.remove(folder)
    #expect(try store.input(folder) == nil)
  }
}

@Test("a failure leaves the folder as it was, and nothing beside it")
func failureLeavesNothing() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let folder = path + "/area/day=2026-03-02"
    _ = try store.make(folder, plan: plan("a")) { output in
      try output.write("old", to: "file.txt")
      return [:]
    }
    #expect(throws: StageError.self) {
      try store.make(folder, plan: plan("b")) { output in
        try output.write("new", to: "file.txt")
        throw StageError("stopped")
      }
    }
    #expect(try FileBytes.read(folder + "/file.txt") == Array("old".utf8))
    #expect(try FileBytes.names(in: path + "/area") == ["day=2026-03-02"])
  }
}

@Test("a folder that another run is writing is refused with its name")
func lockedFolder() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let folder = path + "/area/day=2026-03-02"
    _ = try store.make(folder, plan: plan("a")) { _ in
      let error = #expect(throws: StageError.self) {
        try store.make(folder, plan: plan("b")) { _ in [:] }
      }
      #expect(error?.description.hasPrefix("\(folder): another run is writing it") == true)
      return [:]
    }
  }
}

@Test("a run that waits for another of the same folder keeps what that one made")
func waitsForFolder() async throws {
  let temporary = try TemporaryFolder()
  let path = temporary.path
  let folder = path + "/area/day=2026-03-02"
  var store = try Store(path: path)
  store.patience = 60_000
  try FileBytes.makeFolder(path + "/area")
  let lock = try FileLock(path: path + "/area/.day=2026-03-02.lock", subject: folder)
  let second = Task.detached { [store] in
    try store.make(folder, plan: plan("a")) { _ in ["made": "by the second"] }
  }
  // What the first run does while it holds the lock.
  _ = try store.make(path + "/elsewhere/day=2026-03-02", plan: plan("a")) { _ in
    ["made": "by the first"]
  }
  try FileBytes.move(path + "/elsewhere/day=2026-03-02", to: folder)
  lock.release()
  #expect(try await second.value == .upToDate)
  #expect(try Manifest.read(folder: folder)?.facts == ["made": "by the first"])
  withExtendedLifetime(temporary) {}
}

@Test("what a killed run left behind is swept by the next")
func sweepsPartials() throws {
  try withFolder { path in
    let store = try Store(path: path)
    try FileBytes.makeFolder(path + "/area/.day=2026-03-02.partial")
    try FileBytes.write("half".utf8, to: path + "/area/.day=2026-03-02.partial/half.arrow")
    _ = try store.make(path + "/area/day=2026-03-02", plan: plan("a")) { _ in [:] }
    #expect(try FileBytes.names(in: path + "/area") == ["day=2026-03-02"])
    #expect(try FileBytes.names(in: path + "/area/day=2026-03-02") == ["manifest.json"])
  }
}

@Test(
  "opening a store removes what killed runs left, puts back what they moved away, and leaves a running one alone"
)
func sweepsStore() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let votes = path + "/votes"
    let (killed, replaced, running) = ("day=2026-03-02", "day=2026-03-03", "day=2026-03-04")
    for name in [".\(killed).partial", ".\(replaced).old", ".\(running).partial"] {
      try FileBytes.makeFolder("\(votes)/\(name)")
      try FileBytes.write("text".utf8, to: "\(votes)/\(name)/file.txt")
    }
    for name in [killed, replaced] { try FileBytes.write("".utf8, to: "\(votes)/.\(name).lock") }
    let lock = try FileLock(path: "\(votes)/.\(running).lock", subject: "running")
    defer { lock.release() }
    try store.sweep()
    #expect(
      try FileBytes.names(in: votes) == [".\(running).lock", ".\(running).partial", replaced])
    #expect(try FileBytes.names(in: "\(votes)/\(replaced)") == ["file.txt"])
  }
}

@Test("an ingested file's rows are put back where a run was killed while it replaced them")
func sweepsIngested() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let hash = String(repeating: "ab", count: 32)
    let folder = store.ingested(source: "router", fileHash: hash)
    let old = Manifest(
      stage: "ingest", algorithm: 1, subject: "router",
      inputs: [.init(name: "file", byteCount: 3, sha256: hash)])
    _ = try store.fill(in: store.ingested, key: "router\nx.csv", stage: "ingest") { output in
      try output.write("rows", to: "rows.txt")
      return (folder, old)
    }
    let content = try FileBytes.read(folder + "/rows.txt")
    let moved = store.ingested + "/.0123456789abcdef.old"
    try FileBytes.move(folder, to: moved)
    try store.sweep()
    #expect(try FileBytes.read(folder + "/rows.txt") == content)
    // Once the new one is there, the old one goes.
    try FileManager.default.copyItem(atPath: folder, toPath: moved)
    try FileBytes.write("new".utf8, to: folder + "/rows.txt")
    try store.sweep()
    #expect(try FileBytes.read(folder + "/rows.txt") == Array("new".utf8))
    #expect(!FileBytes.exists(moved))
    // One whose removal was cut short goes, too.
    try FileBytes.makeFolder(moved)
    try FileBytes.write("rows".utf8, to: moved + "/rows.txt")
    try store.sweep()
    #expect(!FileBytes.exists(moved))
  }
}

@Test("what a run could not remove, and holds no lock of, goes when a store is opened")
func sweepsWhatWasLeft() throws {
  try withFolder { path in
    let store = try Store(path: path)
    for name in [".day=2026-03-02.old", ".day=2026-03-03.pruned", ".day=2026-03-04.partial"] {
      try FileBytes.makeFolder("\(path)/votes/\(name)")
      try FileBytes.write("text".utf8, to: "\(path)/votes/\(name)/file.txt")
    }
    try FileBytes.makeFolder(path + "/ingested")
    let ledger = path + "/ingested/.ledger.arrow.1-0.partial"
    try FileBytes.write("another run's".utf8, to: ledger)
    try store.sweep()
    #expect(try FileBytes.names(in: path + "/votes") == ["day=2026-03-02"])
    #expect(FileBytes.exists(ledger))
  }
}

@Test("a file that can't be put in its place leaves nothing beside it")
func failedReplacement() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let names = ["timing/score.json", "other.txt"]
    for name in names { try FileBytes.makeFolder("\(path)/\(name)/in the way") }
    #expect(throws: StageError.self) {
      try store.replaceFile("score.json", in: path + "/timing", with: [])
    }
    #expect(throws: StageError.self) { try FileBytes.replace(path + "/other.txt", with: []) }
    #expect(try FileBytes.names(in: path + "/timing") == ["score.json"])
    #expect(try FileBytes.names(in: path) == ["other.txt", "store.toml", "timing"])
  }
}

@Test("a manifest of which a byte changed is not as it was written, or says the same")
func damagedManifest() throws {
  try withFolder { path in
    let store = try Store(path: path)
    let folder = path + "/area/day=2026-03-02"
    var plan = plan("a")
    plan.inputs = [.init(name: "events/day=2026-03-02", byteCount: 12, sha256: "0f")]
    _ = try store.make(folder, plan: plan) { output in
      try output.write("text", to: "file.txt")
      return ["rows": "1"]
    }
    let whole = try #require(try Manifest.read(folder: folder))
    let bytes = try FileBytes.read(folder + "/manifest.json")
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1
      try FileBytes.write(damaged, to: folder + "/manifest.json")
      do {
        let read = try Manifest.read(folder: folder)
        #expect(
          read?.fingerprint == whole.fingerprint && read?.contentHash == whole.contentHash,
          "byte \(index)")
      } catch let error as StageError { #expect(error.description.contains(folder)) }
    }
    try FileBytes.remove(folder + "/manifest.json")
    #expect(throws: StageError.self) { try store.days(in: "area") }
  }
}

@Test("a marker that is gone is not made anew in a store with files")
func lostMarker() throws {
  try withFolder { path in
    _ = try Store(path: path, compression: .zstd)
    try FileBytes.makeFolder(path + "/ingested")
    try FileBytes.remove(path + "/store.toml")
    let error = #expect(throws: StageError.self) { try Store(path: path) }
    #expect(error?.description.hasPrefix("\(path)/store.toml: missing") == true)
  }
}

private let minimalSite = """
  [site]
  name = "Example"
  timezone = "Europe/Berlin"
  networks = ["10.0.0.0/8"]
  seed = "x"
  """

private let edr = """

  [[context]]
  name = "EDR"
  file = "edr/{day}.csv"
  host = "h"
  time = "at"
  text = ["t"]

  """

@Test("files of context and working times are read, with their defaults")
func contextTables() throws {
  try withFolder { path in
    let file = path + "/site.toml"
    func site(_ text: String) throws -> Site {
      try FileBytes.write((minimalSite + text).utf8, to: file)
      return try Site(path: file)
    }
    let stated = try site(edr + "[calendar]\nworking_hours = \"08:00-18:30\"\n")
    let day = try #require(CivilDate("2026-03-25"))
    #expect(stated.contexts.map { $0.file(for: day) } == ["edr/2026-03-25.csv"])
    #expect(stated.contexts.map(\.zone.name) == ["Europe/Berlin"])
    #expect(stated.workingTimes?.text == "08:00-18:30 0,1,2,3,4")
    #expect(
      try site("\n[calendar]\nworking_days = [\"sun\", \"mon\"]").workingTimes?.text
        == "00:00-24:00 0,6")
    #expect(try site("\n[calendar]\nholidays = [\"2026-04-03\"]").workingTimes == nil)
  }
}

@Test("a site file is read with its defaults")
func siteDefaults() throws {
  try withFolder { path in
    let file = path + "/site.toml"
    try FileBytes.write(minimalSite.utf8, to: file)
    let site = try Site(path: file)
    #expect(site.budget.incidentsPerDay == 10)
    #expect(site.budget.falseAlarmsPerDay == 2)
    #expect(site.baselineDays == 28)
    #expect(site.warnings.isEmpty)
    #expect(site.resolve("x.csv") == path + "/x.csv")
  }
}

@Test(
  "a mistake in a site file is named with its place",
  arguments: [
    ("[site]\nname = \"x\"", "[site] timezone: missing"),
    (minimalSite + "\ntypo = 1", "[site] typo: not a known key"),
    (
      minimalSite.replacing("Europe/Berlin", with: "Mars/Base"),
      "[site] timezone: expected a zone such as"
    ),
    (minimalSite.replacing("10.0.0.0/8", with: "10.0.0.0/99"), "[site] networks: expected address"),
    (
      minimalSite + "\n[budget]\nincidents_per_day = \"many\"",
      "[budget] incidents_per_day: expected"
    ),
    (minimalSite + "\n[[input]]\nglob = \"x\"", "[[input]] 1 source: missing"),
    (
      minimalSite + "\n[calendar]\nworking_hours = \"18:00-08:00\"",
      "[calendar] working_hours: expected times such as \"08:00-18:00\""
    ),
    (
      minimalSite + "\n[calendar]\nworking_days = [\"Monday\"]",
      "[calendar] working_days: expected mon, tue"
    ),
    (minimalSite + edr.replacing("text = [\"t\"]", with: ""), "[[context]] 1 text: missing"),
    (minimalSite + edr + "zone = \"Mars\"", "[[context]] 1 zone: expected a zone"),
    (minimalSite + edr + edr, "[[context]] 2 name: another table has \""),
    ("[site]\nname = ", ":2: "),
  ])
func siteMistakes(text: String, message: String) throws {
  try withFolder { path in
    let file = path + "/site.toml"
    try FileBytes.write(text.utf8, to: file)
    let error = #expect(throws: StageError.self) { try Site(path: file) }
    let description = error?.description ?? ""
    #expect(description.hasPrefix(file) && description.contains(message), "\(description)")
  }
}

@Test("results of parallel work come in the order of their items, and so does the first error")
func parallelOrder() throws {
  let items = Array(0..<200)
  #expect(try parallelMap(items, threads: 4) { $0 * $0 } == items.map { $0 * $0 })
  let error = #expect(throws: StageError.self) {
    try parallelMap(items, threads: 4) { item -> Int in
      if item >= 50 { throw StageError("item \(item)") }
      return item
    }
  }
  #expect(error?.description == "item 50")
}
