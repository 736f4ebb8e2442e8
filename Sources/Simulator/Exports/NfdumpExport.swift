import Columnar
import Events

/// Writes a day as `nfdump -o csv` of version 1.7.1 prints it: 48 columns, local time in whole
/// seconds, the summary at the end.
struct NfdumpExport {
  private static let header: StaticString = """
    ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,\
    svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,\
    sl,al,ra,eng,exid,tr

    """
  private static let unused: StaticString = """
    ,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,\
    00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,\
        0.000,    0.000,
    """

  let zone: TimeZoneRules

  /// The records that leave the cache within the day, in that order. Returns how many.
  func write(
    _ conversations: [[Conversation]], of clock: DayClock,
    to sink: (borrowing TextBuffer) throws -> Void
  ) throws -> Int {
    var records: [(record: FlowRecord, batch: Int32, index: Int32)] = []
    for (batch, day) in conversations.enumerated() {
      for (index, conversation) in day.enumerated()
      where conversation.end.advanced(byMicroseconds: 20_000_000) >= clock.start {
        FlowRecord.records(of: conversation) { record in
          if record.exported >= clock.start && record.exported < clock.end {
            records.append((record, Int32(batch), Int32(index)))
          }
        }
      }
    }
    records.sort {
      ($0.record.exported, $0.record.start, $0.batch, $0.index, $0.record.isReply ? 1 : 0)
        < ($1.record.exported, $1.record.start, $1.batch, $1.index, $1.record.isReply ? 1 : 0)
    }
    var buffer = TextBuffer()
    buffer.append(NfdumpExport.header)
    var times = LocalTimes(zone)
    var totals = Totals()
    for (record, batch, index) in records {
      totals.add(record)
      append(record, conversations[Int(batch)][Int(index)], &times, to: &buffer)
      if buffer.bytes.count > 1 << 20 {
        try sink(buffer)
        buffer.removeAll()
      }
    }
    totals.append(to: &buffer)
    try sink(buffer)
    return records.count
  }

  private func append(
    _ record: FlowRecord, _ conversation: Conversation, _ times: inout LocalTimes,
    to buffer: inout TextBuffer
  ) {
    times.append(record.start, to: &buffer)
    buffer.append("," as Unicode.Scalar)
    times.append(record.end, to: &buffer)
    buffer.append("," as Unicode.Scalar)
    let milliseconds = record.end.microseconds / 1000 - record.start.microseconds / 1000
    buffer.append(seconds: milliseconds * 1000, places: 3)
    let (from, to) =
      record.isReply
      ? (conversation.server, conversation.client) : (conversation.client, conversation.server)
    buffer.append("," as Unicode.Scalar)
    buffer.append(address: from)
    buffer.append("," as Unicode.Scalar)
    buffer.append(address: to)
    buffer.append("," as Unicode.Scalar)
    appendPorts(record, conversation, to: &buffer)
    buffer.append(",0,0," as StaticString)
    buffer.append(record.packets)
    buffer.append("," as Unicode.Scalar)
    buffer.append(record.bytes)
    buffer.append(",0,0," as StaticString)
    buffer.append(Int64(NfdumpExport.interface(of: from)))
    buffer.append("," as Unicode.Scalar)
    buffer.append(Int64(NfdumpExport.interface(of: to)))
    buffer.append(NfdumpExport.unused)
    buffer.append(address: Addressing.gateway)
    buffer.append(",0/1,1," as StaticString)
    times.append(record.exported, to: &buffer)
    buffer.append("." as Unicode.Scalar)
    buffer.append(record.exported.microseconds / 1000 % 1000, width: 3)
    buffer.append("\n" as Unicode.Scalar)
  }

  private func appendPorts(
    _ record: FlowRecord, _ conversation: Conversation, to buffer: inout TextBuffer
  ) {
    switch conversation.transport {
    case .icmp:
      // Echo request is type 8, reply 0; the column holds type * 256 + code.
      buffer.append(record.isReply ? "0,0,ICMP,........" : "0,2048,ICMP,........" as StaticString)
    case .tcp, .udp:
      let (source, destination) =
        record.isReply
        ? (conversation.serverPort, conversation.clientPort)
        : (conversation.clientPort, conversation.serverPort)
      buffer.append(Int64(source))
      buffer.append("," as Unicode.Scalar)
      buffer.append(Int64(destination))
      guard conversation.transport == .tcp else {
        buffer.append(",UDP,........" as StaticString)
        return
      }
      buffer.append(",TCP," as StaticString)
      for (bit, letter) in zip(stride(from: 7, through: 0, by: -1), "CEUAPRSF".unicodeScalars) {
        buffer.append(record.flags >> UInt8(bit) & 1 == 1 ? letter : ".")
      }
    }
  }

  /// The switch's interface towards an address: one for each network, 1 towards the Internet.
  private static func interface(of address: UInt32) -> Int {
    guard Addressing.isInternal(address) else { return 1 }
    return address >> 16 == 0x0A14 ? 10 + Int(address >> 8 & 255) : 3
  }

  /// nfdump's last three lines.
  private struct Totals {
    var flows: Int64 = 0
    var bytes: Int64 = 0
    var packets: Int64 = 0
    var first = Instant(microseconds: .max)
    var last = Instant(microseconds: .min)

    mutating func add(_ record: FlowRecord) {
      flows += 1
      bytes += record.bytes
      packets += record.packets
      first = min(first, record.start)
      last = max(last, record.end)
    }

    func append(to buffer: inout TextBuffer) {
      let seconds = max(1, flows == 0 ? 1 : (last.microseconds - first.microseconds) / 1_000_000)
      buffer.append("Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n" as StaticString)
      let values = [
        flows, bytes, packets, bytes / seconds * 8, packets / seconds, bytes / max(packets, 1),
      ]
      for (index, value) in values.enumerated() {
        if index > 0 { buffer.append("," as Unicode.Scalar) }
        buffer.append(value)
      }
      buffer.append("\n" as Unicode.Scalar)
    }
  }
}
