import Columnar
import Events
import Glibc
import TestSupport

@testable import LogReaders

let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
let fixtures = repository + "/Tests/LogReadersTests/Fixtures"

@Sendable func zoneRules(_ name: String) throws -> TimeZoneRules {
  let stream = try Packing.open(path: "/usr/share/zoneinfo/" + name)
  return try TimeZoneRules(name: name, tzif: stream.first(1 << 20))
}

/// What reading a text gave.
struct Reading {
  let summary: ReadSummary
  let rows: [Batch]
  let rejects: [Batch]

  /// Every cell of every row as text.
  var rowTexts: [[String?]] { rows.flatMap { texts($0) } }
  var rejectTexts: [[String?]] { rejects.flatMap { texts($0) } }

  /// A column's cells as text.
  func column(_ name: String) -> [String?] {
    rows.flatMap { batch in
      batch.schema.index(of: name).map { index in
        (0..<batch.rowCount).map { batch.columns[index].text($0) }
      } ?? []
    }
  }
}

func texts(_ batch: Batch) -> [[String?]] {
  (0..<batch.rowCount).map { row in batch.columns.map { $0.text(row) } }
}

func settings(
  zone: String? = "UTC", forcesLibCSV: Bool = false
) throws -> ReaderSettings {
  var settings = ReaderSettings(zoneRules: zoneRules)
  settings.zone = try zone.map { try $0 == "UTC" ? .utc : zoneRules($0) }
  settings.source = "test"
  settings.logName = "sample"
  settings.forcesLibCSV = forcesLibCSV
  settings.digest = { "digest of \($0.count) bytes" }
  return settings
}

func read(
  _ text: [UInt8], _ format: Format, settings: ReaderSettings, pieceCapacity: Int = 512 << 10,
  streamPiece: Int = .max
) throws -> Reading {
  var reader = try LogReader(format, settings)
  reader.pieceCapacity = pieceCapacity
  let (rows, rejects) = (TableSink(), TableSink())
  let summary = try reader.read(
    MemoryStream(text, pieceLength: streamPiece), name: "sample", rows: rows, rejects: rejects)
  return Reading(summary: summary, rows: rows.batches, rejects: rejects.batches)
}

/// A format of its own, of the class flow.
///
/// - Parameters:
///   - read: lines of `[read]`.
///   - time: lines of `[time]`.
///   - sections: further sections.
///   - map: lines of `[map]`.
func sampleFormat(
  read: String, time: String, sections: String = "", map: String
) throws -> Format {
  try Format(
    toml: """
      [format]
      id = "sample"
      class = "flow"
      [flow]
      kind = "oneway"
      [read]
      \(read)
      [time]
      \(time)
      \(sections)
      [map]
      \(map)
      [[test]]
      line = "-"
      skipped = true
      """, path: "sample.toml")
}

/// The formats that come with Tidemark, read once.
let builtInFormats = Result {
  try FormatLibrary(directories: [repository + "/pipelines/formats"])
}

/// With those of the fixtures.
let knownFormats = Result {
  try FormatLibrary(builtInFormats.get().formats + FormatLibrary(directories: [fixtures]).formats)
}

func builtIn(_ id: String) throws -> Format { try builtInFormats.get().format(id) }

extension SplitMix {
  /// A number in `0 ..< bound`.
  mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension ReadSummary {
  /// The id of a file's only format.
  var format: String { parts.map(\.format.id).joined(separator: ",") }
  var rowsByHour: [(hour: Instant, rows: Int)] { parts.flatMap(\.rowsByHour) }
}
