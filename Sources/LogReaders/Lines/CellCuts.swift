/// Cuts cells of delimited records further, into a table of its own: cells may be quoted and hold
/// line ends, so that a record is no line.
final class CellCuts {
  let table: FieldTable
  let names: FieldNames
  private var steps: [CutStep]
  /// By field of `names`: its place among the cells, nil where cutting yields it.
  private let cells: [Int?]

  /// - Parameter columns: names of the cells.
  init(_ names: FieldNames, columns: [String], piece: PieceBuffer, steps: [CutStep]) {
    table = FieldTable(piece: piece)
    self.names = names
    self.steps = steps
    cells = names.names.map { columns.firstIndex(of: $0) }
  }

  /// Makes the table one of as many records from `start` on as it has room for; returns the first
  /// that has to wait.
  func cut(_ source: FieldTable, from start: Int) -> Int {
    table.setEmpty(stride: names.names.count, firstLine: source.firstLine)
    let columns = cells.map { $0.map { source.column($0) } }
    var row = start
    while row < source.rowCount, table.hasRoom {
      var record = source.record(row)
      for (field, column) in columns.enumerated() {
        guard let text = column?[row] else { continue }
        let first = text.start - UnsafePointer(table.piece.base)
        table.setField(field, before: first - 1, after: first + text.count)
      }
      if record.reason.kind == .none, let fault = faultOfSteps() {
        record.reason = RejectReason(fault)
      }
      table.add(record)
      row += 1
    }
    return row
  }

  private func faultOfSteps() -> RejectReason.Kind? {
    for index in steps.indices {
      guard let field = table.nextField(steps[index].field) else { continue }
      let kind = steps[index].cutter.cut(field, into: table)
      guard kind == .none || steps[index].isOptional else { return kind }
    }
    return nil
  }
}
