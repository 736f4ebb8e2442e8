import ArrowFile
import Events
import Glibc
import TestSupport
import Testing

@testable import StageKit

@Suite("A store beside a store, to try settings")
struct StoreCopyTests {
  private let folder: TemporaryFolder
  private let store: Store
  private let site: Site
  private let first = CivilDate(dayNumber: 20_458)

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/store", compression: .zstd)
    let path = folder.path + "/site.toml"
    try FileBytes.write(
      """
      [site]
      name = "x"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      [baseline]
      days = 7
      """.utf8, to: path)
    site = try Site(path: path)
    for area in Area.allCases where area != .ingested {
      for index in 0..<130 {
        let day = first.advanced(by: index)
        let plan = Manifest(stage: "test", algorithm: 1, subject: "\(area) \(day)")
        _ = try store.make(store.folder(area, day), plan: plan) { output in
          try output.write("\(area) \(day)", to: "file.txt")
          return [:]
        }
      }
    }
    for file in ["events.jsonl", "pruned.jsonl", "outbox.jsonl", "audit.jsonl"] {
      try FileBytes.makeFolder(store.registry)
      try FileBytes.write("".utf8, to: "\(store.registry)/\(file)")
    }
  }

  private var path: String { folder.path + "/tried" }

  private func copy(_ finish: (Store) throws -> Void = { _ in }) throws -> Store {
    try store.copy(
      of: first.advanced(by: 120)...first.advanced(by: 121), to: path, site: site, finish: finish)
    return try Store(path: path)
  }

  @Test("it has the days that scores and reports look back to, no more, and knows whose copy it is")
  func days() throws {
    let copy = try copy()
    func days(_ area: Area) throws -> [Int] {
      let days = try copy.days(in: area.rawValue).map { $0.dayNumber - first.dayNumber }
      return [days.first ?? -1, days.last ?? -1, days.count]
    }
    // Votes look back 112 days, and reports 30 and 60 to scores; 14 to leases; 7 is the baseline.
    #expect(try days(.votes) == [8, 121, 114])
    #expect(try days(.features) == [8, 121, 114])
    #expect(try days(.scores) == [30, 121, 92])
    #expect(try days(.reports) == [120, 121, 2])
    #expect(try copy.copyOf == FileBytes.realPath(store.path))
    #expect(copy.compression == .zstd)
    #expect(store.copyOf == nil)
  }

  @Test(
    "files of finished folders are shared, what is added to in place is not, and who was told stays"
  )
  func sharing() throws {
    let copy = try copy()
    func inode(_ path: String) throws -> UInt { try FileBytes.status(of: path).st_ino }
    let day = first.advanced(by: 121)
    let (original, shared) = (
      try inode(store.votes(day) + "/file.txt"), try inode(copy.votes(day) + "/file.txt")
    )
    #expect(original == shared)
    for file in ["events.jsonl", "pruned.jsonl"] {
      let original = try inode("\(store.registry)/\(file)")
      #expect(try inode("\(copy.registry)/\(file)") != original)
    }
    #expect(try FileBytes.names(in: copy.registry) == ["events.jsonl", "pruned.jsonl"])
  }

  @Test("what is made again in it leaves the store in use as it was")
  func apart() throws {
    let copy = try copy()
    let day = first.advanced(by: 121)
    let plan = Manifest(stage: "test", algorithm: 2, subject: "other")
    _ = try copy.make(copy.votes(day), plan: plan) { output in
      try output.write("other", to: "file.txt")
      return [:]
    }
    #expect(try FileBytes.read(copy.votes(day) + "/file.txt") == Array("other".utf8))
    #expect(try FileBytes.read(store.votes(day) + "/file.txt") == Array("votes \(day)".utf8))
    let fileCount = try store.verify(store.votes(day))
    #expect(fileCount == 1)
  }

  @Test("nothing is written where something is already, and nobody is told what it says")
  func refusals() throws {
    let copy = try copy()
    #expect(throws: StageError.self) { try self.copy() }
    let error = #expect(throws: StageError.self) { try copy.requireInUse() }
    #expect(error?.description.hasPrefix("\(copy.path): tries settings for ") == true)
    try store.requireInUse()
  }

  @Test("where a file is gone that a manifest lists, nothing is left of the copy")
  func failure() throws {
    try FileBytes.remove(store.votes(first.advanced(by: 120)) + "/file.txt")
    let error = #expect(throws: StageError.self) { try self.copy() }
    #expect(error?.description.contains("cannot link ") == true)
    #expect(!FileBytes.exists(path))
  }

  @Test("it has its name once it is finished; what could not be, or was killed, is no store")
  func unfinished() throws {
    try FileBytes.makeFolder(path + ".partial/votes/day=2026-01-05")
    #expect(throws: StageError.self) {
      try self.copy { copy in
        #expect(
          !FileBytes.exists(self.path) && FileBytes.exists(copy.votes(first.advanced(by: 120))))
        throw StageError("not today")
      }
    }
    #expect(try FileBytes.names(in: folder.path).filter { $0.hasPrefix("tried") } == [])
  }
}
