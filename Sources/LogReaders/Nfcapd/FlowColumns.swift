import Columnar

/// A number of a flow record.
enum FlowNumber: Int, CaseIterable {
  /// Milliseconds since 1970.
  case first, last, received
  /// Milliseconds; 0 where the end lies before the start, or either is missing.
  case duration
  case protocolNumber, sourcePort, destinationPort
  /// 0 for other protocols than TCP.
  case tcpFlags
  case packets, bytes, returnPackets, returnBytes, flows
  case input, output, sourceAS, destinationAS
  case sourceService, destinationService, forwardingStatus, sourceMask, destinationMask
  case sourceVLAN, destinationVLAN, translatedSourcePort, translatedDestinationPort

  /// - Parameter name: as in nfdump's `-o fmt:`, without `%`.
  init?(nfdump name: String) {
    guard let number = FlowNumber.names[name] else { return nil }
    self = number
  }

  /// Whether it is a name, which is printed as it is.
  var isName: Bool { self == .input || self == .output }

  private static let names: [String: FlowNumber] = [
    "tsr": .first, "ter": .last, "trr": .received, "td": .duration, "pr": .protocolNumber,
    "sp": .sourcePort, "dp": .destinationPort, "flg": .tcpFlags, "pkt": .packets,
    "ipkt": .packets, "byt": .bytes, "ibyt": .bytes, "opkt": .returnPackets,
    "obyt": .returnBytes, "fl": .flows, "in": .input, "out": .output, "sas": .sourceAS,
    "das": .destinationAS, "tos": .sourceService, "stos": .sourceService,
    "dtos": .destinationService, "fwd": .forwardingStatus, "smk": .sourceMask,
    "dmk": .destinationMask, "svln": .sourceVLAN, "dvln": .destinationVLAN,
    "nsp": .translatedSourcePort, "xsp": .translatedSourcePort,
    "ndp": .translatedDestinationPort, "xdp": .translatedDestinationPort,
  ]
}

/// An address of a flow record.
enum FlowAddress: Int, CaseIterable {
  case source, destination, translatedSource, translatedDestination

  /// - Parameter name: as in nfdump's `-o fmt:`, without `%`.
  init?(nfdump name: String) {
    switch name {
    case "sa": self = .source
    case "da": self = .destination
    case "nsa", "xsa": self = .translatedSource
    case "nda", "xda": self = .translatedDestination
    default: return nil
    }
  }
}

/// Flows of one block, column by column. What a record lacks is 0, or 0.0.0.0, as nfdump prints it.
final class FlowColumns {
  static let capacity = 512
  /// Not a power of two, so that the columns of a row do not fall into the same cache lines.
  private static let stride = capacity + 8
  private static let zeroAddress = Address(ipv4: 0)

  private(set) var count = 0
  private let numbers = UnsafeMutablePointer<UInt64>.allocate(
    capacity: FlowNumber.allCases.count * stride)
  private let addresses = UnsafeMutablePointer<Address>.allocate(
    capacity: FlowAddress.allCases.count * stride)
  /// Of each record: its bytes within the block, and its number among the file's flow records.
  private let places = UnsafeMutablePointer<(range: Range<Int>, ordinal: Int64)>.allocate(
    capacity: capacity)

  init() {
    numbers.initialize(repeating: 0, count: FlowNumber.allCases.count * FlowColumns.stride)
    addresses.initialize(
      repeating: FlowColumns.zeroAddress,
      count: FlowAddress.allCases.count * FlowColumns.stride)
  }

  deinit {
    numbers.deallocate()
    addresses.deallocate()
    places.deallocate()
  }

  var isFull: Bool { count == FlowColumns.capacity }

  /// Makes room for the next flows. What was set since the last `commit` goes, too.
  func clear() {
    for number in FlowNumber.allCases {
      (numbers + number.rawValue * FlowColumns.stride).update(repeating: 0, count: count + 1)
    }
    for address in FlowAddress.allCases {
      (addresses + address.rawValue * FlowColumns.stride).update(
        repeating: FlowColumns.zeroAddress, count: count + 1)
    }
    count = 0
  }

  /// Sets a number of the flow that the next `commit` completes.
  @inline(__always) func set(_ number: FlowNumber, _ value: UInt64) {
    precondition(count < FlowColumns.capacity)
    numbers[number.rawValue &* FlowColumns.stride &+ count] = value
  }

  @inline(__always) func set(_ address: FlowAddress, _ value: Address) {
    precondition(count < FlowColumns.capacity)
    addresses[address.rawValue &* FlowColumns.stride &+ count] = value
  }

  /// Sets two addresses of one version of IP, which follow one another in a record.
  @inline(__always) func set(
    _ first: FlowAddress, _ second: FlowAddress, _ body: RecordBytes, isIPv6: Bool
  ) {
    set(first, isIPv6 ? body.ipv6Address(0) : body.ipv4Address(0))
    set(second, isIPv6 ? body.ipv6Address(16) : body.ipv4Address(4))
  }

  /// Times of the flow that the next `commit` completes.
  @inline(__always) func setTimes(first: UInt64, last: UInt64) {
    set(.first, first)
    set(.last, last)
    set(.duration, first > 0 && last >= first ? last &- first : 0)
  }

  /// A number of the flow that the next `commit` completes.
  @inline(__always) func pending(_ number: FlowNumber) -> UInt64 {
    precondition(count < FlowColumns.capacity)
    return numbers[number.rawValue &* FlowColumns.stride &+ count]
  }

  @inline(__always) func commit(_ range: Range<Int>, ordinal: Int64) {
    precondition(count < FlowColumns.capacity)
    places[count] = (range, ordinal)
    count &+= 1
  }

  /// Forgets what was set since the last `commit`.
  func discard() {
    precondition(count < FlowColumns.capacity)
    for number in FlowNumber.allCases { set(number, 0) }
    for address in FlowAddress.allCases { set(address, FlowColumns.zeroAddress) }
  }

  /// The values of a column: `count` of them.
  func values(_ number: FlowNumber) -> UnsafePointer<UInt64> {
    UnsafePointer(numbers + number.rawValue * FlowColumns.stride)
  }

  func values(_ address: FlowAddress) -> UnsafePointer<Address> {
    UnsafePointer(addresses + address.rawValue * FlowColumns.stride)
  }

  func place(_ row: Int) -> (range: Range<Int>, ordinal: Int64) {
    precondition(row >= 0 && row < count)
    return places[row]
  }
}
