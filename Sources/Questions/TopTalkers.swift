import Columnar
import Events
import Incidents

extension Answer {
  /// Hosts by the bytes that they sent and received, most first.
  /// - Parameter hostHours: `host_hours.arrow` of the days.
  package static func topTalkers(_ hostHours: [any BatchSource]) throws -> Answer {
    var hosts: [String: HostTraffic] = [:]
    for table in hostHours {
      for (host, traffic) in try HostTraffic.read(table) {
        hosts[host, default: HostTraffic()].add(traffic)
      }
    }
    let ranked = HostTraffic.ranked(hosts)
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
