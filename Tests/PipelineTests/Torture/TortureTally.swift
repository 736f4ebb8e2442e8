import Foundation
import Synchronization

/// What was done and what came of it, printed as tables when the process ends.
enum TortureTally {
  private struct Table {
    var rows: [String] = []
    var columns: [String] = []
    var counts: [[String]: Int] = [:]
  }

  private static let tables = Mutex<[(name: String, table: Table)]>([])

  /// Rows and columns are printed in the order in which they came up.
  static func count(_ name: String, _ row: String, _ column: String) {
    tables.withLock { tables in
      if tables.isEmpty { atexit { TortureTally.print() } }
      let index = tables.firstIndex { $0.name == name } ?? tables.count
      if index == tables.count { tables.append((name, Table())) }
      if !tables[index].table.rows.contains(row) { tables[index].table.rows.append(row) }
      if !tables[index].table.columns.contains(column) {
        tables[index].table.columns.append(column)
      }
      tables[index].table.counts[[row, column], default: 0] += 1
    }
  }

  private static func print() {
    for (name, table) in tables.withLock({ $0 }) {
      let width = (table.rows + [name]).map(\.count).max() ?? 0
      func line(_ title: String, _ cells: [String]) {
        let padded = zip(table.columns, cells).map { column, cell in
          String(repeating: " ", count: 2 + max(0, max(column.count, 5) - cell.count)) + cell
        }
        Swift.print(
          title + String(repeating: " ", count: width - title.count) + padded.joined())
      }
      func cells(_ rows: [String]) -> [String] {
        table.columns.map { column in
          "\(rows.reduce(0) { $0 + (table.counts[[$1, column]] ?? 0) })"
        }
      }
      Swift.print("")
      line(name, table.columns)
      for row in table.rows { line(row, cells([row])) }
      line("all", cells(table.rows))
    }
  }
}
