import Columnar
import Events

/// Tells whether two rows of a source are the same row, exported twice.
///
/// A flow that has an id is known by it; any other row by all that was mapped from its line, that
/// is, all columns but those that say where the line lies.
struct RowIdentity {
  private let files: InputFiles
  private let fields: [Field]
  private let decidesByID: Bool

  init(_ files: InputFiles, eventClass: EventClass) {
    self.files = files
    let place = [Event.source.name, Event.logFile.name, Event.logLine.name]
    fields = eventClass.schema.fields.filter { !place.contains($0.name) }
    decidesByID = eventClass == .flow
  }

  /// The same for equal rows of files with and without a column that is null in the row.
  func hash(_ place: RowReference) throws -> UInt64 {
    let batch = try files.batch(Int(place.batch))
    let row = Int(place.row)
    if decidesByID, batch.hasColumn(Event.id) {
      let ids = batch[Event.id]
      if ids.validity[row] { return StableHash.of(ids.bytes(row), seed: 0xE7) }
    }
    var sum: UInt64 = 0
    for (index, field) in fields.enumerated() {
      guard let place = batch.schema.index(of: field.name) else { continue }
      let column = batch.columns[place]
      guard Validity(column.validity)[row] else { continue }
      sum &+= RowIdentity.hash(of: column, row, seed: UInt64(index) + 1)
    }
    return sum
  }

  private static func hash(of column: Column, _ row: Int, seed: UInt64) -> UInt64 {
    switch column.type {
    case .bool:
      return StableHash.mix(seed, Flags(column)[row] == true ? 3 : 5)
    case .utf8:
      return StableHash.of(Strings(column).bytes(row), seed: seed)
    case .dictionaryOfStrings:
      return StableHash.of(Coded<Strings>(column).bytes(row), seed: seed)
    case .dictionaryOfAddresses:
      let coded = Coded<Values<Address>>(column)
      return StableHash.mix(seed, coded.symbols.value(Int(coded.codes.value(row))).stableHash)
    default:
      let width = column.type.byteWidth ?? 0
      let bytes = UnsafeRawBufferPointer(start: column.values.base + row * width, count: width)
      return StableHash.of(bytes, seed: seed)
    }
  }
}
