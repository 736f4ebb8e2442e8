/// A table inside a FlatBuffer that nobody vouches for: every offset is checked before use.
///
/// Layout: https://flatbuffers.dev/internals/.
struct FlatBufferTable {
  private let region: FileRegion
  private let position: Int
  private let virtualTable: Int
  private let virtualTableByteCount: Int

  /// Of the whole FlatBuffer.
  var byteCount: Int { region.byteCount }

  /// The root table of the FlatBuffer that fills `region`.
  init(rootOf region: FileRegion) throws(ArrowFileError) {
    let position = try region.load(UInt32.self, at: 0, "offset of the root table")
    try self.init(region: region, position: Int(position))
  }

  private init(region: FileRegion, position: Int) throws(ArrowFileError) {
    let toVirtualTable = try region.load(Int32.self, at: position, "table")
    let virtualTable = position - Int(toVirtualTable)
    let byteCount = Int(try region.load(UInt16.self, at: virtualTable, "virtual table"))
    guard byteCount >= 4, byteCount % 2 == 0, virtualTable + byteCount <= region.byteCount else {
      throw region.failure(
        at: virtualTable, expected: "the size of a virtual table", found: "\(byteCount)")
    }
    self.region = region
    self.position = position
    self.virtualTable = virtualTable
    virtualTableByteCount = byteCount
  }

  /// The place of a field within the region; nil where it has its default.
  private func place(_ slot: Int) throws(ArrowFileError) -> Int? {
    let entry = 4 + 2 * slot
    guard entry < virtualTableByteCount else { return nil }
    let offset = try region.load(UInt16.self, at: virtualTable + entry, "entry of a virtual table")
    return offset == 0 ? nil : position + Int(offset)
  }

  /// The place of what a field refers to; nil where it is absent.
  private func target(_ slot: Int, _ what: String) throws(ArrowFileError) -> Int? {
    guard let place = try place(slot) else { return nil }
    return place + Int(try region.load(UInt32.self, at: place, "offset of \(what)"))
  }

  func number<T: FixedWidthInteger & BitwiseCopyable>(
    _ slot: Int, default absent: T, _ what: String
  ) throws(ArrowFileError) -> T {
    guard let place = try place(slot) else { return absent }
    return try region.load(T.self, at: place, what)
  }

  func table(_ slot: Int, _ what: String) throws(ArrowFileError) -> FlatBufferTable? {
    guard let target = try target(slot, what) else { return nil }
    return try FlatBufferTable(region: region, position: target)
  }

  /// The bytes of a string; nil where it is absent.
  func stringRegion(_ slot: Int, _ what: String) throws(ArrowFileError) -> FileRegion? {
    guard let target = try target(slot, what) else { return nil }
    let byteCount = Int(try region.load(UInt32.self, at: target, "length of \(what)"))
    return try region.part(at: target + 4, byteCount: byteCount, what)
  }

  func string(_ slot: Int, _ what: String) throws(ArrowFileError) -> String? {
    guard let region = try stringRegion(slot, what) else { return nil }
    guard let text = String(validating: region.bytes, as: UTF8.self) else {
      throw region.failure(expected: "\(what) in UTF-8", found: "other bytes")
    }
    return text
  }

  /// The elements of a vector of structs or offsets; empty where it is absent.
  func vector(
    _ slot: Int, elementByteCount: Int, _ what: String
  ) throws(ArrowFileError) -> FlatBufferVector {
    guard let target = try target(slot, what) else {
      let none = try region.part(at: 0, byteCount: 0, what)
      return FlatBufferVector(elements: none, elementByteCount: elementByteCount, count: 0)
    }
    let count = Int(try region.load(UInt32.self, at: target, "length of \(what)"))
    let elements = try region.part(
      at: target + 4, byteCount: count * elementByteCount, what)
    return FlatBufferVector(elements: elements, elementByteCount: elementByteCount, count: count)
  }

  func tables(_ slot: Int, _ what: String) throws(ArrowFileError) -> [FlatBufferTable] {
    let offsets = try vector(slot, elementByteCount: 4, what)
    var tables: [FlatBufferTable] = []
    for index in 0..<offsets.count {
      let offset = try offsets.number(UInt32.self, of: index)
      let place = offsets.elements.start - region.start + 4 * index
      tables.append(try FlatBufferTable(region: region, position: place + Int(offset)))
    }
    return tables
  }

  /// An error at this table's place.
  func failure(expected: String, found: String) -> ArrowFileError {
    region.failure(at: position, expected: expected, found: found)
  }
}

/// Elements of equal size.
struct FlatBufferVector {
  let elements: FileRegion
  let elementByteCount: Int
  let count: Int

  /// The number that lies `offset` bytes into an element.
  func number<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, of index: Int, at offset: Int = 0
  ) throws(ArrowFileError) -> T {
    try elements.load(T.self, at: index * elementByteCount + offset, "element \(index)")
  }
}
