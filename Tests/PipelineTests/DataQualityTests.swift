import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// A site with two flow exporters and a VPN log, each with about as many rows every day.
private struct MadeSite {
  let folder: TemporaryFolder
  private static let formats = [
    "flows": """
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
    line = "2026-03-02 08:15:10,10.1.0.1,198.51.100.1,40000,443,tcp,500,9000"
    zone = "UTC"
    expect = { source_ip = "10.1.0.1", destination_port = 443, source_bytes = 500 }

    """,
    "logons": """
    [format]
    id = "made.logons"
    class = "vpn"
    [read]
    shape = "delimited"
    delimiter = ","
    [time]
    field = "start"
    formats = ["yyyy-MM-dd HH:mm:ss"]
    zone = "required"
    [map]
    source_ip = { from = "from", type = "ip" }
    user_name = "user"
    [[test]]
    header = "start,from,user"
    line = "2026-03-02 08:15:10,203.0.113.9,user1"
    zone = "UTC"
    expect = { user_name = "user1" }

    """,
  ]

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in MadeSite.formats {
      try FileBytes.write(text.utf8, to: "\(folder.path)/\(name).toml")
    }
    var site = """
      [site]
      name = "Made"
      timezone = "Europe/Berlin"
      networks = ["10.0.0.0/8"]
      seed = "s"

      """
    for (source, format) in [("east", "flows"), ("vpn", "logons"), ("west", "flows")] {
      try FileBytes.makeFolder("\(folder.path)/\(source)")
      site += """
        [[input]]
        source = "\(source)"
        glob = "\(source)/*.csv"
        format = "\(format).toml"
        zone = "Europe/Berlin"

        """
    }
    try FileBytes.write(site.utf8, to: folder.path + "/site.toml")
  }

  /// The lines of a day of a source: four in each hour, from ten hosts of its own.
  static func flows(_ day: CivilDate, network: Int, hours: [Int] = Array(0..<24)) -> [String] {
    hours.flatMap { hour in
      (0..<4).map { number in
        let time = "\(day) \(pad(hour, 2)):\(pad(number, 2)):00"
        let port = 40_000 + (day.dayNumber % 20) * 100 + hour * 4 + number
        return
          "\(time),10.\(network).0.\((hour * 4 + number) % 10 + 1),198.51.100.\(number % 7),\(port),443,"
          + "tcp,\(500 + number),\(9000 + 10 * number)"
      }
    }
  }

  static func logons(_ day: CivilDate) -> [String] {
    (0..<40).map { "\(day) 08:\(pad($0, 2)):00,203.0.113.9,user\($0)" }
  }

  /// Writes a file of a source.
  func write(_ source: String, _ name: String, _ lines: [String]) throws {
    let header =
      source == "vpn" ? "start,from,user" : "start,from,to,port,service,protocol,sent,received"
    try FileBytes.write(
      (([header] + lines).joined(separator: "\n") + "\n").utf8,
      to: "\(folder.path)/\(source)/\(name).csv")
  }

  func writeDay(_ day: CivilDate, without: Set<String> = []) throws {
    let all = [
      "east": MadeSite.flows(day, network: 1), "west": MadeSite.flows(day, network: 2),
      "vpn": MadeSite.logons(day),
    ]
    for (source, lines) in all where !without.contains(source) {
      try write(source, "\(day)", lines)
    }
  }

  @discardableResult
  func run(_ stage: String, store: String = "store", _ options: [String] = [], threads: Int = 2)
    throws -> StageRun
  {
    let run = try StageRun(
      stage,
      [
        "--site", folder.path + "/site.toml", "--store", "\(folder.path)/\(store)", "--threads",
        "\(threads)",
      ] + options)
    try #require(run.exitCode == 0, "\(stage): \(run.standardError)")
    return run
  }

  func text(_ day: CivilDate, _ name: String) throws -> String {
    String(
      decoding: try FileBytes.read("\(folder.path)/store/reports/day=\(day)/\(name)"),
      as: UTF8.self)
  }
}

