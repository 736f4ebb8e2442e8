import Columnar

/// The reading of one nfcapd file without nfdump: block by block, record by record.
final class NfcapdReading {
  private let head: NfcapdHeader
  private let name: String
  private let format: Format
  private let builder: FlowRowBuilder
  private let rejects: RejectWriter
  private let columns = FlowColumns()
  private var layout1 = Layout1Record()
  private var counts = LineCounts()
  private var byteCount: Int64 = 0
  private var flowRecords: Int64 = 0
  /// Flows that the records stand for: those that nfdump aggregated stand for several.
  private var flows: UInt64 = 0
  private var statedFlows: UInt64?
  private var reversedFlows = 0
  /// Records that hold no flow, by type.
  private var others: [UInt64: Int] = [:]

  init(
    _ format: Format, _ settings: ReaderSettings, _ plan: FlowPlan, _ head: NfcapdHeader,
    name: String, rows: any BatchSink, rejects sink: any BatchSink
  ) {
    self.head = head
    self.name = name
    self.format = format
    statedFlows = head.statedFlows
    rejects = RejectWriter(sink: sink, digest: format.isPrivate ? settings.digest : nil) { key in
      key.reason.text(
        columnName: plan.schema.fields[Int(key.reason.column)].name, expectedFields: 0,
        timeFormats: format.time.formats)
    }
    builder = FlowRowBuilder(plan, sink: rows, rejects: rejects)
  }

  /// - Parameter stream: the file from its start.
  func run(_ stream: any ByteStream) throws -> ReadSummary {
    byteCount = Int64(try stream.first(head.byteCount).count)
    let blocks = try NfcapdBlocks(stream, head, path: name)
    reading: while true {
      switch try blocks.next() {
      case .block(let block): try take(block, isPacked: blocks.isPacked)
      case .damaged(let damage): try reject(damage.bytes, damage.fileOffset, damage.reason)
      case .broken(let damage):
        try reject(damage.bytes, damage.fileOffset, damage.reason)
        break reading
      case .end: break reading
      }
    }
    try builder.flush()
    try rejects.flush()
    return summary()
  }

  private func take(_ block: NfcapdBlocks.Block, isPacked: Bool) throws {
    let bytes = block.bytes
    byteCount += Int64(NfcapdBlocks.headerSize + bytes.count)
    /// Of what begins in a packed block, the file has no offset but the block's.
    func offset(_ start: Int) -> Int64 {
      isPacked ? block.fileOffset : block.fileOffset + Int64(NfcapdBlocks.headerSize + start)
    }
    guard block.type == 2 || block.type == 3 else {
      return try reject(bytes, offset(0), .unknownBlock)
    }
    var (start, records) = (0, 0)
    while records < block.statedRecords {
      guard start + 4 <= bytes.count else { break }
      let type = bytes.uint16(start)
      let size = Int(bytes.uint16(start + 2))
      guard size >= 4, start + size <= bytes.count else { break }
      let range = start..<start + size
      let record = bytes.part(range)
      start += size
      records += 1
      if let reason = take(record, type, range) {
        try reject(record, offset(range.lowerBound), reason)
      }
      if columns.isFull {
        try builder.take(columns, from: bytes, offset: offset, counts: &counts)
      }
    }
    try builder.take(columns, from: bytes, offset: offset, counts: &counts)
    if start < bytes.count || records < block.statedRecords || block.isCut {
      try reject(
        bytes.part(start..<bytes.count), offset(start), block.isCut ? .cutBlock : .brokenBlock)
    }
  }

  /// Takes a record; returns why it can't be used, if so.
  @inline(__always) private func take(
    _ record: RecordBytes, _ type: UInt64, _ range: Range<Int>
  ) -> RejectReason.Kind? {
    switch type {
    case 11: return commit(Layout2Record.decode(record, into: columns), range)
    case 10: return commit(layout1.decode(record, into: columns), range)
    default: return takeOther(record, type)
    }
  }

  @inline(__always) private func commit(
    _ reason: RejectReason.Kind?, _ range: Range<Int>
  ) -> RejectReason.Kind? {
    flowRecords += 1
    guard reason == nil else {
      columns.discard()
      return reason
    }
    flows &+= columns.pending(.flows)
    let last = columns.pending(.last)
    if last > 0, last < columns.pending(.first) { reversedFlows += 1 }
    columns.commit(range, ordinal: flowRecords)
    return nil
  }

  private func takeOther(_ record: RecordBytes, _ type: UInt64) -> RejectReason.Kind? {
    switch type {
    case 2: if let reason = layout1.learn(map: record) { return reason }
    case 0x8002:
      guard record.count >= 12 else { return .brokenRecord }
      statedFlows = record.uint64(4)
    case 0x8001: break
    case 1, 5, 6, 16: return .unsupportedRecord
    default: guard NfcapdReading.otherKinds[type] != nil else { return .unknownRecord }
    }
    others[type, default: 0] += 1
    counts.lines += 1
    counts.skippedLines += 1
    return nil
  }

  private func reject(
    _ bytes: RecordBytes, _ offset: Int64, _ reason: RejectReason.Kind
  ) throws {
    counts.lines += 1
    counts.rejects += 1
    try rejects.add(
      bytes, line: max(flowRecords, 1), offset: offset, RejectReason(reason))
  }

  /// Records that hold no flow (nfdump's id.h).
  private static let otherKinds: [UInt64: String] = [
    2: "extension map", 3: "port histogram", 4: "packet size histogram", 7: "exporter",
    8: "exporter statistics", 9: "sampler", 12: "application name", 13: "interface name",
    14: "VRF name", 15: "sampler", 256: "filler", 0x8001: "identifier", 0x8002: "statistics",
  ]

  private func summary() -> ReadSummary {
    let packing = head.compression.name
    var remarks = ["read directly (layout \(head.layout), \(packing))"]
    if !others.isEmpty {
      let kinds = others.sorted { $0.key < $1.key }.map {
        "\($0.value) × \(NfcapdReading.otherKinds[$0.key] ?? "other")"
      }
      remarks.append("records that hold no flow: \(kinds.joined(separator: ", "))")
    }
    if reversedFlows > 0 {
      remarks.append("\(reversedFlows) flows end before they start: their duration is taken as 0")
    }
    if let statedFlows, statedFlows != flows, statedFlows != flowRecords {
      remarks.append(
        "the file states \(statedFlows) flows, and its records hold \(flows): it may be cut")
    } else if statedFlows == nil {
      remarks.append("the file lacks its statistics, which come last: it may be cut")
    }
    return ReadSummary(
      parts: [.init(format, builder.hours)], counts: counts, rejectsByReason: rejects.counts,
      remarks: remarks, textByteCount: byteCount)
  }
}
