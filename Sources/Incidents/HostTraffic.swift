import Columnar
import Events

/// Bytes and conversations of a host, whoever began them. Sums end at the largest number.
package struct HostTraffic: Sendable {
  package var bytesSent = 0
  package var bytesReceived = 0
  package var begun = 0
  package var answered = 0
  package var failed = 0

  package init() {}

  package var bytes: Int { bytesSent.addingClamped(bytesReceived) }
  package var conversations: Int { begun.addingClamped(answered) }

  package mutating func add(_ other: HostTraffic) {
    bytesSent = bytesSent.addingClamped(other.bytesSent)
    bytesReceived = bytesReceived.addingClamped(other.bytesReceived)
    begun = begun.addingClamped(other.begun)
    answered = answered.addingClamped(other.answered)
    failed = failed.addingClamped(other.failed)
  }

  /// By host of a `host_hours.arrow`, all outside originators together as `HostHour.internet`.
  package static func read(_ table: any BatchSource) throws -> [String: HostTraffic] {
    var hosts: [String: HostTraffic] = [:]
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let names = batch[HostHour.host]
      let (out, back) = (batch[HostHour.outBytes], batch[HostHour.outBytesReceived])
      let (asked, given) = (batch[HostHour.inBytes], batch[HostHour.inBytesSent])
      let (begun, answered) = (batch[HostHour.outConversations], batch[HostHour.inConversations])
      let failed = batch[HostHour.outFailed]
      for row in 0..<batch.rowCount {
        guard let name = names[row] else { continue }
        var hour = HostTraffic()
        hour.bytesSent = Int(out.value(row)).addingClamped(Int(given.value(row)))
        hour.bytesReceived = Int(back.value(row)).addingClamped(Int(asked.value(row)))
        hour.begun = Int(begun.value(row))
        hour.answered = Int(answered.value(row))
        hour.failed = Int(failed.value(row))
        hosts[name, default: HostTraffic()].add(hour)
      }
    }
    return hosts
  }

  /// The site's hosts by their bytes, then conversations, most first.
  package static func ranked(_ hosts: [String: HostTraffic]) -> [(
    host: String, traffic: HostTraffic
  )] {
    hosts.filter { $0.key != HostHour.internet }.sorted {
      ($1.value.bytes, $1.value.conversations, $0.key)
        < ($0.value.bytes, $0.value.conversations, $1.key)
    }.map { ($0.key, $0.value) }
  }
}
