import Columnar
import DelimitedText
import Events

/// What another program of the site saw, an EDR for instance: rows of its comma-separated export
/// that may concern a day's incidents.
package struct ContextFile: Sendable {
  /// How the export is to be read.
  package struct Columns: Sendable {
    package let host: String
    package let time: String
    /// Of what is shown; empty cells are left out.
    package let text: [String]
    /// Of times that state none.
    package let zone: TimeZoneRules

    package init(host: String, time: String, text: [String], zone: TimeZoneRules) {
      self.host = host
      self.time = time
      self.text = text
      self.zone = zone
    }
  }

  /// Which rows are wanted.
  package struct Selection {
    package let window: Range<Instant>
    /// The `HostKey`s that a host's name or address may be known by.
    package let keys: (String) throws -> [String]
    package let wanted: Set<String>

    package init(
      window: Range<Instant>, wanted: Set<String>, keys: @escaping (String) throws -> [String]
    ) {
      self.window = window
      self.wanted = wanted
      self.keys = keys
    }
  }

  package struct Row: Sendable {
    package let time: Instant
    package let keys: [String]
    package let text: String
  }

  /// The selected rows, in the file's order.
  package fileprivate(set) var rows: [Row] = []
  /// All rows below the header.
  package fileprivate(set) var rowCount = 0
  /// Rows that can't be used.
  package fileprivate(set) var badRowCount = 0
  /// The first of them: "record 7: expected …".
  package fileprivate(set) var firstBadRow: String?
  /// Why the file, or the rest of it, can't be used.
  package fileprivate(set) var problem: String?
  /// Whether its header has the columns.
  package fileprivate(set) var isReadable = false

  /// Reads an export.
  /// - Parameter forEachPiece: gives the file's bytes, in pieces, to what it is given.
  /// - Throws: what `forEachPiece` throws.
  package init(
    _ columns: Columns, selecting selection: Selection,
    forEachPiece: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let records = ContextRecords(columns, selection)
    let parser = RecordParser(
      takeField: { records.take($0) }, takeRecord: { records.endRecord() })
    do {
      // Some exports begin with a byte order mark.
      var mark: ArraySlice<UInt8> = [0xEF, 0xBB, 0xBF]
      try forEachPiece { piece in
        var rest = piece[...]
        while let byte = mark.first, let first = rest.first {
          if byte == first {
            mark.removeFirst()
            rest.removeFirst()
          } else {
            mark.removeAll()
          }
        }
        if parser.wantsMore { try parser.parse(UnsafeRawBufferPointer(rebasing: rest)) }
      }
      if parser.wantsMore { try parser.finish() }
      records.endFile()
    } catch let error as RecordError where parser.wantsMore {
      records.file.problem =
        "unreadable from record \(parser.recordCount + 1) on: expected \(error.expected), found "
        + error.found
    } catch is RecordError {
      // What comes behind the last record that was wanted is nobody's.
    }
    self = records.file
  }

  private init() {}

  fileprivate static let empty = ContextFile()

  /// What is wrong with the file, in a line; nil where nothing is.
  package var remark: String? {
    let bad = firstBadRow.map { first in
      "\(Quantity.count(badRowCount)) of \(Quantity.counted(rowCount, "row")) can't be used "
        + "(\(first))"
    }
    let parts = [bad, problem].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}

/// By what a host is found in other programs' exports.
package enum HostKey {
  /// An address as it is usually written; the first part of a name, in lower case.
  package static func of(_ host: String) -> String {
    let host = host.filter { $0 != " " }
    if let address = Address(host) { return address.description }
    let first = host.prefix { $0 != "." }
    return (first.isEmpty ? host[...] : first).lowercased()
  }
}

/// Takes an export's records as they are parsed.
private final class ContextRecords {
  var file = ContextFile.empty
  private let columns: ContextFile.Columns
  private let selection: ContextFile.Selection
  private var header: [String] = []
  /// By column: whether its cells are looked at.
  private var isUsed: [Bool] = []
  private var host = 0
  private var time = 0
  private var texts: [Int] = []
  private var cells: [String] = []

  init(_ columns: ContextFile.Columns, _ selection: ContextFile.Selection) {
    self.columns = columns
    self.selection = selection
  }

  func take(_ field: UnsafeBufferPointer<CChar>) {
    let isUsed = file.isReadable ? cells.count < isUsed.count && isUsed[cells.count] : true
    cells.append(isUsed ? String(decoding: UnsafeRawBufferPointer(field), as: UTF8.self) : "")
  }

  /// - Returns: whether more records are wanted.
  func endRecord() -> Bool {
    defer { cells.removeAll(keepingCapacity: true) }
    guard file.isReadable else { return readHeader() }
    file.rowCount += 1
    if let reason = readRow() {
      file.badRowCount += 1
      file.firstBadRow = file.firstBadRow ?? "record \(file.rowCount + 1): \(reason)"
    }
    return true
  }

  func endFile() {
    if !file.isReadable && file.problem == nil {
      file.problem = "expected a header with \(columns.host), found an empty file"
    }
  }

  private func readHeader() -> Bool {
    header = cells
    let names = [columns.host, columns.time] + columns.text
    let places = names.map { header.firstIndex(of: $0) }
    if let missing = zip(names, places).first(where: { $0.1 == nil })?.0 {
      // Without the first row's cells: where there is no header, they are somebody's.
      file.problem =
        "expected a column \(missing), found \(Quantity.counted(header.count, "column")) of other names"
      return false
    }
    let known = places.compactMap { $0 }
    (host, time, texts) = (known[0], known[1], Array(known[2...]))
    isUsed = header.indices.map(known.contains)
    file.isReadable = true
    return true
  }

  /// Keeps the row if it is wanted.
  /// - Returns: why it can't be used.
  private func readRow() -> String? {
    guard cells.count == header.count else {
      return "expected \(header.count) fields, found \(cells.count)"
    }
    guard let instant = ContextTime.instant(cells[time], zone: columns.zone) else {
      return "expected a time in \(columns.time), such as 2026-03-25T14:03:12Z, found another text"
    }
    guard !cells[host].isEmpty else { return "expected a host in \(columns.host), found nothing" }
    guard selection.window.contains(instant) else { return nil }
    do {
      let keys = try selection.keys(cells[host])
      if keys.contains(where: selection.wanted.contains) {
        let text = texts.map { cells[$0] }.filter { !$0.isEmpty }.joined(separator: ", ")
        file.rows.append(ContextFile.Row(time: instant, keys: keys, text: text))
      }
      return nil
    } catch {
      return "\(columns.host): \(error)"
    }
  }
}
