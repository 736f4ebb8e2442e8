/// A Protocol Buffers message as it is written: https://protobuf.dev/programming-guides/encoding/.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case number = 0
    case lengthDelimited = 2
  }

  mutating func add(_ field: UInt64, _ value: Int) {
    addTag(field, .number)
    addNumber(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, _ text: String) { add(field, Array(text.utf8)) }

  mutating func add(_ field: UInt64, _ message: ProtobufMessage) { add(field, message.bytes) }

  mutating func add(_ field: UInt64, packed values: [Float]) {
    add(
      field,
      values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) })
  }

  mutating func add(_ field: UInt64, packed values: [Int]) {
    var numbers = ProtobufMessage()
    for value in values { numbers.addNumber(UInt64(bitPattern: Int64(value))) }
    add(field, numbers.bytes)
  }

  private mutating func add(_ field: UInt64, _ content: [UInt8]) {
    addTag(field, .lengthDelimited)
    addNumber(UInt64(content.count))
    bytes += content
  }

  private mutating func addTag(_ field: UInt64, _ type: WireType) {
    addNumber(field << 3 | type.rawValue)
  }

  /// Seven bits a byte, the lowest first, all bytes but the last with their highest bit set.
  private mutating func addNumber(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
