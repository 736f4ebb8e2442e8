import Foundation
import StageKit
import Testing

/// A simulated site with logs of leases and an EDR's export, and the first host that its last day is
/// about.
private struct ContextSite {
  let site: SimulatedSite
  let store: String
  let host: String
  var day: String { site.days[2] }

  init() throws {
    let (reference, referenceStore, _) = try SimulatedSite.reference.get()
    site = try reference.copy()
    store = site.folder.path + "/store"
    let csv = try FileBytes.read("\(referenceStore)/reports/day=\(reference.days[2])/incidents.csv")
    let hosts = String(decoding: csv, as: UTF8.self).split(separator: "\n").dropFirst()
      .compactMap { row in row.split(separator: ",").first { $0.hasPrefix("10.20.") } }
    host = String(try #require(hosts.first))
    try write(
      """
      2026-03-01T07:00:00Z fw1 dhcpd[9]: DHCPACK on \(host) to 00:00:5e:00:53:01 (Laptop-7) via igb1
      2026-03-04T07:00:00Z fw1 dhcpd[9]: DHCPACK on \(host) to 00:00:5e:00:53:01 (Laptop-7) via igb1
      2026-03-04T08:30:00Z fw1 dhcpd[9]: DHCPRELEASE of \(host) from 00:00:5e:00:53:01 (Laptop-7) via igb1 (found)
      2026-03-04T09:00:00Z fw1 ovpn[9]: nothing of a lease

      """, to: "leases.log")
    let stated = String(decoding: try FileBytes.read(site.exports + "/site.toml"), as: UTF8.self)
    try write(
      stated + """

        [[input]]
        source = "router"
        glob = "leases.log"
        format = "dhcpd.leases"
        zone = "UTC"

        [[context]]
        name = "EDR"
        file = "edr-{day}.csv"
        host = "agent.name"
        time = "timestamp"
        text = ["rule.description"]

        """, to: "context.toml")
  }

  func write(_ text: String, to name: String) throws {
    try FileBytes.write(text.utf8, to: "\(site.exports)/\(name)")
  }

  func report(_ arguments: [String]) throws -> StageRun {
    try StageRun(
      "report",
      arguments + ["--site", "\(site.exports)/context.toml", "--store", store, "--day", day])
  }

  /// The day's page.
  func page() throws -> String {
    let run = try report([])
    #expect(run.exitCode == 0, "\(run.standardError)")
    return String(
      decoding: try FileBytes.read("\(store)/reports/day=\(day)/report.html"), as: UTF8.self)
  }

  func incidents() throws -> [UInt8] {
    try FileBytes.read("\(store)/reports/day=\(day)/incidents.arrow")
  }
}

@Test("a report tells leases of the store and rows of an EDR, and is redone and verified with them")
func context() throws {
  let made = try ContextSite()
  try made.site.run(store: made.store, site: "context.toml")
  let before = try made.page()
  let incidents = try made.incidents()
  #expect(before.contains("\(made.host) (laptop-7)"))
  #expect(before.contains("<dt>Not connected</dt><dd>VPN leases, EDR, calendar, indicators</dd>"))
  let hours = (0..<24).map { hour in
    "2026-03-04T\(hour < 10 ? "0" : "")\(hour):10:00Z,LAPTOP-7,<b>seen</b> \(hour)\n"
  }
  try made.write(
    "timestamp,agent.name,rule.description\nnever,LAPTOP-7,x\n" + hours.joined(),
    to: "edr-\(made.day).csv")
  let after = try made.page()
  #expect(after.contains("Context: EDR: 1 of 25 rows can&#39;t be used (record 2: expected a time"))
  #expect(after.contains("<dt>Not connected</dt><dd>VPN leases, calendar, indicators</dd>"))
  #expect(!after.contains("<b>seen"))
  #expect(try made.incidents() == incidents)
  #expect(try made.report([]).standardError.contains("up to date"))
  let verified = try made.report(["verify"])
  #expect(verified.exitCode == 0, "\(verified.standardError)")
  // A folder is no file: told, and no reason to stop.
  try FileBytes.remove("\(made.site.exports)/edr-\(made.day).csv")
  try FileBytes.makeFolder("\(made.site.exports)/edr-\(made.day).csv")
  #expect(try made.page().contains("cannot read: Is a directory"))
}
