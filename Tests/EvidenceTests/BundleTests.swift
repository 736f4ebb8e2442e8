import ArrowFile
import Columnar
import Events
import Foundation
import Incidents
import StageKit
import Testing

@testable import Evidence

@Test(
  "a bundle holds the host's rows within the findings' windows, as Arrow and CSV, and no others")
func rows() throws {
  let sample = try SampleStore()
  let bundle = try sample.bundle("b")
  #expect(
    bundle.rows.map { "\($0.table) \($0.found) \($0.written)" } == ["findings 1 1", "flow 2 2"])
  let folder = sample.path + "/b"
  let flow = try ArrowReader(path: folder + "/rows/flow.arrow", expecting: EventClass.flow.schema)
  let batch = try flow.batch(0)
  #expect((0..<batch.rowCount).map { batch[Event.logLine].value($0) } == [2, 3])
  #expect((0..<batch.rowCount).map { batch[Event.logFile][$0] } == ["a.log", "=a.log"])
  #expect((0..<batch.rowCount).map { batch[Event.networkBytes][$0] } == [1, nil])
  let csv = String(decoding: try FileBytes.read(folder + "/rows/flow.csv"), as: UTF8.self)
  #expect(
    csv == "event_time,source_ip,destination_ip,network_bytes,log_file,log_line\r\n"
      + "2026-03-29T02:10:00Z,10.0.0.7,8.8.8.8,1,a.log,2\r\n"
      + "2026-03-29T02:30:00Z,10.0.0.9,10.0.0.7,,'=a.log,3\r\n")
}

@Test("a bundle tells nothing of other hosts' rows, of the seed or of the key")
func secrets() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let key = String(decoding: try FileBytes.read(sample.site.evidenceKeyPath), as: UTF8.self)
  let secret = try #require(key.split(separator: "\n").dropFirst().first)
  for (name, bytes) in try SampleStore.files(of: sample.path + "/b") {
    let text = String(decoding: bytes, as: UTF8.self)
    for word in [
      "other-host.log", "hush hush", SampleStore.seedHash, "10.0.0.8", String(secret),
    ] {
      #expect(!text.contains(word), "\(name): \(word)")
    }
  }
}

@Test("rows beyond the limit are counted and left out")
func limit() throws {
  let sample = try SampleStore()
  let source = try ArrowReader(path: sample.store.events(sample.day) + "/flow.arrow")
  let path = sample.path + "/excerpt"
  let excerpt = try TableExcerpt(source.schema, path: path, rowLimit: 3)
  for _ in 0..<2 { try excerpt.add([0, 1], of: source.batch(0)) }
  try excerpt.finish()
  #expect(excerpt.foundRowCount == 4)
  #expect(excerpt.writtenRowCount == 3)
  #expect(try ArrowReader(path: path + ".arrow").rowCount == 3)
}

@Test(
  "rows of findings on all outside addresses are those that come from outside, in their windows")
func outsideRows() throws {
  let sample = try SampleStore()
  let batch = try ArrowReader(path: sample.store.events(sample.day) + "/flow.arrow").batch(0)
  func lines(_ kind: EntityKind, _ entity: String, _ windows: [(String, String)]) throws -> [Int64]
  {
    let findings = try windows.map {
      Finding(
        kind: kind, entity: entity,
        window: try SampleStore.time($0.0)..<SampleStore.time($0.1), detector: "scan",
        rawScore: 1, pValue: 1, floor: 0, ceiling: 2, peer: nil, measures: [])
    }
    return EvidenceRows(findings, networks: sample.site.networks).rows(of: batch).map {
      batch[Event.logLine].value($0)
    }
  }
  #expect(try lines(.internet, "internet", [("00:00", "04:00")]) == [5])
  #expect(try lines(.internet, "internet", [("00:00", "02:50")]) == [])
  #expect(try lines(.host, "10.0.0.8", [("02:40", "02:50"), ("00:00", "00:20")]) == [1, 4])
  #expect(try lines(.host, "10.0.0.8", [("00:00", "02:45"), ("02:00", "02:55")]) == [1, 4, 5])
  #expect(try lines(.host, "laptop-7", [("00:00", "04:00")]) == [])
}

@Test("every column type comes through an excerpt as it was")
func columnTypes() throws {
  let sample = try SampleStore()
  let fields: [ColumnType] = [
    .uint8, .uint16, .uint32, .uint64, .int32, .int64, .float32, .float64, .bool, .timestamp,
    .address, .utf8, .dictionaryOfStrings, .dictionaryOfAddresses,
  ]
  let schema = Schema("all", version: 1, fields.map { Field("\($0)", $0) })
  let columns = fields.map { Column.nulls($0, rowCount: 2) }
  let excerpt = try TableExcerpt(schema, path: sample.path + "/all", rowLimit: 9)
  try excerpt.add([1], of: Batch(schema: schema, rowCount: 2, columns: columns))
  try excerpt.finish()
  let batch = try ArrowReader(path: sample.path + "/all.arrow").batch(0)
  #expect(batch.columns.map(\.type) == fields)
  #expect(batch.columns.allSatisfy { $0.text(0) == nil })
}

@Test("the same incident gives the same bytes, signature included")
func sameBytes() throws {
  let sample = try SampleStore()
  try sample.bundle("a")
  try sample.bundle("b")
  let first = try SampleStore.files(of: sample.path + "/a")
  #expect(first.count == 17)
  #expect(try first == SampleStore.files(of: sample.path + "/b"))
}

@Test("a folder that is there is left alone, and an unknown incident leaves nothing behind")
func refusals() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  #expect(throws: StageError.self) { try sample.bundle("b") }
  let names = try FileBytes.names(in: sample.path)
  #expect(throws: StageError.self) {
    try EvidenceBundle.write(
      incident: "none", day: sample.day, site: sample.site, store: sample.store, key: sample.key,
      to: sample.path + "/c")
  }
  #expect(try FileBytes.names(in: sample.path) == names)
}

@Test("a key is its owner's only, outside the store, and never replaced")
func keys() throws {
  let sample = try SampleStore()
  let path = sample.site.evidenceKeyPath
  #expect(try FileBytes.status(of: path).st_mode & 0o777 == 0o600)
  #expect(throws: StageError.self) { try EvidenceKey.make(at: path, outside: sample.store) }
  #expect(throws: StageError.self) {
    try EvidenceKey.make(at: sample.store.path + "/k", outside: sample.store)
  }
  #expect(try EvidenceKey(path: path).publicKey.pem == sample.key.publicKey.pem)
  try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
  #expect(throws: StageError.self) { try EvidenceKey(path: path) }
}
