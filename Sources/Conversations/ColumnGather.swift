import Columnar
import Events

/// Takes the values of one column of an output batch from the rows of first records.
///
/// Used in rounds: `begin`, `gather` for each input batch that has a part of the rows, `finish`.
protocol ColumnGather: AnyObject {
  func begin(rowCount: Int)
  /// Fills the rows at `positions`, all of which have their first record in `batch`.
  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows)
  func finish() -> Column
}

/// Where the first records of an output batch's conversations lie.
struct FirstRows {
  /// By output row: the row in its input batch.
  let rows: [Int32]
  let marks: [Conversation.Marks]

  init(_ conversations: ArraySlice<Conversation>) {
    rows = conversations.map { Int32(truncatingIfNeeded: $0.first.row) }
    marks = conversations.map { $0.marks }
  }
}

/// The name of an input column, and of the one that replaces it in conversations turned round.
struct GatheredName {
  let name: String
  let counterpart: String
  /// Ports: an ICMP message has none, and what stands in their place is not turned.
  let staysForICMP: Bool

  init(_ name: String, counterpart: String? = nil, staysForICMP: Bool = false) {
    self.name = name
    self.counterpart = counterpart ?? name
    self.staysForICMP = staysForICMP
  }

  var isTurnable: Bool { counterpart != name }

  /// The columns of a batch, nil where it lacks them.
  func columns(of batch: Batch) -> (own: Column?, counterpart: Column?) {
    let own = batch.schema.index(of: name).map { batch.columns[$0] }
    if !isTurnable { return (own, own) }
    return (own, batch.schema.index(of: counterpart).map { batch.columns[$0] })
  }

  /// Whether a conversation with these marks takes the counterpart's value.
  @inline(__always) func takesCounterpart(_ marks: Conversation.Marks) -> Bool {
    marks.contains(.isTurned) && !(staysForICMP && marks.contains(.isICMP))
  }
}

/// Which rows of a batch being made are null.
struct OutputValidity {
  private var bits: [UInt8] = []
  private var rowCount = 0
  private(set) var nullCount = 0

  init(rowCount: Int) {
    self.rowCount = rowCount
    bits = [UInt8](repeating: 0xFF, count: (rowCount + 7) / 8)
    if rowCount & 7 != 0 { bits[bits.count - 1] = 1 << UInt8(rowCount & 7) - 1 }
  }

  /// - Precondition: the row was valid so far.
  @inline(__always) mutating func setNull(_ row: Int) {
    bits[row >> 3] &= ~(1 << UInt8(row & 7))
    nullCount += 1
  }

  func buffer() -> Buffer? {
    nullCount == 0 ? nil : bits.withUnsafeBytes { Buffer(copying: $0) }
  }
}

/// Numbers, instants, addresses: values of any fixed width.
final class FixedGather: ColumnGather {
  private let type: ColumnType
  private let name: GatheredName
  private let memory: BatchMemory
  /// Of the batch being made; nil between batches.
  private var values: UnsafeMutableRawPointer?
  private var rowCount = 0
  private var validity = OutputValidity(rowCount: 0)

  init(_ type: ColumnType, _ name: GatheredName) {
    self.type = type
    self.name = name
    memory = BatchMemory(byteCount: maximumBatchRowCount * (type.byteWidth ?? 0))
  }

  deinit {
    if let values { memory.give(values) }
  }

  private var byteCount: Int { rowCount * (type.byteWidth ?? 0) }

