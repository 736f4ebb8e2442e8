import Foundation
import StageKit
import TestSupport
import Testing

/// A simulated site with attacks, a log of leases of all its hosts, and a place for an EDR's
/// exports.
private struct ContextSite {
  let site: SimulatedSite
  var store: String { site.folder.path + "/store" }
  var day: String { site.days[site.days.count - 1] }

  /// - Parameter more: what the site file has besides.
  init(_ more: String = "") throws {
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

        \(more)
        """, to: "context.toml")
    if more.contains("[privacy]") {
      let keygen = try StageRun("ingest", ["keygen", site.folder.path + "/privacy.key"])
      try #require(keygen.exitCode == 0, "\(keygen.standardError)")
    }
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

  /// An export with a row an hour on a host.
  func writeEDR(host: String) throws {
    let rows = (0..<24).map { hour in
      "2026-03-05T\(hour < 10 ? "0" : "")\(hour):10:00Z,\(host),<b>seen</b> \(hour)\n"
    }
    try write(
      "timestamp,agent.name,rule.description\nnever,\(host),x\n" + rows.joined(),
      to: "edr-\(day).csv")
  }

  /// The host of the day's first decision.
  func decided() throws -> String {
    let rows = try file("incidents.csv").split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",") }
    let column = try #require(rows.first?.firstIndex(of: "entity"))
    return String(try #require(rows.first { $0.contains("decide") })[column])
  }

  /// What the assets file says of a host, and in which place.
  func asset(_ host: String) throws -> (place: Int, name: String) {
    let rows = try ContextSite.lines(site.exports + "/assets.csv")
    let place = try #require(rows.firstIndex { $0.hasPrefix(host + ",") })
    return (place, String(rows[place].split(separator: ",")[1]))
  }
}

@Test("a report tells leases and an EDR's rows, is redone when these change, and is verified")
func context() throws {
  let made = try ContextSite()
  let host = try made.decided()
  let (place, name) = try made.asset(host)
  let before = try made.file("report.html")
  #expect(
    before.contains(
      "<dd>\(host) was leased-\(place) (00:00:5e:00:53:\(10 + place)) by a lease of "
        + "2026-03-02 08:00, renewed 08:00, until 09:30</dd>"))
  #expect(before.contains("on the cards: VPN leases, EDR, calendar, indicators."))
  #expect(try made.report().standardError.contains("up to date"))
  try made.writeEDR(host: name.uppercased())
  let incidents = try made.file("incidents.csv")
  _ = try made.report()
  let after = try made.file("report.html")
  #expect(after.contains(": &lt;b&gt;seen&lt;/b&gt; "))
  #expect(!after.contains("<b>seen"))
  #expect(after.contains("Context: EDR: 1 of 25 rows can&#39;t be used (record 2: expected a time"))
  #expect(after.contains("on the cards: VPN leases, calendar, indicators."))
  #expect(try made.file("incidents.csv") == incidents)
  #expect(try made.report().standardError.contains("up to date"))
  _ = try made.report(["verify"])
  // A folder is no file: told, and no reason to stop.
  try FileBytes.remove("\(made.site.exports)/edr-\(made.day).csv")
  try FileBytes.makeFolder("\(made.site.exports)/edr-\(made.day).csv")
  _ = try made.report()
  #expect(try made.file("report.html").contains("cannot read: Is a directory"))
}

@Test(
  "a store with pseudonyms finds an EDR's rows by the key, and shows none of their text or names")
func contextOfPseudonyms() throws {
  let made = try ContextSite(
    """
    [privacy]
    addresses = "ipcrypt-pfx"
    names = "hmac"
    key_file = "../privacy.key"
    """)
  let host = try made.decided()
  let before = try made.file("report.html")
  #expect(
    before.contains(try Regex("<dd>\(host) was host-[0-9a-f]{16} \\(mac-[0-9a-f]{16}\\) by a")))
  let reveal = try StageRun(
    "ingest",
    ["reveal", "--site", "\(made.site.exports)/context.toml", "--store", made.store, host])
  let revealed = reveal.standardOutput.split(whereSeparator: \.isWhitespace)
  let original = String(try #require(revealed.last))
  let name = try made.asset(original).name
  try made.writeEDR(host: name)
  _ = try made.report()
  let after = try made.file("report.html")
  #expect(after.contains("; their text is not shown beside pseudonyms</dd>"))
  for secret in ["seen&lt;", "<b>\(name)</b>", "leased-", original] {
    #expect(!after.contains(secret), "\(secret)")
  }
  _ = try made.report(["verify"])
  try FileBytes.remove("\(made.site.folder.path)/privacy.key")
  let without = try made.report().standardError
  #expect(without.contains("files of context can't be matched with the store's pseudonyms"))
  #expect(try made.file("report.html").contains("VPN leases, EDR, calendar"))
}