@Suite("Data quality, from exports to report")
struct DataQualityTests {
  /// A Monday.
  private static let start = CivilDate(dayNumber: 20_514)

  @Test("a missing morning, a log that stops, rows sent twice and rejects are told, not decided")
  func brokenDays() throws {
    let site = try MadeSite()
    let days = (0..<5).map { DataQualityTests.start.advanced(by: $0) }
    for day in days[..<4] { try site.writeDay(day) }
    // On Friday east is silent from six to twelve, the VPN all day; west comes in two files that
    // overlap, one of which has lines that are cut off.
    let friday = days[4]
    try site.write(
      "east", "\(friday)",
      MadeSite.flows(friday, network: 1, hours: Array(0..<6) + Array(12..<24)))
    let west = MadeSite.flows(friday, network: 2)
    try site.write("west", "\(friday).a", Array(west[..<60]))
    try site.write(
      "west", "\(friday).b",
      Array(west[20...]) + (0..<60).map { "\(friday) 10:\(pad($0, 2)):00,10.2.0.7" })
    try site.run("ingest")
    let range = ["--from", "\(days[0])", "--to", "\(friday)"]
    try site.run("normalize", range)
    try site.run("baseline", range)
    let scored = try site.run("score", range)
    let told = "\(friday): east: No conversations 06:00–12:00, in which workdays usually bring 24."
    #expect(scored.standardError.contains(told), "\(scored.standardError)")
    let reported = try site.run("report", range)
    #expect(
      reported.standardError.contains(
        "\(friday): not all could be judged: east: source silent 06:00–12:00; "
          + "vpn: source silent all day"))
    let table = try site.text(friday, "quality.csv").split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(
      table.dropFirst().map { $0[1...3].joined(separator: " ") } == [
        "east flow silent", "vpn vpn silent", "west flow duplicates", "west flow rejects",
      ])
    let page = try site.text(friday, "report.html")
    let markdown = try site.text(friday, "report.md")
    for text in [page, markdown] {
      #expect(text.contains("source silent 06"))
      #expect(text.contains("The last came before"))
      #expect(text.contains("usually bring 24"))
    }
    #expect(page.contains("blind in part: source silent 06:00–12:00"))
    #expect(try !site.text(friday, "incidents.csv").contains(",decide,"))
    #expect(try !site.text(days[3], "quality.csv").contains("silent"))
    // West counts once, and all its rows are accounted for.
    let sources = try ArrowReader(
      path: "\(site.folder.path)/store/quality/day=\(friday)/sources.arrow",
      expecting: SourceDay.schema
    ).batch(0)
    #expect((0..<sources.rowCount).map { sources[SourceDay.rows].value($0) } == [72, 0, 96])
    #expect((0..<sources.rowCount).map { sources[SourceDay.duplicates].value($0) } == [0, 0, 40])
    #expect((0..<sources.rowCount).map { sources[SourceDay.rejected].value($0) } == [0, 0, 60])

    // The same files under other names, in another store, by one thread.
    for source in ["east", "west"] {
      let path = "\(site.folder.path)/\(source)"
      for (place, name) in try FileBytes.names(in: path).enumerated() {
        try FileBytes.move("\(path)/\(name)", to: "\(path)/\(99 - place).csv")
      }
    }
    try site.run("ingest", store: "other", threads: 1)
    try site.run("normalize", store: "other", range, threads: 1)
    try site.run("baseline", store: "other", range, threads: 1)
    for day in days {
      for name in ["sources.arrow", "findings.arrow"] {
        let bytes = try ["store", "other"].map {
          try FileBytes.read("\(site.folder.path)/\($0)/quality/day=\(day)/\(name)")
        }
        #expect(bytes[0] == bytes[1], "\(day) \(name)")
      }
    }
  }
}
