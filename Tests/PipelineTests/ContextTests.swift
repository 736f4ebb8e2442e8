import Foundation
import StageKit
import Testing

/// A simulated site with attacks, a log of leases of all its hosts, and a place for an EDR's exports.
private struct ContextSite {
  let site: SimulatedSite
  var store: String { site.folder.path + "/store" }
  var day: String { site.days[site.days.count - 1] }

  init() throws {
    site = try SimulatedSite(dayCount: 4, step: 8, attacks: "all")
    let leases = try ContextSite.lines(site.exports + "/assets.csv").enumerated().map {
      place, row in
      let holder = "\(row.prefix { $0 != "," }) to 00:00:5e:00:53:\(10 + place) (Leased-\(place))"
      let release = holder.replacing(" to ", with: " from ")
      return """
        2026-03-02T07:00:00Z fw1 dhcpd[9]: DHCPACK on \(holder) via igb1
        2026-03-05T07:00:00Z fw1 dhcpd[9]: DHCPACK on \(holder) via igb1
        2026-03-05T08:30:00Z fw1 dhcpd[9]: DHCPRELEASE of \(release) via igb1 (found)

        """
    }
    try write(leases.joined(), to: "leases.log")
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
    try site.run(store: store, site: "context.toml")
  }

  /// Below the header.
  private static func lines(_ path: String) throws -> [Substring] {
    Array(
      String(decoding: try FileBytes.read(path), as: UTF8.self).split(separator: "\n").dropFirst())
  }

  func write(_ text: String, to name: String) throws {
    try FileBytes.write(text.utf8, to: "\(site.exports)/\(name)")
  }

  func report(_ arguments: [String] = []) throws -> StageRun {
    let run = try StageRun(
      "report",
      arguments + ["--site", "\(site.exports)/context.toml", "--store", store, "--day", day])
    #expect(run.exitCode == 0, "\(run.standardError)")
    return run
  }

  func file(_ name: String) throws -> String {
    String(decoding: try FileBytes.read("\(store)/reports/day=\(day)/\(name)"), as: UTF8.self)
  }

  /// The host of the day's first decision, and its place in the assets file.
  func decided() throws -> (host: String, place: Int) {
    let row = try #require(
      try file("incidents.csv").split(separator: "\n").first { $0.contains(",decide,") })
    let host = try #require(row.split(separator: ",").first { $0.hasPrefix("10.20.") })
    let place = try ContextSite.lines(site.exports + "/assets.csv").firstIndex {
      $0.hasPrefix(host + ",")
    }
    return (String(host), try #require(place))
  }
}

@Test("a report tells leases and an EDR's rows, is redone when these change, and is verified")
func context() throws {
  let made = try ContextSite()
  let (host, place) = try made.decided()
  let before = try made.file("report.html")
  #expect(
    before.contains(
      "<dd>\(host) was leased-\(place) (00:00:5e:00:53:\(10 + place)) by a lease of "
        + "2026-03-02 08:00, renewed 08:00, until 09:30</dd>"))
  #expect(before.contains("<dt>Not connected</dt><dd>VPN leases, EDR, calendar, indicators</dd>"))
  #expect(try made.report().standardError.contains("up to date"))
  let name = try #require(
    before.firstMatch(of: /<b class="mono">([0-9.]+)<\/b> · <b>([^<]+)<\/b>/)?.output.2)
  let rows = (0..<24).map { hour in
    "2026-03-05T\(hour < 10 ? "0" : "")\(hour):10:00Z,\(name.uppercased()),<b>seen</b> \(hour)\n"
  }
  try made.write(
    "timestamp,agent.name,rule.description\nnever,\(name),x\n" + rows.joined(),
    to: "edr-\(made.day).csv")
  let incidents = try made.file("incidents.csv")
  _ = try made.report()
  let after = try made.file("report.html")
  #expect(after.contains(": &lt;b&gt;seen&lt;/b&gt; "))
  #expect(!after.contains("<b>seen"))
  #expect(after.contains("Context: EDR: 1 of 25 rows can&#39;t be used (record 2: expected a time"))
  #expect(after.contains("<dt>Not connected</dt><dd>VPN leases, calendar, indicators</dd>"))
  #expect(try made.file("incidents.csv") == incidents)
  #expect(try made.report().standardError.contains("up to date"))
  _ = try made.report(["verify"])
  // A folder is no file: told, and no reason to stop.
  try FileBytes.remove("\(made.site.exports)/edr-\(made.day).csv")
  try FileBytes.makeFolder("\(made.site.exports)/edr-\(made.day).csv")
  _ = try made.report()
  #expect(try made.file("report.html").contains("cannot read: Is a directory"))
}
