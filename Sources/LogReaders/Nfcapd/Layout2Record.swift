import Columnar

/// Flow records of nfdump 1.7 (type 11): a header of 12 bytes, and extensions in any order, each
/// with its type and length (nfdump's nfxV3.h).
enum Layout2Record {
  private static let headerSize = 12

  /// Sets the columns of one flow; returns why the record is not one, if so.
  static func decode(_ record: RecordBytes, into columns: FlowColumns) -> RejectReason.Kind? {
    guard record.count >= headerSize else { return .brokenRecord }
    var times: (first: UInt64, last: UInt64, event: UInt64) = (0, 0, 0)
    var addresses = AddressPairs()
    var offset = headerSize
    columns.set(.flows, 1)
    for _ in 0..<record.uint16(4) {
      guard offset &+ 4 <= record.count else { return .brokenExtension }
      let type = record.uint16(offset)
      let length = Int(record.uint16(offset &+ 2))
      guard length >= 4, offset &+ length <= record.count else { return .brokenExtension }
      let body = record.part(offset &+ 4..<offset &+ length)
      guard body.count >= leastSize(type) else { return .brokenExtension }
      switch type {
      case 1:
        times.first = body.uint64(0)
        times.last = body.uint64(8)
        setGeneric(body, columns)
      case 2: addresses.ipv4 = body
      case 3: addresses.ipv6 = body
      case 4: setMisc(body, columns)
      case 5:
        columns.set(.flows, max(body.uint64(0), 1))
        columns.set(.returnPackets, body.uint64(8))
        columns.set(.returnBytes, body.uint64(16))
      case 6:
        columns.set(.sourceVLAN, body.uint32(0))
        columns.set(.destinationVLAN, body.uint32(4))
      case 7:
        columns.set(.sourceAS, body.uint32(0))
        columns.set(.destinationAS, body.uint32(4))
      case 19: times.event = body.uint64(0)
      case 20:
        columns.set(.translatedSource, .translatedDestination, body, isIPv6: false)
      case 21:
        columns.set(.translatedSource, .translatedDestination, body, isIPv6: true)
      case 22:
        columns.set(.translatedSourcePort, body.uint16(0))
        columns.set(.translatedDestinationPort, body.uint16(2))
      case 25: if times.event == 0 { times.event = body.uint64(0) }
      case 38: addresses.version = body.uint8(26)
      default: break
      }
      offset &+= length
    }
    guard offset == record.count else { return .brokenExtension }
    addresses.set(columns)
    columns.setTimes(first: times.first == 0 ? times.event : times.first, last: times.last)
    return nil
  }

  /// Bytes that are read of an extension.
  @inline(__always) private static func leastSize(_ type: UInt64) -> Int {
    switch type {
    case 1: 48
    case 2, 6, 7, 19, 20, 25: 8
    case 3, 21: 32
    case 4: 12
    case 5: 24
    case 22: 4
    case 38: 27
    default: 0
    }
  }

  @inline(__always) private static func setGeneric(_ body: RecordBytes, _ columns: FlowColumns) {
    columns.set(.received, body.uint64(16))
    columns.set(.packets, body.uint64(24))
    columns.set(.bytes, body.uint64(32))
    columns.set(.sourcePort, body.uint16(40))
    columns.set(.destinationPort, body.uint16(42))
    let protocolNumber = body.uint8(44)
    columns.set(.protocolNumber, protocolNumber)
    columns.set(.tcpFlags, protocolNumber == tcp ? body.uint8(45) : 0)
    columns.set(.forwardingStatus, body.uint8(46))
    columns.set(.sourceService, body.uint8(47))
  }

  @inline(__always) private static func setMisc(_ body: RecordBytes, _ columns: FlowColumns) {
    columns.set(.input, body.uint32(0))
    columns.set(.output, body.uint32(4))
    columns.set(.sourceMask, body.uint8(8))
    columns.set(.destinationMask, body.uint8(9))
    columns.set(.destinationService, body.uint8(11))
  }
}

/// The IP protocol whose flags are printed.
let tcp: UInt64 = 6

/// Addresses of a record, which may have them in both versions of IP: some exporters send zeros in
/// the other one.
private struct AddressPairs {
  var ipv4: RecordBytes?
  var ipv6: RecordBytes?
  /// As the exporter states it, 0 where it does not.
  var version: UInt64 = 0

  @inline(__always) func set(_ columns: FlowColumns) {
    if let ipv4, ipv6 == nil || version == 4 || version != 6 && ipv4.uint64(0) != 0 {
      columns.set(.source, .destination, ipv4, isIPv6: false)
    } else if let ipv6 {
      columns.set(.source, .destination, ipv6, isIPv6: true)
    }
  }
}

extension RecordBytes {
  @inline(__always) func ipv4Address(_ offset: Int) -> Address {
    Address(ipv4: UInt32(truncatingIfNeeded: uint32(offset)))
  }

  @inline(__always) func ipv6Address(_ offset: Int) -> Address {
    Address(high: uint64(offset), low: uint64(offset &+ 8))
  }
}
