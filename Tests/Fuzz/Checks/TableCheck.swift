import Columnar
import Events
import FeatureTables
import Forest
import Incidents
import Registry
import RegistryTables

/// Takes bytes for one of the tables that people and their programs write. The first byte says
/// which.
enum TableCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    guard let kind = input.first else { return nil }
    let bytes = Array(input.dropFirst())
    return switch kind {
    case UInt8(ascii: "a"): try assetsFault(bytes)
    case UInt8(ascii: "c"): try contextFault(bytes)
    case UInt8(ascii: "i"): try casesFault(bytes)
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"):
      try featuresFault(bytes, delimiter: kind)
    default: nil
    }
  }

  private static func assetsFault(_ bytes: [UInt8]) throws -> String? {
    do {
      let (assets, again) = (
        try AssetsFile(path: "assets.csv", bytes: bytes),
        try AssetsFile(path: "assets.csv", bytes: bytes)
      )
      return assets.count == again.count && assets.hostnames == again.hostnames
        ? nil : "read twice, other assets"
    } catch is AssetsFileError {
      return nil
    }
  }

  /// An export is the same in any pieces, and each row of it is counted.
  private static func contextFault(_ bytes: [UInt8]) throws -> String? {
    func read(pieceLength: Int) throws -> ContextFile {
      let columns = ContextFile.Columns(host: "host", time: "time", text: ["text"], zone: .utc)
      let selection = ContextFile.Selection(
        window: Instant(microseconds: .min)..<Instant(microseconds: .max), wanted: ["10.0.0.7"]
      ) { [HostKey.of($0)] }
      return try ContextFile(columns, selecting: selection) { take in
        try bytes.withUnsafeBytes { bytes in
          for start in stride(from: 0, to: bytes.count, by: pieceLength) {
            let end = min(start + pieceLength, bytes.count)
            try take(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          }
        }
      }
    }
    let whole = try read(pieceLength: max(bytes.count, 1))
    guard whole.rows.count + whole.badRowCount <= whole.rowCount else {
      return "\(whole.rows.count) rows and \(whole.badRowCount) bad ones of \(whole.rowCount)"
    }
    for pieceLength in [1, 7] {
      let parts = try read(pieceLength: pieceLength)
      guard parts.rows.map(\.text) == whole.rows.map(\.text),
        parts.rows.map(\.time) == whole.rows.map(\.time), parts.remark == whole.remark,
        parts.rowCount == whole.rowCount
      else { return "other rows in pieces of \(pieceLength)" }
    }
    return nil
  }

  /// A table of cases comes back the same when it was written.
  private static func casesFault(_ bytes: [UInt8]) throws -> String? {
    do {
      let rows = try CasesCSV.rows(of: bytes, path: "incidents.csv")
      let header = [
        "incident_id", "assignee", "verdict", "verdict_reason", "cause", "lesson", "revision",
      ]
      let records = rows.map { row in
        [
          row.incident, row.assignee ?? "", row.verdict?.rawValue ?? "", row.verdictReason ?? "",
          row.cause ?? "", row.lesson ?? "", row.revision.map { "\($0)" } ?? "",
        ]
      }
      // Identities are hexadecimal digits, which nobody takes for a formula.
      guard rows.allSatisfy({ $0.incident.allSatisfy(\.isHexDigit) }) else { return nil }
      let text = ([header] + records).map { CSVText.record($0) }.joined()
      let again = try CasesCSV.rows(of: Array(text.utf8), path: "incidents.csv")
      return again == rows ? nil : "written and read, other rows"
    } catch is CasesCSV.Fault {
      return nil
    }
  }

  /// Of a table, each piece has the columns that it states, the same each time.
  private static func featuresFault(_ bytes: [UInt8], delimiter: UInt8) throws -> String? {
    let file = try ScratchFile(bytes, name: "table.csv")
    func read(hasHeader: Bool) throws -> (values: [UInt32], problems: CellProblems?)? {
      do {
        let table = try CSVTable(path: file.path, delimiter: delimiter, hasHeader: hasHeader)
        let gatherer = Gatherer()
        let problems = try table.forEachPiece(of: table.names) { piece in
          let matrix = try piece.load()
          gatherer.rowCount += piece.rowCount
          gatherer.values += matrix.columns.joined().map(\.bitPattern)
          return true
        }
        guard gatherer.values.count == gatherer.rowCount * table.names.count else { return nil }
        return (gatherer.values, problems)
      } catch is TableError {
        return ([], nil)
      }
    }
    for hasHeader in [true, false] {
      guard let once = try read(hasHeader: hasHeader), let twice = try read(hasHeader: hasHeader)
      else { return "pieces of another size than their rows say" }
      guard once.values == twice.values, once.problems == twice.problems else {
        return "read twice, other numbers"
      }
    }
    return nil
  }

  private final class Gatherer {
    var rowCount = 0
    var values: [UInt32] = []
  }
}
