import Columnar
import Events

extension Simulation {
  /// Writes what a user would write by hand, `site.toml`, `assets.csv` and the firewall's format
  /// file, and the `truth.csv` that only a simulation has.
  func writeSiteFiles(to folder: String, _ options: ExportOptions) throws {
    let zone = firm.timeline.calendar.zone.name
    var site = siteFile(zone, exported: options.zone.name)
    if options.withSignIns {
      site += SiteFiles.signInInput(exported: options.zone.name)
      try write(SiteFiles.signInFormat, "\(folder)/sign-ins.toml")
    }
    try write(site, "\(folder)/site.toml")
    try write(assets(), "\(folder)/assets.csv")
    try write(SiteFiles.firewallFormat, "\(folder)/edge-firewall.toml")
    try write(SiteFiles.truth(truth()), "\(folder)/truth.csv")
  }

  private func write(_ text: String, _ path: String) throws {
    let file = try OutputFile(path)
    try file.write(Array(text.utf8))
    try file.commit()
  }

  private func siteFile(_ zone: String, exported: String) -> String {
    let networks = Addressing.networks.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      # A simulated firm of \(firm.hosts.count) machines, seed \(firm.seed).
      [site]
      name = "Simulated firm \(firm.seed)"
      timezone = "\(zone)"
      networks = [\(networks)]
      seed = "simulated \(firm.seed)"

      [assets]
      file = "assets.csv"

      # The core switch: what clients, devices and guests do, among themselves and outside.
      [[input]]
      source = "core-switch"
      glob = "netflow/nfdump.*.csv*"
      format = "nfdump.csv48"
      zone = "\(exported)"

      # A sensor at the servers' network.
      [[input]]
      source = "server-sensor"
      glob = "zeek/*/conn*.log*"
      format = "zeek.conn"

      [[input]]
      source = "server-sensor"
      glob = "zeek/*/dns*.log*"
      format = "zeek.dns"

      # The firewall in front of the published addresses.
      [[input]]
      source = "edge-firewall"
      glob = "firewall/edge.*.csv*"
      format = "edge-firewall.toml"
      zone = "\(exported)"

      """
  }

  private func assets() -> String {
    var text = "ip,hostname,owner,role,criticality\n"
    for host in firm.hosts {
      let owner = firm.person(at: host)?.name ?? "it"
      text += "\(Address(ipv4: host.address)),\(host.name),\(owner),\(host.role.rawValue),"
      text += "\(host.role.criticality)\n"
    }
    return text
  }
}

enum SiteFiles {
  /// Maps the firewall's CSV; its samples are lines as `FirewallExport` writes them.
  static let firewallFormat = #"""
    # The edge firewall's session log.
    [format]
    id = "edge.firewall"
    class = "flow"
    bytes_kind = "l3"

    [flow]
    kind = "biflow"

    [detect]
    header_prefix = '"Logged","Session Start","Device","Action"'

    [read]
    shape = "delimited"
    delimiter = ","
    quote = '"'

    [time]
    field = "Session Start"
    formats = ["yyyy-MM-dd HH:mm:ss"]
    zone = "required"

    [map]
    source_ip           = { from = "Source Address", type = "ip" }
    source_port         = { from = "Source Port", type = "port" }
    destination_ip      = { from = "Destination Address", type = "ip" }
    destination_port    = { from = "Destination Port", type = "port" }
    network_iana_number = { from = "Protocol", values = "iana" }
    source_bytes        = { from = "Sent Bytes", type = "int" }
    destination_bytes   = { from = "Received Bytes", type = "int" }
    duration_us         = { from = "Seconds", type = "decimal", unit = "s" }
    event_action        = { from = "Action", values = "action" }
    event_reason        = "Message"
    rule_name           = "Rule"
    observer_name       = "Device"

    [values.action]
    allow = "allow"
    deny = "deny"

    [[test]]
    header = '"Logged","Session Start","Device","Action","From Zone","To Zone","Source Address","Source Port","Destination Address","Destination Port","Protocol","Sent Bytes","Received Bytes","Seconds","Rule","Message"'
    line = '"2026-03-02 08:15:10","2026-03-02 08:15:03","edge-1","allow","outside","dmz","100.64.7.9","50211","203.0.113.10","443","tcp","2711","48120","6.250","Published services","Session closed, FIN seen from both sides"'
    zone = "Europe/Berlin"
    expect = { event_time = "2026-03-02T07:15:03Z", source_ip = "100.64.7.9", destination_ip = "203.0.113.10", destination_port = 443, source_bytes = 2711, destination_bytes = 48120, duration_us = 6250000, event_action = "allow" }

    [[test]]
    header = '"Logged","Session Start","Device","Action","From Zone","To Zone","Source Address","Source Port","Destination Address","Destination Port","Protocol","Sent Bytes","Received Bytes","Seconds","Rule","Message"'
    line = '"2026-07-01 00:00:05","2026-07-01 00:00:01","edge-1","deny","outside","dmz","100.90.1.3","40022","203.0.113.25","23","tcp","132","0","3.017","Drop, log","Dropped by policy ""outside, default"", no session"'
    zone = "Europe/Berlin"
    expect = { event_time = "2026-06-30T22:00:01Z", destination_port = 23, event_action = "deny", rule_name = "Drop, log", event_reason = 'Dropped by policy "outside, default", no session' }

    """#

  static func truth(_ rows: [TruthRow]) -> String {
    var text = "attack,kind,entity_ip,peer,start,end,conversations,bytes_sent,bytes_received,"
    text += "strength,expected_detector\n"
    for row in rows {
      let peer = row.peer.map { Address(ipv4: $0).description } ?? ""
      let strength = row.strength.map { "\($0.name)=\(rounded($0.value))" }.joined(separator: " ")
      text += "\(row.attack),\(row.kind.rawValue),\(Address(ipv4: row.entity)),\(peer),"
      text += "\(utc(row.start)),\(utc(row.end)),\(row.conversations),\(row.bytesSent),"
      text += "\(row.bytesReceived),\(strength),\(row.kind.expectedDetector)\n"
    }
    return text
  }

  private static func rounded(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    if thousandths % 1000 == 0 { return String(thousandths / 1000) }
    return "\(thousandths / 1000).\(pad(thousandths % 1000, 3))"
  }

  /// `2026-03-20T07:15:03Z`
  private static func utc(_ instant: Instant) -> String {
    var times = LocalTimes(.utc)
    var buffer = TextBuffer()
    times.append(instant, to: &buffer)
    return String(decoding: buffer.bytes, as: UTF8.self).split(separator: " ").joined(
      separator: "T") + "Z"
  }
}
