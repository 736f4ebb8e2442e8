import Columnar
import Events

/// Which peer group and class a host belongs to, from what it served and whom it spoke to.
struct PeerGroups {
  /// Group of each host that served others, by host.
  private var serverGroup: [String: String] = [:]

  /// A host is a server where it answered at least 3 clients a day on a port, on at least half of
  /// the days on which the site was seen. Servers of one port are a group of their own from 3 on.
  init(_ summaries: [DayTables]) throws {
    var days: [String: [UInt32: Int]] = [:]
    for summary in summaries {
      try summary.services.forEachBatch { batch in
        let (host, clients) = (batch[Service.host], batch[Service.clients])
        let (port, number) = (batch[Service.port], batch[Service.ianaNumber])
        for row in 0..<batch.rowCount where clients.value(row) >= 3 && port.value(row) < 32768 {
          guard let name = host[row] else { continue }
          days[name, default: [:]][
            UInt32(number.value(row)) << 16 | UInt32(port.value(row)), default: 0] += 1
        }
      }
    }
    let needed = max(1, (summaries.count + 1) / 2)
    var serviceOfHost: [String: UInt32] = [:]
    var hostsOfService: [UInt32: Int] = [:]
    for (host, services) in days {
      let usual = services.filter { $0.value >= needed }
      guard let main = usual.min(by: { ($1.value, $0.key) < ($0.value, $1.key) })?.key else {
        continue
      }
      serviceOfHost[host] = main
      hostsOfService[main, default: 0] += 1
    }
    for (host, service) in serviceOfHost {
      let isGroup = hostsOfService[service, default: 0] >= 3
      let name = "\(service & 0xFFFF)/\(protocolName(UInt8(service >> 16)))"
      serverGroup[host] = isGroup ? "server \(name)" : "server"
    }
  }

  /// - Parameter usualDestinations: the median over days of the destinations in the busiest hour.
  func group(of host: String, usualDestinations: Double) -> (name: String, EntityClass) {
    if let group = serverGroup[host] { return (group, .server) }
    return usualDestinations >= 5 ? ("workstation", .workstation) : ("device", .other)
  }
}
