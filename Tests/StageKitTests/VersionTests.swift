import ArrowFile
import Columnar
import Events
import TestSupport
import Testing

@testable import StageKit

private enum Row {
  static let number = ColumnKey<Values<Int64>>("number", isNullable: false)
  static func schema(version: Int) -> Schema {
    Schema("numbers", version: version, [number.field])
  }
}

/// A store with a day whose table is of some version.
private func withTable(version: Int, _ body: (Store, _ folder: String) throws -> Void) throws {
  let folder = try TemporaryFolder()
  let store = try Store(path: folder.path + "/store")
  let day = store.path + "/votes/day=2026-03-02"
  _ = try store.make(day, plan: Manifest(stage: "test", algorithm: 2, subject: "s")) { output in
    let table = TableBuilder(Row.schema(version: version))
    table.column(Row.number).append(1)
    try output.write(Table(schema: table.schema, batches: [table.finishBatch()]))
    return [:]
  }
  try withExtendedLifetime(folder) { try body(store, day) }
}

@Test(
  "a table of another version is not read, and it is said who wrote it and what to do",
  arguments: [(1, "an older"), (3, "a newer")])
func tableVersion(version: Int, writer: String) throws {
  try withTable(version: version) { store, folder in
    let error = #expect(throws: StageError.self) {
      try store.requiredTable(Row.schema(version: 2), in: folder)
    }
    #expect(
      error?.description == """
        \(folder)/numbers.arrow: expected the table numbers, version 2, found version \(version), of \
        \(writer) version of Tidemark; use that version, or, while what it was made from is there, \
        remove \(folder) and run its stage again
        """)
  }
}

@Test("a table of this version is read")
func sameVersion() throws {
  try withTable(version: 2) { store, folder in
    let table = try store.requiredTable(Row.schema(version: 2), in: folder)
    #expect(table.rowCount == 1)
  }
}

@Test("a folder that another algorithm made is made again, be it an older or a newer one")
func algorithmVersion() throws {
  try withTable(version: 1) { store, folder in
    func make(_ algorithm: Int) throws -> Outcome {
      try store.make(
        folder, plan: Manifest(stage: "test", algorithm: algorithm, subject: "s")
      ) { _ in [:] }
    }
    let outcomes = try [2, 1, 2].map(make)
    #expect(outcomes == [.upToDate, .written, .written])
  }
}

@Test("a manifest of another version is refused with the member that it lacks")
func manifestVersion() throws {
  try withTable(version: 1) { _, folder in
    let path = folder + "/manifest.json"
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    try FileBytes.write(
      text.replacing("\"algorithm\" : 2", with: "\"algorithms\" : [2]").utf8, to: path)
    let error = #expect(throws: StageError.self) { try Manifest.read(folder: folder) }
    #expect(
      error?.description == """
        \(path): expected a manifest of this version of Tidemark, found another: algorithm: missing; use \
        the version that wrote it, or remove the folder and run its stage again
        """)
  }
}

@Test("a store whose marker says more than this version knows is not opened")
func storeVersion() throws {
  let folder = try TemporaryFolder()
  _ = try Store(path: folder.path)
  let marker = folder.path + "/store.toml"
  try FileBytes.write("compression = \"none\"\nlayout = 2\n".utf8, to: marker)
  let error = #expect(throws: StageError.self) { try Store(path: folder.path) }
  #expect(
    error?.description == """
      \(marker):2: layout: not a known key; known are compression, copy_of; use the version of Tidemark \
      that made the store
      """)
}

@Suite("A log's lines of another version")
struct LogVersionTests {
  private struct Entry: Codable, Equatable {
    struct Scope: Codable, Equatable {
      var host: String
      var peer: String?
    }
    var scope: Scope
    var tags: [Scope] = []
  }
  private let folder: TemporaryFolder
  private let log: ChainedLog

  init() throws {
    folder = try TemporaryFolder()
    log = ChainedLog(path: folder.path + "/log.jsonl")
  }

  private func decoded(_ lines: [String]) throws -> [Entry] {
    try log.append { _ in lines }
    return try log.decoded(log.read())
  }

  @Test("spaces, the order of members and nulls make no difference")
  func written() throws {
    let entries = try decoded([
      #"{"scope":{"host":"a"},"tags":[]}"#,
      #"{"tags": [{"host": "b", "peer": null}], "scope": {"peer": "c", "host": "a"}}"#,
    ])
    #expect(entries.map(\.scope.peer) == [nil, "c"])
    #expect(entries.map(\.tags.count) == [0, 1])
  }

  @Test(
    "a member that this version doesn't know, or one that it needs, is named with its line",
    arguments: [
      (#"{"scope":{"host":"a","user":"b"},"tags":[]}"#, "scope.user is not known"),
      (#"{"scope":{"host":"a"},"tags":[{"host":"b","port":{"of":1}}]}"#, "tags.port is not known"),
      (#"{"scope":{},"tags":[]}"#, "scope.host: missing"),
      (#"{"other":1}"#, "scope: missing"),
    ])
  func stranger(line: String, why: String) throws {
    let error = #expect(throws: StageError.self) {
      try decoded([#"{"scope":{"host":"a"},"tags":[]}"#, line])
    }
    #expect(
      error?.description == """
        \(log.path):2: expected an entry of this version of Tidemark, found another: \(why); use the \
        version that wrote it
        """)
  }
}
