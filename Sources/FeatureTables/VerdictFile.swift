import Columnar
import Events
import Forest

/// People's verdicts on rows, from a delimited text file with a column `verdict`: `anomaly` or
/// `benign`, or nothing where nobody has answered yet.
///
/// The rows' features stand in columns of their names, so that verdicts outlive the table they were
/// about; else a column `row` holds the rows' numbers in a table. `known_at`, where it is given, is
/// when the verdict was, in UTC: `2026-03-28` or `2026-03-28T14:05:06Z`.
package struct VerdictFile {
  private let path: String
  private let header: [String]
  /// cells[record][column]
  private let cells: [[String]]

  private static let greatestRecordCount = 1_000_000

  /// - Throws: `TableError` for a file without a column of verdicts.
  package init(path: String, delimiter: UInt8 = UInt8(ascii: ",")) throws {
    self.path = path
    var records: [[String]] = []
    var fields: [String] = []
    try CSVRecords(path: path, delimiter: delimiter).read(
      takeField: { fields.append(String(decoding: UnsafeRawBufferPointer($0), as: UTF8.self)) },
      takeRecord: {
        records.append(fields)
        fields = []
        return records.count <= Self.greatestRecordCount
      })
    header = records.first ?? []
    cells = Array(records.dropFirst())
    guard records.count <= Self.greatestRecordCount else {
      throw TableError(
        path, expected: "fewer than \(Self.greatestRecordCount) verdicts", found: "more")
    }
    guard header.contains("verdict") else {
      throw TableError(
        path, expected: "a column verdict, with anomaly or benign in it",
        found: header.joined(separator: ", "))
    }
  }

  /// - Parameter table: what numbers of rows are of.
  /// - Throws: `TableError` for what is no verdict, time or row, and where neither the features nor
  ///   the numbers of rows are given.
  package func verdicts(
    featureNames: [String], rowsOf table: some FeatureTable
  ) throws -> Verdicts {
    let verdict = header.firstIndex(of: "verdict") ?? 0
    var answered: [Int] = []
    var isAnomaly: [Bool] = []
    var knownAt: [Instant] = []
    for (record, cells) in cells.enumerated() {
      guard cells.count == header.count else {
        throw TableError(
          path, row: record, expected: "\(header.count) cells", found: "\(cells.count)")
      }
      let text = cells[verdict].lowercased()
      guard !text.isEmpty else { continue }
      guard ["anomaly", "benign"].contains(text) else {
        throw TableError(
          path, row: record, expected: "anomaly or benign as the verdict", found: cells[verdict])
      }
      answered.append(record)
      isAnomaly.append(text == "anomaly")
      knownAt.append(try instant(record: record))
    }
    let hasFeatures = featureNames.allSatisfy(header.contains)
    let rows =
      hasFeatures
      ? try features(featureNames, records: answered)
      : try table.rows(try numbers(records: answered, featureNames), of: featureNames)
    return Verdicts(rows: rows, isAnomaly: isAnomaly, knownAt: knownAt)
  }

  /// The least of all where none is given.
  private func instant(record: Int) throws -> Instant {
    let column = header.firstIndex(of: "known_at")
    guard let text = column.map({ cells[record][$0] }), !text.isEmpty else {
      return Instant(microseconds: .min)
    }
    guard let instant = Instant(utc: text) else {
      throw TableError(
        path, row: record, expected: "known_at as 2026-03-28 or 2026-03-28T14:05:06Z", found: text)
    }
    return instant
  }

  private func features(_ names: [String], records: [Int]) throws -> FeatureMatrix {
    let columns = try names.map { name in
      let column = header.firstIndex(of: name) ?? 0
      return try records.map { record in
        var text = cells[record][column]
        let value = text.withUTF8 { bytes in
          // The number is to be followed by a zero byte.
          let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
          return terminated.withUnsafeBufferPointer {
            CellValue(UnsafeBufferPointer(rebasing: $0[..<bytes.count]))
          }
        }
        switch value {
        case .number(let value): return value
        case .missing: return Float.nan
        case .unreadable:
          throw TableError(path, row: record, expected: "a number in \(name)", found: text)
        }
      }
    }
    return FeatureMatrix(names: names, columns: columns)
  }

  private func numbers(records: [Int], _ featureNames: [String]) throws -> [Int] {
    guard let column = header.firstIndex(of: "row") else {
      throw TableError(
        path, expected: "a column row, or the features \(featureNames.joined(separator: ", "))",
        found: header.joined(separator: ", "))
    }
    return try records.map { record in
      guard let number = Int(cells[record][column]), number >= 0 else {
        throw TableError(
          path, row: record, expected: "a row's number", found: cells[record][column])
      }
      return number
    }
  }
}

extension FeatureTable {
  /// The rows of these numbers, in their order.
  ///
  /// - Throws: `TableError` unless there are such rows and columns.
  func rows(_ numbers: [Int], of columns: [String]) throws -> FeatureMatrix {
    try requireFeatures(columns)
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var next = 0
    var firstRow = 0
    var values = [[Float]](
      repeating: [Float](repeating: .nan, count: numbers.count), count: columns.count)
    _ = try forEachPiece(of: columns) { piece in
      let end = firstRow + piece.rowCount
      if next < order.count, numbers[order[next]] < end {
        let rows = try piece.load()
        while next < order.count, numbers[order[next]] < end {
          for feature in values.indices {
            values[feature][order[next]] = rows.columns[feature][numbers[order[next]] - firstRow]
          }
          next += 1
        }
      }
      firstRow = end
      return next < order.count
    }
    guard next == order.count else {
      throw TableError(
        path, expected: "a row \(numbers[order[next]]) that a verdict is about",
        found: "\(firstRow) rows")
    }
    return FeatureMatrix(names: columns, columns: values)
  }
}

extension Instant {
  /// From `2026-03-28`, its first instant, or `2026-03-28T14:05:06Z`; nil for anything else.
  package init?(utc text: String) {
    guard let date = CivilDate(String(text.prefix(10))) else { return nil }
    let dayMicroseconds = Int64(date.dayNumber) * 86_400_000_000
    let rest = text.dropFirst(10)
    guard !rest.isEmpty else {
      self.init(microseconds: dayMicroseconds)
      return
    }
    let parts = rest.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int64(part) : nil
    }
    guard rest.first == "T", rest.last == "Z", parts.count == 3, numbers.count == 3,
      numbers[0] < 24, numbers[1] < 60, numbers[2] < 60
    else { return nil }
    let seconds = (numbers[0] * 60 + numbers[1]) * 60 + numbers[2]
    self.init(microseconds: dayMicroseconds + seconds * 1_000_000)
  }
}
