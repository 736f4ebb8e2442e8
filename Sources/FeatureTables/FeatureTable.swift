import Forest

/// Rows of numbers in a file, read front to back, as often as wanted.
package protocol FeatureTable {
  var path: String { get }
  /// The columns of numbers, in the file's order.
  var names: [String] { get }
  /// The other columns, and what they hold.
  var others: [LeftOutColumn] { get }

  /// Hands all rows to `body`, piece by piece and in order.
  ///
  /// - Parameters:
  ///   - columns: of `names`.
  ///   - body: false where it wants no more.
  /// - Returns: what could not be read as a number.
  func forEachPiece(
    of columns: [String], _ body: @escaping (TablePiece) throws -> Bool
  ) throws -> CellProblems
}

/// Rows that may still have to be read; several may be loaded at a time.
package struct TablePiece: Sendable {
  package let rowCount: Int
  package let load: @Sendable () throws -> FeatureMatrix
}

package struct LeftOutColumn: Equatable, Sendable, CustomStringConvertible {
  package let name: String
  /// Why it is no column of numbers: its type, or what it holds.
  package let reason: String

  package var description: String { "\(name) (\(reason))".withoutControls }
}

/// Cells of columns of numbers that hold none, and rows of another length than the first; such
/// cells count as missing.
package struct CellProblems: Equatable, Sendable {
  package struct Place: Equatable, Sendable {
    /// From 0.
    package let row: Int
    package let column: String
    package let text: String
  }

  package internal(set) var unreadableCount = 0
  package internal(set) var firstUnreadable: Place?
  package internal(set) var raggedRowCount = 0
  package internal(set) var firstRaggedRow: Int?

  /// A line for each kind of problem.
  package var lines: [String] {
    var lines: [String] = []
    if let first = firstUnreadable {
      let cells =
        unreadableCount == 1
        ? "1 cell is no number and counts as missing: it is"
        : "\(unreadableCount) cells are no numbers and count as missing; the first is"
      lines.append("\(cells) in row \(first.row), column \(first.column): \"\(first.text)\"")
    }
    if let first = firstRaggedRow {
      let rows =
        raggedRowCount == 1
        ? "1 row has more or fewer cells than there are columns: row"
        : "\(raggedRowCount) rows have more or fewer cells than there are columns; the first is row"
      lines.append("\(rows) \(first)")
    }
    return lines
  }
}

/// Why a table can't be read, trained on or scored.
package struct TableError: Error, Equatable, CustomStringConvertible {
  package let path: String
  /// From 0; nil where no row is to blame.
  package let row: Int?
  package let expected: String
  package let found: String

  init(_ path: String, row: Int? = nil, expected: String, found: String) {
    self.path = path
    self.row = row
    self.expected = expected
    self.found = found
  }

  package var description: String {
    "\(path): \(row.map { "row \($0): " } ?? "")expected \(expected), found \(found)"
      .withoutControls
  }
}

extension String {
  /// The text for a terminal: control characters, and what separates lines, replaced.
  var withoutControls: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: text.unicodeScalars.append("·")
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

/// Which columns of numbers are features.
package struct ColumnChoice: Sendable {
  /// nil for all.
  package let wanted: [String]?
  package let excluded: [String]

  package init(wanted: [String]? = nil, excluded: [String] = []) {
    self.wanted = wanted
    self.excluded = excluded
  }

  /// The columns in the order wanted, else the table's.
  ///
  /// - Throws: `TableError` for a column that is named twice, is not there or holds no numbers, and
  ///   where none is left.
  package func columns(of table: some FeatureTable) throws -> [String] {
    for names in [wanted ?? [], excluded] {
      var seen: Set<String> = []
      for name in names where !seen.insert(name).inserted {
        throw TableError(
          table.path, expected: "each column to be named once", found: "\(name) twice")
      }
    }
    for name in (wanted ?? []) + excluded where !table.names.contains(name) {
      guard let other = table.others.first(where: { $0.name == name }) else {
        throw TableError(
          table.path, expected: "a column \(name)",
          found: "\((table.names + table.others.map(\.name)).joined(separator: ", "))")
      }
      if wanted?.contains(name) == true {
        throw TableError(
          table.path, expected: "numbers in column \(name)", found: other.reason)
      }
    }
    let columns = (wanted ?? table.names).filter { !excluded.contains($0) }
    guard !columns.isEmpty else {
      throw TableError(
        table.path, expected: "columns of numbers",
        found: table.others.isEmpty
          ? "none" : "\(table.others.map(\.description).joined(separator: ", "))")
    }
    return columns
  }
}

extension FeatureTable {
  /// - Throws: `TableError` unless there are a model's features.
  package func requireFeatures(_ wanted: [String]) throws {
    for name in wanted where !names.contains(name) {
      let other = others.first { $0.name == name }
      throw TableError(
        path, expected: "the model's feature \(name) as a column of numbers",
        found: other?.reason ?? "no such column")
    }
  }
}
