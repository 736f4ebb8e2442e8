/// One column of a batch, in Arrow's layout.
public struct Column: Sendable {
  public let type: ColumnType
  public let rowCount: Int
  public let nullCount: Int
  /// One bit a row, least significant first, 1 = valid; nil where no row is null.
  public let validity: Buffer?
  /// Values, bits (`bool`), characters (`utf8`) or codes (dictionaries).
  public let values: Buffer
  /// `rowCount + 1` Int32 offsets to `values`; only for `utf8`.
  public let offsets: Buffer?
  /// What codes stand for; only for dictionaries, shared by all batches of a file.
  public let dictionary: ColumnDictionary?

  public init(
    type: ColumnType, rowCount: Int, nullCount: Int = 0, validity: Buffer? = nil, values: Buffer,
    offsets: Buffer? = nil, dictionary: ColumnDictionary? = nil
  ) {
    self.type = type
    self.rowCount = rowCount
    self.nullCount = nullCount
    self.validity = nullCount == 0 ? nil : validity
    self.values = values
    self.offsets = offsets
    self.dictionary = dictionary
  }

  /// A column of `rowCount` nulls.
  public static func nulls(_ type: ColumnType, rowCount: Int) -> Column {
    let width = type == .bool ? (rowCount + 7) / 8 : (type.byteWidth ?? 0) * rowCount
    return Column(
      type: type, rowCount: rowCount, nullCount: rowCount,
      validity: .zeros(byteCount: (rowCount + 7) / 8), values: .zeros(byteCount: width),
      offsets: type == .utf8 ? .zeros(byteCount: 4 * (rowCount + 1)) : nil,
      dictionary: type.dictionaryValueType.map {
        ColumnDictionary(column: .init(empty: $0))
      })
  }

  private init(empty type: ColumnType) {
    self.init(
      type: type, rowCount: 0, values: .zeros(byteCount: 0),
      offsets: type == .utf8 ? .zeros(byteCount: 4) : nil)
  }
}

/// The values of a dictionary column, by code.
public final class ColumnDictionary: Sendable {
  /// A column without nulls, of type `utf8` or `address`.
  public let column: Column

  public init(column: Column) { self.column = column }
}

/// Rows of one table: columns in the order of its schema.
package struct Batch: Sendable {
  package let schema: Schema
  package let rowCount: Int
  package let columns: [Column]

  /// - Precondition: one column a field, of its type, each of `rowCount` rows.
  package init(schema: Schema, rowCount: Int, columns: [Column]) {
    precondition(schema.fields.count == columns.count, "one column a field")
    for (field, column) in zip(schema.fields, columns) {
      precondition(
        column.type == field.type && column.rowCount == rowCount,
        "\(field) holds \(column.rowCount) rows of \(column.type) in a batch of \(rowCount)")
    }
    self.schema = schema
    self.rowCount = rowCount
    self.columns = columns
  }

  /// The rows of a column. A nullable column that the batch lacks reads as nulls.
  ///
  /// Files are checked against the schema when they are opened, so a column of another type here
  /// is a programmer's error.
  package subscript<View>(key: ColumnKey<View>) -> View {
    guard let index = schema.index(of: key.name) else {
      precondition(key.field.isNullable, "batch of \(schema.name) lacks \(key.field)")
      return View(.nulls(View.columnType, rowCount: rowCount))
    }
    return View(columns[index])
  }

  package func hasColumn<View>(_ key: ColumnKey<View>) -> Bool {
    schema.index(of: key.name) != nil
  }
}
