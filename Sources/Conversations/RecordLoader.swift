import Columnar
import Events

/// Reads the rows of a slice of time from all files.
struct RecordLoader {
  let files: InputFiles
  let window: DayWindow
  let eventClass: EventClass

  /// Appends the rows with `slice.lowerBound ≤ event_time < slice.upperBound`, file by file and row
  /// by row: those of `share`, and none beyond the margin of their file.
  func load(_ slice: Range<Int64>, of share: Share, into records: inout [FlowRecord]) throws {
    for file in files.files.indices {
      let own = files.range(ofFile: file, window).clamped(to: slice)
      guard !own.isEmpty else { continue }
      for number in files.batches(ofFile: file, in: own) {
        let batch = try files.batch(number)
        withExtendedLifetime(batch) {
          let rows = BatchRows(
            batch, number: UInt32(number), source: UInt64(files.sourceOfFile[file]),
            export: files.files[file].export, isFlow: eventClass == .flow)
          rows.append(own, rowCount: batch.rowCount, share, to: &records)
        }
      }
    }
  }
}

/// The columns of one batch that pairing and ordering need.
private struct BatchRows {
  let number: UInt32
  let source: UInt64
  let isOneway: Bool
  let sharedMarks: FlowRecord.Marks
  let times: FixedRows<Instant>
  let ends: FixedRows<Instant>
  let durations: FixedRows<Int64>
  let sourceAddresses: FixedRows<Address>
  let destinationAddresses: FixedRows<Address>
  let sourceHosts: Coded<Strings>?
  let destinationHosts: Coded<Strings>?
  let sourcePorts: FixedRows<UInt16>
  let destinationPorts: FixedRows<UInt16>
  let protocols: FixedRows<UInt8>
  let icmpTypes: FixedRows<UInt8>
  let icmpCodes: FixedRows<UInt8>
  let sourceBytes: FixedRows<Int64>
  let destinationBytes: FixedRows<Int64>
  let sourcePackets: FixedRows<Int64>
  let destinationPackets: FixedRows<Int64>
  let networkBytes: FixedRows<Int64>
  let tcpFlags: FixedRows<UInt8>
  let directionKnown: Flags?

  init(_ batch: Batch, number: UInt32, source: UInt64, export: FlowExport?, isFlow: Bool) {
    self.number = number
    self.source = source
    isOneway = export?.kind == .oneway
    var marks: FlowRecord.Marks = []
    if isFlow, export?.joinsRecords == true { marks.insert(.isJoined) }
    if !isOneway { marks.insert(.isBiflow) }
    sharedMarks = marks
    times = FixedRows(batch, Event.time)
    ends = FixedRows(batch, Event.end)
    durations = FixedRows(batch, Event.durationMicroseconds)
    sourceAddresses = FixedRows(batch, Event.sourceAddress)
    destinationAddresses = FixedRows(batch, Event.destinationAddress)
    sourceHosts = batch.hasColumn(Event.sourceHost) ? batch[Event.sourceHost] : nil
    destinationHosts = batch.hasColumn(Event.destinationHost) ? batch[Event.destinationHost] : nil
    sourcePorts = FixedRows(batch, Event.sourcePort)
    destinationPorts = FixedRows(batch, Event.destinationPort)
    protocols = FixedRows(batch, Event.ianaNumber)
    icmpTypes = FixedRows(batch, Event.icmpType)
    icmpCodes = FixedRows(batch, Event.icmpCode)
    sourceBytes = FixedRows(batch, Event.sourceBytes)
    destinationBytes = FixedRows(batch, Event.destinationBytes)
    sourcePackets = FixedRows(batch, Event.sourcePackets)
    destinationPackets = FixedRows(batch, Event.destinationPackets)
    networkBytes = FixedRows(batch, Event.networkBytes)
    tcpFlags = FixedRows(batch, Event.tcpFlags)
    directionKnown =
      batch.hasColumn(Event.isDirectionKnown) ? batch[Event.isDirectionKnown] : nil
  }

  func append(
    _ times: Range<Int64>, rowCount: Int, _ share: Share, to records: inout [FlowRecord]
  ) {
    for row in 0..<rowCount {
      guard let start = self.times[row]?.microseconds, start >= times.lowerBound,
        start < times.upperBound
      else { continue }
      let record = record(row, start: start)
      if share.contains(record.hash) { records.append(record) }
    }
  }

