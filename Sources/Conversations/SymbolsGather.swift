import Columnar

/// Text by dictionary. Codes of input dictionaries are translated once for each input batch, to the
/// codes of one dictionary that grows with the output.
final class SymbolsGather: ColumnGather {
  private let name: GatheredName
  private let dictionary = CodedBuilder<Strings>()
  private var codes = BatchCodes()
  private var validity = OutputValidity(rowCount: 0)
  private static let untranslated = UInt32.max

  init(_ name: GatheredName) { self.name = name }

  func begin(rowCount: Int) {
    codes.begin(rowCount: rowCount)
    validity = OutputValidity(rowCount: rowCount)
  }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    let columns = name.columns(of: batch)
    let own = columns.own.map { Coded<Strings>($0) }
    let counterpart = columns.counterpart.map { Coded<Strings>($0) }
    var ownCodes = translation(of: own)
    var counterpartCodes = name.isTurnable ? translation(of: counterpart) : ownCodes
    var codes: [UInt32] = []
    swap(&codes, &self.codes.values)
    defer { swap(&codes, &self.codes.values) }
    withExtendedLifetime(batch) {
      let ownRows = FixedRows<UInt32>(codesOf: columns.own)
      let counterpartRows = FixedRows<UInt32>(codesOf: columns.counterpart)
      for position in positions {
        let row = Int(position)
        let from = Int(rows.rows[row])
        if name.takesCounterpart(rows.marks[row]) {
          codes[row] = code(row, counterpartRows[from], of: counterpart, &counterpartCodes)
        } else {
          codes[row] = code(row, ownRows[from], of: own, &ownCodes)
        }
      }
    }
  }

  private func translation(of column: Coded<Strings>?) -> [UInt32] {
    .init(repeating: SymbolsGather.untranslated, count: column?.symbols.count ?? 0)
  }

  /// The output's code for an input's; 0 for null rows, which are noted.
  @inline(__always) private func code(
    _ row: Int, _ code: UInt32?, of column: Coded<Strings>?, _ translation: inout [UInt32]
  ) -> UInt32 {
    guard let code, let column else {
      validity.setNull(row)
      return 0
    }
    if translation[Int(code)] == SymbolsGather.untranslated {
      translation[Int(code)] = dictionary.code(of: column.symbols.bytes(Int(code)))
    }
    return translation[Int(code)]
  }

  func finish() -> Column { codes.column(of: dictionary, validity) }
}

/// Text that all rows of a file share, such as its name.
final class FileNameGather: ColumnGather {
  private let text: (Int) -> String
  private let dictionary = CodedBuilder<Strings>()
  private var codes = BatchCodes()

  /// - Parameter text: by the file's index.
  init(_ text: @escaping (Int) -> String) { self.text = text }

  func begin(rowCount: Int) { codes.begin(rowCount: rowCount) }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    var name = text(file)
    let code = name.withUTF8 { dictionary.code(of: UnsafeRawBufferPointer($0)) }
    for position in positions { codes.values[Int(position)] = code }
  }

  func finish() -> Column {
    codes.column(of: dictionary, OutputValidity(rowCount: codes.values.count))
  }
}

/// The codes of a batch being made, by row.
struct BatchCodes {
  var values: [UInt32] = []
  private let memory = BatchMemory(byteCount: maximumBatchRowCount * 4)

  /// Begins a batch of zeros.
  mutating func begin(rowCount: Int) {
    values.removeAll(keepingCapacity: true)
    values.append(contentsOf: repeatElement(0, count: rowCount))
  }

  /// The codes, which `dictionary` gave, as a column.
  func column(of dictionary: CodedBuilder<Strings>, _ validity: OutputValidity) -> Column {
    Column(
      type: .dictionaryOfStrings, rowCount: values.count, nullCount: validity.nullCount,
      validity: validity.buffer(), values: values.withUnsafeBytes { memory.buffer(copying: $0) },
      dictionary: dictionary.finish().dictionary)
  }
}

extension FixedRows where Element == UInt32 {
  /// The codes of a dictionary column.
  init(codesOf column: Column?) { self.init(column) }
}
