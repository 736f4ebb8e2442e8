import Columnar

/// Takes the values of one column of an output batch from the rows of first records.
///
/// Used in rounds: `begin`, `gather` for each input batch that has a part of the rows, `finish`.
protocol ColumnGather: AnyObject {
  func begin(rowCount: Int)
  /// Fills the rows at `positions`, all of which have their first record in `batch`.
  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: [Conversation])
  func finish() -> Column
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

  /// The columns of a batch, nil where it lacks them.
  func columns(of batch: Batch) -> (own: Column?, counterpart: Column?) {
    let own = batch.schema.index(of: name).map { batch.columns[$0] }
    if counterpart == name { return (own, own) }
    return (own, batch.schema.index(of: counterpart).map { batch.columns[$0] })
  }

  @inline(__always) func takesCounterpart(_ row: Conversation) -> Bool {
    row.marks.contains(.isTurned) && !(staysForICMP && row.marks.contains(.isICMP))
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

/// Numbers, instants, addresses.
final class FixedGather<Element: ColumnElement>: ColumnGather {
  private let name: GatheredName
  /// What becomes of a value when the conversation is turned round.
  private let turned: ((Element, Conversation, Batch) -> Element)?
  private var values = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 64)
  private var rowCount = 0
  private var validity = OutputValidity(rowCount: 0)

  init(_ name: GatheredName, turned: ((Element, Conversation, Batch) -> Element)? = nil) {
    self.name = name
    self.turned = turned
  }

  deinit { values.deallocate() }

  func begin(rowCount: Int) {
    self.rowCount = rowCount
    let byteCount = max(1, rowCount * MemoryLayout<Element>.stride)
    values.deallocate()
    values = .allocate(byteCount: byteCount, alignment: 64)
    values.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    validity = OutputValidity(rowCount: rowCount)
  }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: [Conversation]) {
    let columns = name.columns(of: batch)
    withExtendedLifetime(batch) {
      let own = FixedRows<Element>(columns.own)
      let counterpart = FixedRows<Element>(columns.counterpart)
      let output = values.assumingMemoryBound(to: Element.self)
      for position in positions {
        let row = Int(position)
        let conversation = rows[row]
        let from = Int(conversation.first.row)
        let isTurned = name.takesCounterpart(conversation)
        guard let value = isTurned ? counterpart[from] : own[from] else {
          validity.setNull(row)
          continue
        }
        if isTurned, let turned {
          output[row] = turned(value, conversation, batch)
        } else {
          output[row] = value
        }
      }
    }
  }

  func finish() -> Column {
    let taken = Buffer(
      adopting: values, byteCount: rowCount * MemoryLayout<Element>.stride)
    values = .allocate(byteCount: 1, alignment: 64)
    return Column(
      type: Element.columnType, rowCount: rowCount, nullCount: validity.nullCount,
      validity: validity.buffer(), values: taken)
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

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: [Conversation]) {
    let strings = name.columns(of: batch).own.map { Strings($0) }
    for position in positions {
      let row = Int(position)
      let from = Int(rows[row].first.row)
      guard let strings, strings.validity[from] else {
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