  @inline(__always) private func record(_ row: Int, start: Int64) -> FlowRecord {
    var marks = sharedMarks
    let key = key(row, marks: &marks)
    var end = start
    if let stated = ends[row] {
      end = stated.microseconds
      marks.insert(.hasEnd)
    } else if let duration = durations[row] {
      end = start &+ duration
      marks.insert(.hasEnd)
    }
    let flags = tcpFlags[row]
    if flags != nil { marks.insert(.hasTCPFlags) }
    if directionKnown?[row] == false { marks.insert(.isDirectionUnknown) }
    var record = FlowRecord(
      key: key, hash: key.hash, start: start, end: end,
      senderBytes: sourceBytes[row] ?? Counter.unknown,
      receiverBytes: destinationBytes[row] ?? Counter.unknown,
      senderPackets: sourcePackets[row] ?? Counter.unknown,
      receiverPackets: destinationPackets[row] ?? Counter.unknown,
      networkBytes: networkBytes[row] ?? Counter.unknown,
      place: RowReference(batch: number, row: UInt32(truncatingIfNeeded: row)),
      tcpFlags: flags ?? 0, marks: marks)
    if isOneway { record.takeAsOneway() }
    return record
  }

  @inline(__always) private func key(
    _ row: Int, marks: inout FlowRecord.Marks
  ) -> ConversationKey {
    var keyMarks: UInt64 = 0
    let sender = endpoint(sourceAddresses[row], sourceHosts, row, mark: 1, &keyMarks)
    let receiver = endpoint(destinationAddresses[row], destinationHosts, row, mark: 2, &keyMarks)
    let number = protocols[row]
    if number == nil { keyMarks |= 4 }
    if number == 6 { marks.insert(.isTCP) }
    var senderPort = sourcePorts[row]
    var receiverPort = destinationPorts[row]
    if senderPort != nil, receiverPort != nil { marks.insert(.hasPorts) }
    let isICMP = number == ICMP.v4 || number == ICMP.v6
    if isICMP {
      marks.insert(.isICMP)
      // Exporters without columns of their own put type and code where the port would be.
      let type = icmpTypes[row] ?? receiverPort.map { UInt8(truncatingIfNeeded: $0 >> 8) }
      let code = icmpCodes[row] ?? receiverPort.map { UInt8(truncatingIfNeeded: $0) }
      senderPort = nil
      if let type {
        let (role, requestType) = ICMP.role(protocolNumber: number ?? 0, type: type)
        if role == .request { marks.insert(.isRequest) }
        if role == .reply { marks.insert(.isReply) }
        senderPort = UInt16(requestType)
      }
      receiverPort = UInt16(code ?? 0)
    }
    let a = (sender.high, sender.low, isICMP ? 0 : senderPort ?? 0)
    let b = (receiver.high, receiver.low, isICMP ? 0 : receiverPort ?? 0)
    let isSwapped = b < a
    if isSwapped {
      marks.insert(.isFromSecond)
      keyMarks = keyMarks & 4 | keyMarks >> 1 & 1 | keyMarks << 1 & 2
    }
    let portsAreSwapped = isSwapped && !isICMP
    let firstPort = (portsAreSwapped ? receiverPort : senderPort) ?? 0
    let secondPort = (portsAreSwapped ? senderPort : receiverPort) ?? 0
    let rest =
      UInt64(firstPort) << 48 | UInt64(secondPort) << 32
      | UInt64(number ?? 0) << ConversationKey.protocolShift
      | keyMarks << ConversationKey.sourceBits | source
    return ConversationKey(
      first: isSwapped ? receiver : sender, second: isSwapped ? sender : receiver, rest: rest)
  }

  @inline(__always) private func endpoint(
    _ address: Address?, _ hosts: Coded<Strings>?, _ row: Int, mark: UInt64,
    _ keyMarks: inout UInt64
  ) -> ConversationKey.Endpoint {
    if let address { return .init(address) }
    guard let hosts, hosts.validity[row] else { return .init() }
    keyMarks |= mark
    return .init(name: hosts.bytes(row))
  }
}

extension FlowRecord {
  /// In a one-way record all bytes are the sender's, and a reverse counter of zero says nothing.
  @inline(__always) mutating func takeAsOneway() {
    if senderBytes == Counter.unknown { senderBytes = networkBytes }
    networkBytes = Counter.unknown
    if receiverBytes == 0 { receiverBytes = Counter.unknown }
    if receiverPackets == 0 { receiverPackets = Counter.unknown }
  }
}
