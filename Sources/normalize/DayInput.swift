import ArrowFile
import Columnar
import Conversations
import Events
import StageKit

/// Rows of an ingested file, of one format, that may be of a day.
struct DayInput: Sendable {
  let folder: String
  let manifest: Manifest
  let file: IngestedFile
  let export: FlowExport?

  init(_ folder: String, _ manifest: Manifest, _ file: IngestedFile) throws {
    self.folder = folder
    self.manifest = manifest
    self.file = file
    guard file.eventClass == .flow else {
      export = nil
      return
    }
    guard let kind = file.flowKind.flatMap({ FlowExport.Kind(rawValue: $0) }) else {
      throw StageError(
        "\(folder)/\(Manifest.fileName): flow_kind: expected oneway or biflow, found "
          + "\(file.flowKind ?? "none"); remove the folder and run ingest again")
    }
    export = FlowExport(
      kind: kind,
      activeTimeoutMicroseconds: file.activeTimeoutSeconds.map { Int64($0) * 1_000_000 })
  }

  /// Whether it holds rows of `start ..< end`, or of the margins that tell which conversations
  /// belong there.
  func concerns(_ start: Instant, _ end: Instant, margin: Int64) -> Bool {
    file.hasRows(
      from: start.advanced(byMicroseconds: -margin), to: end.advanced(byMicroseconds: margin))
  }

  /// The rows, opened.
  func open() throws -> EventFile {
    let path = "\(folder)/\(file.rowsName).arrow"
    return EventFile(
      source: file.source, logFile: file.logFile,
      identity: file.format.map { "\(folder)/\($0)" } ?? folder,
      rows: try StoredTable.open(path, expecting: file.eventClass.schema), export: export,
      observer: file.eventClass == .flow
        ? manifest.options["observer"].flatMap { $0.isEmpty ? nil : $0 } : nil)
  }
}
