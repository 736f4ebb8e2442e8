/// Builds a FlatBuffer from its last byte to its first, as the format wants: what is referred to
/// is built before what refers to it, and comes to lie behind it.
///
/// Layout: https://flatbuffers.dev/internals/. The same calls give the same bytes.
struct FlatBufferBuilder {
  /// An object that was built: bytes from its first byte to the end of the buffer.
  struct Reference {
    fileprivate let distance: Int
  }

  /// The value of a table's field.
  enum Value {
    case uint8(UInt8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case reference(Reference)

    static func bool(_ value: Bool) -> Value { .uint8(value ? 1 : 0) }

    fileprivate var byteCount: Int {
      switch self {
      case .uint8: 1
      case .int16: 2
      case .int32, .reference: 4
      case .int64: 8
      }
    }
  }

  /// The bytes so far, last one first.
  private var reversed: [UInt8] = []
  private var alignment = 4

  mutating func string(_ text: String) -> Reference {
    let bytes = Array(text.utf8)
    align(to: 4, before: bytes.count + 1)
    reversed.append(0)
    reversed.append(contentsOf: bytes.reversed())
    append(UInt32(bytes.count))
    return Reference(distance: reversed.count)
  }

  mutating func vector(_ references: [Reference]) -> Reference {
    align(to: 4, before: 4 * references.count)
    for reference in references.reversed() { append(reference) }
    append(UInt32(references.count))
    return Reference(distance: reversed.count)
  }

  /// A vector of structs that consist of `wordCount` 64-bit words each.
  mutating func vector(structs words: [Int64], wordCount: Int) -> Reference {
    align(to: 8, before: 8 * words.count)
    for word in words.reversed() { append(word) }
    append(UInt32(words.count / wordCount))
    return Reference(distance: reversed.count)
  }

  /// A table from its fields in the order of the schema; nil leaves the default.
  mutating func table(_ fields: [Value?]) -> Reference {
    let end = reversed.count
    var distances = [Int](repeating: 0, count: fields.count)
    for byteCount in [8, 4, 2, 1] {
      for (slot, field) in fields.enumerated() {
        guard let field, field.byteCount == byteCount else { continue }
        align(to: byteCount)
        append(field)
        distances[slot] = reversed.count
      }
    }
    align(to: 4)
    append(Int32(0))
    let table = reversed.count
    for distance in distances.reversed() {
      append(UInt16(distance == 0 ? 0 : table - distance))
    }
    append(UInt16(table - end))
    append(UInt16(4 + 2 * fields.count))
    let toVirtualTable = UInt32(reversed.count - table)
    for byte in 0..<4 {
      reversed[table - 1 - byte] = UInt8(truncatingIfNeeded: toVirtualTable >> UInt32(8 * byte))
    }
    return Reference(distance: table)
  }

  /// The whole buffer, whose root is the table `root`.
  consuming func finish(_ root: Reference) -> [UInt8] {
    align(to: alignment, before: 4)
    append(root)
    return reversed.reversed()
  }

  /// Pads so that the buffer is a multiple of `alignment` bytes once `byteCount` more are built.
  private mutating func align(to alignment: Int, before byteCount: Int = 0) {
    self.alignment = max(self.alignment, alignment)
    while (reversed.count + byteCount) % alignment != 0 { reversed.append(0) }
  }

  private mutating func append<T: FixedWidthInteger>(_ number: T) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
      reversed.append(UInt8(truncatingIfNeeded: number >> T(shift)))
    }
  }

  private mutating func append(_ reference: Reference) {
    append(UInt32(reversed.count + 4 - reference.distance))
  }

  private mutating func append(_ value: Value) {
    switch value {
    case .uint8(let number): append(number)
    case .int16(let number): append(number)
    case .int32(let number): append(number)
    case .int64(let number): append(number)
    case .reference(let reference): append(reference)
    }
  }
}