  func begin(rowCount: Int) {
    self.rowCount = rowCount
    let taken = values ?? memory.take(byteCount)
    taken.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    values = taken
    validity = OutputValidity(rowCount: rowCount)
  }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    let columns = name.columns(of: batch)
    withExtendedLifetime(batch) {
      switch type.byteWidth {
      case 1: fill(UInt8.self, columns.own, columns.counterpart, positions, rows)
      case 2: fill(UInt16.self, columns.own, columns.counterpart, positions, rows)
      case 4: fill(UInt32.self, columns.own, columns.counterpart, positions, rows)
      case 8: fill(UInt64.self, columns.own, columns.counterpart, positions, rows)
      case 16: fill(Address.self, columns.own, columns.counterpart, positions, rows)
      default: preconditionFailure("\(name.name) has no fixed width")
      }
    }
  }

  private func fill<Element: ColumnElement>(
    _: Element.Type, _ ownColumn: Column?, _ counterpartColumn: Column?,
    _ positions: ArraySlice<Int32>, _ rows: FirstRows
  ) {
    guard let values else { preconditionFailure("a column is filled between begin and finish") }
    let own = FixedRows<Element>(ownColumn)
    let counterpart = FixedRows<Element>(counterpartColumn)
    let output = values.assumingMemoryBound(to: Element.self)
    for position in positions {
      let row = Int(position)
      let from = Int(rows.rows[row])
      let isTurned = name.takesCounterpart(rows.marks[row])
      if let value = isTurned ? counterpart[from] : own[from] {
        output[row] = value
      } else {
        validity.setNull(row)
      }
    }
  }

  func finish() -> Column {
    guard let taken = values else { preconditionFailure("a column is finished after begin") }
    values = nil
    return Column(
      type: type, rowCount: rowCount, nullCount: validity.nullCount,
      validity: validity.buffer(), values: memory.buffer(taken, byteCount: byteCount))
  }
}

/// The type of ICMP messages. Where an answer came first and is turned round, it has the
/// question's.
final class ICMPTypeGather: ColumnGather {
  private let builder = ValuesBuilder<UInt8>()
  private var types: [UInt8?] = []

  func begin(rowCount: Int) { types = .init(repeating: nil, count: rowCount) }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    withExtendedLifetime(batch) {
      let stated = FixedRows(batch, Event.icmpType)
      let protocols = FixedRows(batch, Event.ianaNumber)
      for position in positions {
        let row = Int(position)
        let from = Int(rows.rows[row])
        guard let type = stated[from] else { continue }
        let isTurned = rows.marks[row].contains(.isTurned)
        types[row] =
          isTurned
          ? ICMP.role(protocolNumber: protocols[from] ?? 0, type: type).requestType : type
      }
    }
  }

  func finish() -> Column {
    for type in types { builder.append(type) }
    return builder.finish()
  }
}

/// Text of any length.
final class StringsGather: ColumnGather {
  private let name: GatheredName
  private var arena = GrowingBuffer()
  /// By output row: where its text lies in the arena.
  private var places: [(offset: Int, byteCount: Int32)] = []
  private var validity = OutputValidity(rowCount: 0)

  init(_ name: GatheredName) { self.name = name }

  func begin(rowCount: Int) {
    arena.byteCount = 0
    places = .init(repeating: (0, 0), count: rowCount)
    validity = OutputValidity(rowCount: rowCount)
  }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    guard let column = name.columns(of: batch).own else {
      for position in positions { validity.setNull(Int(position)) }
      return
    }
    let strings = Strings(column)
    for position in positions {
      let row = Int(position)
      let from = Int(rows.rows[row])
      guard strings.validity[from] else {
        validity.setNull(row)
        continue
      }
      let bytes = strings.bytes(from)
      places[row] = (arena.byteCount, Int32(bytes.count))
      arena.append(bytes)
    }
  }

  func finish() -> Column {
    let characters = GrowingBuffer(capacity: arena.byteCount)
    let offsets = GrowingBuffer(capacity: 4 * (places.count + 1))
    offsets.append(Int32(0))
    for place in places {
      characters.append(
        UnsafeRawBufferPointer(start: arena.base + place.offset, count: Int(place.byteCount)))
      offsets.append(Int32(characters.byteCount))
    }
    return Column(
      type: .utf8, rowCount: places.count, nullCount: validity.nullCount,
      validity: validity.buffer(), values: characters.take(), offsets: offsets.take())
  }
}
