import Columnar
import Events

/// Bytes and conversations of a host, whoever began them.
struct HostTraffic {
  var bytesSent = 0
  var bytesReceived = 0
  var begun = 0
  var answered = 0
  var failed = 0

  var bytes: Int { bytesSent + bytesReceived }
  var conversations: Int { begun + answered }

  static func + (a: HostTraffic, b: HostTraffic) -> HostTraffic {
    HostTraffic(
      bytesSent: a.bytesSent + b.bytesSent, bytesReceived: a.bytesReceived + b.bytesReceived,
      begun: a.begun + b.begun, answered: a.answered + b.answered, failed: a.failed + b.failed)
  }

  /// By host of a `host_hours.arrow`, without what stands for all outside originators.
  static func read(_ table: any BatchSource) throws -> [String: HostTraffic] {
    var hosts: [String: HostTraffic] = [:]
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let names = batch[HostHour.host]
      let (out, back) = (batch[HostHour.outBytes], batch[HostHour.outBytesReceived])
      let (asked, given) = (batch[HostHour.inBytes], batch[HostHour.inBytesSent])
      let (begun, answered) = (batch[HostHour.outConversations], batch[HostHour.inConversations])
      let failed = batch[HostHour.outFailed]
      for row in 0..<batch.rowCount {
        guard let name = names[row], name != HostHour.internet else { continue }
        let hour = HostTraffic(
          bytesSent: Int(out.value(row) + given.value(row)),
          bytesReceived: Int(back.value(row) + asked.value(row)), begun: Int(begun.value(row)),
          answered: Int(answered.value(row)), failed: Int(failed.value(row)))
        hosts[name] = hosts[name, default: HostTraffic()] + hour
      }
    }
    return hosts
  }
}

extension Answer {
  /// Hosts by the bytes that they sent and received, most first.
  /// - Parameter hostHours: `host_hours.arrow` of the days.
  package static func topTalkers(_ hostHours: [any BatchSource]) throws -> Answer {
    var hosts: [String: HostTraffic] = [:]
    for table in hostHours { hosts.merge(try HostTraffic.read(table), uniquingKeysWith: +) }
    let ranked = hosts.sorted {
      ($1.value.bytes, $1.value.conversations, $0.key)
        < ($0.value.bytes, $0.value.conversations, $1.key)
    }
    let rows = ranked.map { host, traffic -> [Value] in
      [
        .text(host), .bytes(traffic.bytes), .bytes(traffic.bytesSent),
        .bytes(traffic.bytesReceived), .count(traffic.conversations),
      ]
    }
    let sentence =
      ranked.first.map { host, traffic in
        "\(host) moved most: \(Quantity.bytes(Double(traffic.bytes))), of which it sent "
          + "\(Quantity.bytes(Double(traffic.bytesSent))), in "
          + "\(Quantity.counted(traffic.conversations, "conversation"))."
      } ?? "0 hosts had traffic."
    return Answer(
      columns: ["host", "bytes", "bytes_sent", "bytes_received", "conversations"], rows: rows,
      sentence: sentence)
  }
}
