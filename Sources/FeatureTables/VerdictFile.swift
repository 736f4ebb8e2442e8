import Columnar
import Events
import Forest

/// People's verdicts on rows, from comma-separated files with a column `verdict`: `anomaly` or
/// `benign`, or nothing where nobody has answered yet.
///
/// The rows' features stand in columns of their names, so that verdicts outlive the table they were
/// about; else a column `row` holds the rows' numbers in a table. `known_at`, where it is given, is
/// when the verdict was, in UTC: `2026-03-28` or `2026-03-28T14:05:06Z`.
extension Verdicts {
  /// - Parameter table: what numbers of rows are of.
  /// - Throws: `TableError` for a file without a column of verdicts, for what is no verdict, time
  ///   or row, where not just one of features and numbers of rows is given, and for answers about a
  ///   row that differ at the same time.
  package init(
    paths: [String], featureNames: [String], rowsOf table: some FeatureTable
  ) throws {
    precondition(!paths.isEmpty, "files of verdicts")
    var parts: [Verdicts] = []
    var places: [AnswerPlace] = []
    for path in paths {
      let file = try VerdictFile(path: path)
      let part = try file.verdicts(featureNames: featureNames, rowsOf: table)
      parts.append(part.verdicts)
      places += part.records.map { AnswerPlace(path: path, record: $0) }
    }
    self.init(parts)
    try requireOneAnswer(places)
  }

  /// Each answer stands in the place of its number.
  private func requireOneAnswer(_ places: [AnswerPlace]) throws {
    struct Question: Hashable {
      let row: RowKey
      let instant: Instant
    }
    var first: [Question: Int] = [:]
    for answer in places.indices {
      let question = Question(row: RowKey(rows, row: answer), instant: knownAt[answer])
      let other = first[question] ?? answer
      first[question] = other
      guard isAnomaly[other] == isAnomaly[answer] else {
        throw TableError(
          places[answer].path, row: places[answer].record,
          expected: "one answer about a row, or known_at to say which is later",
          found: "another than in \(places[other].path), row \(places[other].record)")
      }
    }
  }
}

private struct AnswerPlace {
  let path: String
  let record: Int
}

/// A file of verdicts.
private struct VerdictFile {
  private let path: String
  private let header: [String]
  /// cells[record][column]
  private let cells: [[String]]

  private static let greatestRecordCount = 1_000_000

  init(path: String) throws {
    self.path = path
    var records: [[String]] = []
    var fields: [String] = []
    // As the listings are that people answer.
    try CSVRecords(path: path, delimiter: CSVScores.delimiter).read(
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
        path,
        expected: "a column verdict, with anomaly or benign in it, and commas between columns",
        found: header.joined(separator: ", "))
    }
  }

  /// The verdicts, and the numbers of the records that hold them.
  func verdicts(
    featureNames: [String], rowsOf table: some FeatureTable
  ) throws -> (verdicts: Verdicts, records: [Int]) {
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
    // A listing's own columns may be called as features are.
    guard !hasFeatures || !header.contains("row") else {
      throw TableError(
        path, expected: "either rows' numbers in a column row or the model's features",
        found: "both; leave one out")
    }
    let rows =
      hasFeatures
      ? try features(featureNames, records: answered)
      : try table.rows(try numbers(records: answered, featureNames), of: featureNames)
    return (Verdicts(rows: rows, isAnomaly: isAnomaly, knownAt: knownAt), answered)
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
