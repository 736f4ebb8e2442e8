import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// Four months of a very small site, with a store of them: as long as decisions look back.
struct LongSite: Sendable {
  static let dayCount = 126
  private static let firstDay = CivilDate(dayNumber: 20_458)  // 2026-01-05
  /// Counted from 0; a host scans on it.
  static let scanDay = 8

  /// Made once, for tests that leave it as it is.
  static let reference = Result { try LongSite() }

  let folder: TemporaryFolder
  var store: String { folder.path + "/store" }
  var newest: CivilDate { LongSite.day(LongSite.dayCount - 1) }

  static func day(_ index: Int) -> CivilDate { firstDay.advanced(by: index) }

  /// The least that the site file may state, by area.
  static let leastRetention = """
    [retention]
    ingested_days = 8
    events_days = 97
    profiles_days = 97
    quality_days = 97
    baseline_days = 7
    features_days = 14
    votes_days = 119
    scores_days = 97
    reports_days = 93

    """

  /// Of a format file for `flows`.
  static let format = """
    [format]
    id = "made.flows"
    class = "flow"
    bytes_kind = "l3"
    [flow]
    kind = "biflow"
    [read]
    shape = "delimited"
    delimiter = ","
    [time]
    field = "start"
    formats = ["yyyy-MM-dd HH:mm:ss"]
    zone = "required"
    [map]
    source_ip = { from = "from", type = "ip" }
    destination_ip = { from = "to", type = "ip" }
    source_port = { from = "port", type = "port" }
    destination_port = { from = "service", type = "port" }
    network_iana_number = { from = "protocol", values = "iana" }
    source_bytes = { from = "sent", type = "int" }
    destination_bytes = { from = "received", type = "int" }
    [[test]]
    header = "start,from,to,port,service,protocol,sent,received"
    line = "2026-03-02 08:15:10,10.0.0.1,198.51.100.1,40000,443,tcp,500,9000"
    zone = "UTC"
    expect = { source_ip = "10.0.0.1", destination_port = 443, source_bytes = 500 }

    """

  private static let site = """
    [site]
    name = "Long"
    timezone = "Europe/Berlin"
    networks = ["10.0.0.0/8"]
    seed = "s"

    [baseline]
    days = 7

    [[input]]
    source = "router"
    glob = "exports/*.csv"
    format = "flows.toml"
    zone = "Europe/Berlin"

    [[review]]
    severity = "low"
    reviewer = "anna"


    """

  private init() throws {
    folder = try TemporaryFolder()
    try FileBytes.makeFolder(folder.path + "/exports")
    try FileBytes.write(LongSite.format.utf8, to: folder.path + "/flows.toml")
    try writeSite(retention: LongSite.leastRetention)
    for index in 0..<LongSite.dayCount {
      try write("\(LongSite.day(index))", LongSite.flows(index))
    }
    try run("ingest", days: [])
    for stage in ["normalize", "baseline", "score"] {
      try run(stage, days: ["--from", "\(LongSite.day(0))", "--to", "\(newest)"])
    }
    for (first, last) in [(6, 10), (LongSite.dayCount - 9, LongSite.dayCount - 1)] {
      try run(
        "report", days: ["--from", "\(LongSite.day(first))", "--to", "\(LongSite.day(last))"])
    }
  }

  /// The same site and store elsewhere.
  init(copyOf site: LongSite) throws {
    folder = try TemporaryFolder()
    for name in try FileBytes.names(in: site.folder.path) {
      try FileManager.default.copyItem(
        atPath: "\(site.folder.path)/\(name)", toPath: "\(folder.path)/\(name)")
    }
    // Files are known by their paths.
    try run("ingest", days: [])
  }

  func writeSite(retention: String) throws {
    try FileBytes.write((LongSite.site + retention).utf8, to: folder.path + "/site.toml")
  }

  func write(_ name: String, _ lines: [String]) throws {
    let all = ["start,from,to,port,service,protocol,sent,received"] + lines
    try FileBytes.write(
      (all.joined(separator: "\n") + "\n").utf8, to: "\(folder.path)/exports/\(name).csv")
  }

  /// Few, but in the last days enough to train forests with.
  static func flows(_ index: Int) -> [String] {
    let day = day(index)
    let (hours, hosts) = index < dayCount - 8 ? (8...9, 1...4) : (8...17, 1...15)
    let usual = hours.flatMap { hour in
      hosts.map { host in
        "\(day) \(pad(hour, 2)):\(pad(host, 2)):00,10.0.0.\(host),198.51.100.\((index + host) % 9),"
          + "\(40_000 + index * 10 + hour),443,tcp,\(500 + hour * host),\(9000 + index % 7 * host)"
      }
    }
    guard index == scanDay || index == dayCount - 2 else { return usual }
    return usual
      + (1...200).map { number in
        "\(day) 12:00:\(pad(number % 60, 2)),10.0.0.2,10.0.1.\(number),50000,445,tcp,60,0"
      }
  }

  func arguments(_ days: [String]) -> [String] {
    ["--site", folder.path + "/site.toml", "--store", store] + days
  }

  @discardableResult
  func run(_ stage: String, days: [String]) throws -> StageRun {
    let run = try StageRun(stage, arguments(days))
    try #require(run.exitCode == 0, "\(stage): \(run.standardError)")
    return run
  }

  /// All stages, over the days that the options name.
  func runStages(_ days: [String]) throws {
    try run("ingest", days: [])
    for stage in ["normalize", "baseline", "score", "report"] { try run(stage, days: days) }
  }

  @discardableResult
  func prune(_ options: [String] = ["--remove"]) throws -> String {
    let run = try StageRun(
      "triage",
      ["prune"] + options + arguments(["--as", "anna", "--at", "2026-08-01T08:00:00Z"]))
    try #require(run.exitCode == 0, "\(run.standardError)")
    return run.standardOutput
  }

  /// All that stages made, by path, but for what tells of places and times.
  func content() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: store)
    where !name.hasPrefix("registry") && !name.hasPrefix("timing") && name != "reports/index.html"
      && name != "ingested/ledger.arrow"
    {
      files[name] = FileManager.default.contents(atPath: "\(store)/\(name)")
    }
    return files
  }
}
