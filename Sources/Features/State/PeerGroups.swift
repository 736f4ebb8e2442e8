import Columnar
import Events

/// Which peer group and class a host belongs to, from what it served and whom it spoke to.
struct PeerGroups {
  /// Group of each host that served others, by host.
  private var serverGroup: [String: String] = [:]
  /// Group of each host that answered anybody, by what it answered most days.
  private var deviceGroup: [String: String] = [:]

  /// A host is a server where it answered at least 3 clients a day on a port, on at least half of
  /// the days.
  init(_ summaries: [DayTables]) throws {
    var served: [String: [UInt32: Int]] = [:]
    var answered: [String: [UInt32: Int]] = [:]
    for summary in summaries {
      try summary.services.forEachBatch { batch in
        let (host, clients) = (batch[Service.host], batch[Service.clients])
        let (port, number) = (batch[Service.port], batch[Service.ianaNumber])
        for row in 0..<batch.rowCount where port.value(row) < 32768 {
          guard let name = host[row] else { continue }
          let service = UInt32(number.value(row)) << 16 | UInt32(port.value(row))
          answered[name, default: [:]][service, default: 0] += 1
          if clients.value(row) >= 3 { served[name, default: [:]][service, default: 0] += 1 }
        }
      }
    }
    let needed = max(1, (summaries.count + 1) / 2)
    serverGroup = PeerGroups.groups(served, neededDays: needed, prefix: "server")
    deviceGroup = PeerGroups.groups(answered, neededDays: needed, prefix: "device")
  }

  /// Hosts by the service that they offered on most days (the lowest port of equals), where at
  /// least 3 share it; `prefix` alone otherwise. Hosts without a service on enough days are left
  /// out.
  private static func groups(
    _ days: [String: [UInt32: Int]], neededDays: Int, prefix: String
  ) -> [String: String] {
    var serviceOfHost: [String: UInt32] = [:]
    var hostsOfService: [UInt32: Int] = [:]
    for (host, services) in days {
      let usual = services.filter { $0.value >= neededDays }
      guard let main = usual.min(by: { ($1.value, $0.key) < ($0.value, $1.key) })?.key else {
        continue
      }
      serviceOfHost[host] = main
      hostsOfService[main, default: 0] += 1
    }
    return serviceOfHost.mapValues { service in
      guard hostsOfService[service, default: 0] >= 3 else { return prefix }
      return "\(prefix) \(service & 0xFFFF)/\(protocolName(UInt8(service >> 16)))"
    }
  }

  /// - Parameter usualDestinations: the median over days of the destinations in the busiest hour.
  func group(of host: String, usualDestinations: Double) -> (name: String, EntityClass) {
    if host == HostHour.internet { return (HostHour.internet, .other) }
    if let group = serverGroup[host] { return (group, .server) }
    if usualDestinations >= 5 { return ("workstation", .workstation) }
    return (deviceGroup[host] ?? "device", .other)
  }
}
