import Columnar
import Events

/// What hosts answered on during a day, and to how many: who depends on them, and what they may be
/// for.
package struct ServedPorts: Sendable {
  private struct Port {
    let number: UInt16
    let ianaNumber: UInt8
    let clients: Int
  }

  private var ports: [String: [Port]] = [:]

  /// Fewer clients make no server: a scanner has answers from everybody.
  private static let leastClients = 3
  private static let shownPorts = 3

  /// What a host is likely for that answers on one of the ports (IANA Service Name and Transport
  /// Protocol Port Number Registry); a port further up tells more.
  private static let roles: [(ports: Set<UInt16>, role: String)] = [
    ([88, 389, 636], "a domain controller"), ([25, 465, 587, 143, 993], "a mail server"),
    ([1433, 1521, 3306, 5432], "a database server"), ([515, 631, 9100], "a printer"),
    ([5060, 5061], "a telephone system"), ([445, 2049], "a file server"), ([53], "a name server"),
    ([80, 443, 8080, 8443], "a web server"),
  ]

  /// From a day's `services.arrow`.
  package init(_ services: any BatchSource) throws {
    for index in 0..<services.batchCount {
      let batch = try services.batch(index)
      let (hosts, clients) = (batch[Service.host], batch[Service.clients])
      let (numbers, protocols) = (batch[Service.port], batch[Service.ianaNumber])
      for row in 0..<batch.rowCount {
        guard let host = hosts[row], clients.value(row) >= ServedPorts.leastClients else {
          continue
        }
        ports[host, default: []].append(
          Port(
            number: numbers.value(row), ianaNumber: protocols.value(row),
            clients: Int(clients.value(row))))
      }
    }
  }

  /// "445/tcp to 31 clients; probably a file server"; nil for a host that served nobody.
  package func text(of host: String, isRoleKnown: Bool) -> String? {
    guard let served = ports[host] else { return nil }
    let ranked = served.sorted {
      ($1.clients, $0.number, $0.ianaNumber) < ($0.clients, $1.number, $1.ianaNumber)
    }
    let shown = ranked.prefix(ServedPorts.shownPorts).map { port in
      "\(ServiceName.text(port: port.number, ianaNumber: port.ianaNumber)) to "
        + Quantity.counted(port.clients, "client")
    }
    let others = ranked.count - shown.count
    let text =
      shown.joined(separator: ", ")
      + (others > 0 ? " and \(Quantity.counted(others, "other"))" : "")
    let role = ServedPorts.roles.first { role in
      served.contains { role.ports.contains($0.number) }
    }?.role
    return isRoleKnown ? text : text + (role.map { "; probably \($0)" } ?? "")
  }
}
