import Forest

/// A delimited text file with a row of names. A column is one of numbers where most of the cells
/// that are filled in its first 1,000 rows are.
package struct CSVTable: FeatureTable {
  package let path: String
  package let names: [String]
  package let others: [LeftOutColumn]
  private let delimiter: UInt8
  private let hasHeader: Bool
  private let allNames: [String]

  /// Rows by which columns are told apart.
  private static let judgedRowCount = 1_000
  private static let pieceRowCount = 65_536

  /// - Parameter hasHeader: whether the first row holds names; without, columns are `c0` and on.
  /// - Throws: `TableError` for a file without rows, and names that are missing or twice there.
  package init(path: String, delimiter: UInt8 = UInt8(ascii: ","), hasHeader: Bool = true) throws {
    self.path = path
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    let head = ColumnJudge(hasHeader: hasHeader, greatestRowCount: Self.judgedRowCount)
    try CSVRecords(path: path, delimiter: delimiter).read(
      takeField: { head.take($0) }, takeRecord: { head.endRecord() })
    guard !head.columns.isEmpty else {
      throw TableError(path, expected: "a row of names, and rows", found: "an empty file")
    }
    allNames = head.columns.map(\.name)
    if hasHeader, head.columns.allSatisfy({ Float($0.name) != nil }) {
      throw TableError(
        path, expected: "names of columns in the first line",
        found: "only numbers; if they are a "
          + "row, say --no-header")
    }
    for (index, name) in allNames.enumerated() where !name.isEmpty {
      guard allNames.firstIndex(of: name) == index else {
        throw TableError(path, expected: "columns of different names", found: "two named \(name)")
      }
    }
    names = head.columns.filter { $0.reason == nil }.map(\.name)
    others = head.columns.compactMap { column in
      column.reason.map { LeftOutColumn(name: column.name, reason: $0) }
    }
  }

  package func forEachPiece(
    of columns: [String], _ body: @escaping (TablePiece) throws -> Bool
  ) throws -> CellProblems {
    let cells = CellGatherer(columns: columns, allNames: allNames, hasHeader: hasHeader)
    var isStopped = false
    var failure: (any Error)?
    func handOver() {
      let matrix = cells.finishPiece()
      guard matrix.rowCount > 0, !isStopped else { return }
      do {
        isStopped = try !body(TablePiece(rowCount: matrix.rowCount) { matrix })
      } catch {
        failure = error
        isStopped = true
      }
    }
    try CSVRecords(path: path, delimiter: delimiter).read(
      takeField: { cells.take($0) },
      takeRecord: {
        cells.endRecord()
        if cells.rowCount == Self.pieceRowCount { handOver() }
        return !isStopped
      })
    handOver()
    if let failure { throw failure }
    return cells.problems
  }
}

/// Tells columns of numbers from others.
private final class ColumnJudge {
  struct Column {
    let name: String
    var filledCount = 0
    var numberCount = 0
    var example = ""

    /// Why it is no column of numbers; nil where it is one.
    var reason: String? {
      if name.isEmpty { return "no name" }
      if filledCount == 0 { return "no values in the first rows" }
      return 2 * numberCount > filledCount ? nil : "text such as \"\(example)\""
    }
  }

  private(set) var columns: [Column] = []
  private let hasHeader: Bool
  private let greatestRowCount: Int
  private var place = 0
  private var recordCount = 0

  init(hasHeader: Bool, greatestRowCount: Int) {
    self.hasHeader = hasHeader
    self.greatestRowCount = greatestRowCount
  }

  func take(_ text: UnsafeBufferPointer<CChar>) {
    defer { place += 1 }
    if recordCount == 0 {
      columns.append(Column(name: hasHeader ? text.shown(atMost: .max) : "c\(place)"))
      if hasHeader { return }
    }
    guard place < columns.count else { return }
    switch CellValue(text) {
    case .missing: return
    case .number: columns[place].numberCount += 1
    case .unreadable:
      if columns[place].example.isEmpty { columns[place].example = text.shown(atMost: 20) }
    }
    columns[place].filledCount += 1
  }

  func endRecord() -> Bool {
    place = 0
    recordCount += 1
    return recordCount < greatestRowCount + (hasHeader ? 1 : 0)
  }
}

/// Gathers the wanted cells of records as columns.
private final class CellGatherer {
  private let names: [String]
  private let allNames: [String]
  /// For each column of the file, its place among the wanted.
  private let places: [Int?]
  private var values: [[Float]]
  private var isHeader: Bool
  private var place = 0
  private var earlierRowCount = 0
  private(set) var problems = CellProblems()
  private(set) var rowCount = 0

  init(columns: [String], allNames: [String], hasHeader: Bool) {
    names = columns
    self.allNames = allNames
    places = allNames.map { columns.firstIndex(of: $0) }
    values = [[Float]](repeating: [], count: columns.count)
    isHeader = hasHeader
  }

  func take(_ text: UnsafeBufferPointer<CChar>) {
    defer { place += 1 }
    guard !isHeader, place < places.count, let wanted = places[place] else { return }
    switch CellValue(text) {
    case .number(let value): values[wanted].append(value)
    case .missing: values[wanted].append(.nan)
    case .unreadable:
      values[wanted].append(.nan)
      problems.unreadableCount += 1
      guard problems.firstUnreadable == nil else { return }
      problems.firstUnreadable = .init(
        row: earlierRowCount + rowCount, column: allNames[place], text: text.shown(atMost: 20))
    }
  }

  func endRecord() {
    defer { place = 0 }
    if isHeader {
      isHeader = false
      return
    }
    if place != allNames.count {
      problems.raggedRowCount += 1
      if problems.firstRaggedRow == nil { problems.firstRaggedRow = earlierRowCount + rowCount }
    }
    rowCount += 1
    for wanted in values.indices where values[wanted].count < rowCount {
      values[wanted].append(.nan)
    }
  }

  /// The rows since the last piece.
  func finishPiece() -> FeatureMatrix {
    defer {
      earlierRowCount += rowCount
      rowCount = 0
      for column in values.indices { values[column] = [] }
    }
    return FeatureMatrix(names: names, columns: values)
  }
}

extension UnsafeBufferPointer<CChar> {
  /// The start of a text, control characters and what is no UTF-8 replaced.
  fileprivate func shown(atMost count: Int) -> String {
    let text = String(decoding: map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let shown = String(text.prefix(count)).withoutControls
    return text.count > count ? shown + "…" : shown
  }
}
