import Columnar

/// Flow records of nfdump 1.6 (type 10): a header of 32 bytes, addresses and counters whose width
/// the header's flags state, then what an extension map lists, which comes before them in the file
/// (nfdump 1.6's nfx.h).
struct Layout1Record {
  private static let headerSize = 32

  /// By map number: the extensions in their order; empty where one is of unknown size.
  private var maps: [UInt64: [UInt16]] = [:]

  /// Bytes of each extension, nil where there is none of that number.
  private static let extensionSizes: [Int?] = {
    var sizes = [Int?](repeating: nil, count: 49)
    for (id, size) in [
      4: 4, 5: 8, 6: 4, 7: 8, 8: 4, 9: 4, 10: 16, 11: 4, 12: 16, 13: 4, 14: 4, 15: 8, 16: 4, 17: 8,
      18: 4, 19: 8, 20: 16, 21: 16, 22: 40, 23: 4, 24: 16, 25: 4, 26: 8, 27: 8, 37: 20, 38: 4,
      39: 8, 40: 32, 41: 24, 42: 24, 43: 72, 45: 24, 46: 12, 47: 8, 48: 8,
    ] { sizes[id] = size }
    return sizes
  }()

  /// Takes an extension map (type 2); returns why it can't be used, if so.
  mutating func learn(map record: RecordBytes) -> RejectReason.Kind? {
    guard record.count >= 8 else { return .brokenRecord }
    var ids: [UInt16] = []
    for offset in stride(from: 8, to: record.count - 1, by: 2) {
      let id = record.uint16(offset)
      if id == 0 { break }
      // The first three are in every record, and in no map's list.
      guard id > 3 else { continue }
      // No extension comes twice.
      guard id < Layout1Record.extensionSizes.count,
        Layout1Record.extensionSizes[Int(id)] != nil,
        ids.count < Layout1Record.extensionSizes.count
      else {
        maps[record.uint16(4)] = nil
        return .unknownExtension
      }
      ids.append(UInt16(id))
    }
    maps[record.uint16(4)] = ids
    return nil
  }

  /// Sets the columns of one flow; returns why the record is not one, if so.
  func decode(_ record: RecordBytes, into columns: FlowColumns) -> RejectReason.Kind? {
    guard record.count >= Layout1Record.headerSize else { return .brokenRecord }
    let flags = record.uint8(4)
    guard let extensions = maps[record.uint16(6)] else { return .missingMap }
    var rest = Cursor(record: record, offset: Layout1Record.headerSize)
    let isIPv6 = flags & 1 != 0
    guard let addresses = rest.take(isIPv6 ? 32 : 8),
      let packets = rest.takeNumber(isLong: flags & 2 != 0),
      let bytes = rest.takeNumber(isLong: flags & 4 != 0)
    else { return .brokenRecord }
    columns.set(.source, .destination, addresses, isIPv6: isIPv6)
    columns.set(.packets, packets)
    columns.set(.bytes, bytes)
    columns.set(.flows, 1)
    setHeader(record, columns)
    var eventTime: UInt64 = 0
    for id in extensions {
      guard let size = Layout1Record.extensionSizes[Int(id)], let body = rest.take(size) else {
        return .brokenExtension
      }
      if id == 37 { eventTime = body.uint64(0) }
      set(id, body, columns)
    }
    let first = record.uint32(12) &* 1000 &+ record.uint16(8)
    columns.setTimes(
      first: first == 0 ? eventTime : first, last: record.uint32(16) &* 1000 &+ record.uint16(10))
    return nil
  }

  @inline(__always) private func setHeader(_ record: RecordBytes, _ columns: FlowColumns) {
    let protocolNumber = record.uint8(22)
    columns.set(.forwardingStatus, record.uint8(20))
    columns.set(.tcpFlags, protocolNumber == tcp ? record.uint8(21) : 0)
    columns.set(.protocolNumber, protocolNumber)
    columns.set(.sourceService, record.uint8(23))
    columns.set(.sourcePort, record.uint16(24))
    columns.set(.destinationPort, record.uint16(26))
  }

  @inline(__always) private func set(_ id: UInt16, _ body: RecordBytes, _ columns: FlowColumns) {
    switch id {
    case 4:
      columns.set(.input, body.uint16(0))
      columns.set(.output, body.uint16(2))
    case 5:
      columns.set(.input, body.uint32(0))
      columns.set(.output, body.uint32(4))
    case 6:
      columns.set(.sourceAS, body.uint16(0))
      columns.set(.destinationAS, body.uint16(2))
    case 7:
      columns.set(.sourceAS, body.uint32(0))
      columns.set(.destinationAS, body.uint32(4))
    case 8:
      columns.set(.destinationService, body.uint8(0))
      columns.set(.sourceMask, body.uint8(2))
      columns.set(.destinationMask, body.uint8(3))
    case 13:
      columns.set(.sourceVLAN, body.uint16(0))
      columns.set(.destinationVLAN, body.uint16(2))
    case 14: columns.set(.returnPackets, body.uint32(0))
    case 15: columns.set(.returnPackets, body.uint64(0))
    case 16: columns.set(.returnBytes, body.uint32(0))
    case 17: columns.set(.returnBytes, body.uint64(0))
    case 18: columns.set(.flows, max(body.uint32(0), 1))
    case 19: columns.set(.flows, max(body.uint64(0), 1))
    case 27: columns.set(.received, body.uint64(0))
    // Type and code of an ICMP event, which stand for its port.
    case 37: if body.uint16(12) != 0 { columns.set(.destinationPort, body.uint16(12)) }
    case 38:
      columns.set(.translatedSourcePort, body.uint16(0))
      columns.set(.translatedDestinationPort, body.uint16(2))
    case 39:
      columns.set(.translatedSource, .translatedDestination, body, isIPv6: false)
    case 40:
      columns.set(.translatedSource, .translatedDestination, body, isIPv6: true)
    default: break
    }
  }
}

/// Takes the parts of a record, one after another.
private struct Cursor {
  let record: RecordBytes
  var offset: Int

  /// Nil where fewer bytes are left.
  @inline(__always) mutating func take(_ count: Int) -> RecordBytes? {
    guard record.count &- offset >= count else { return nil }
    defer { offset &+= count }
    return record.part(offset..<offset &+ count)
  }

  @inline(__always) mutating func takeNumber(isLong: Bool) -> UInt64? {
    isLong ? take(8)?.uint64(0) : take(4)?.uint32(0)
  }
}
