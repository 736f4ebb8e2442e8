import ArrowFile
import Forest

/// An Arrow file or stream, of anybody's.
package struct ArrowTable: FeatureTable {
  package let names: [String]
  package let others: [LeftOutColumn]
  private let reader: NumberReader

  package init(path: String) throws {
    reader = try NumberReader(path: path)
    names = reader.columns.map(\.name)
    others = reader.others.map { LeftOutColumn(name: $0.name, reason: $0.type) }
  }

  package var path: String { reader.path }

  package func forEachPiece(
    of columns: [String], _ body: @escaping (TablePiece) throws -> Bool
  ) throws -> CellProblems {
    let places = columns.compactMap { names.firstIndex(of: $0) }
    let reader = reader
    for piece in reader.pieces {
      let load: @Sendable () throws -> FeatureMatrix = {
        FeatureMatrix(names: columns, columns: try reader.values(piece, columns: places))
      }
      guard try body(TablePiece(rowCount: piece.rows.count, load: load)) else { break }
    }
    return CellProblems()
  }
}
