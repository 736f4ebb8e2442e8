import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// Twenty days of a small office, whose desks use a file server, to which their users sign in, and
/// two of a printer's kind. On the last of them a desk that never did so works on other desks, and
/// one of these on more.
struct SmallOffice: Sendable {
  static let dayCount = 20
  private static let first = CivilDate(dayNumber: 20_514)

  let folder: TemporaryFolder

  /// With models from the first Saturday on, compared for twelve days; made once.
  static let reference = Result {
    let office = try SmallOffice()
    for stage in stages.dropFirst() {
      try office.run(stage, "challenged", "challenged", from: 0, to: dayCount - 1)
    }
    return office
  }
  static let stages = ["ingest", "normalize", "baseline", "score", "report"]

  static func day(_ index: Int) -> CivilDate { first.advanced(by: index) }
  func store(_ name: String) -> String { "\(folder.path)/\(name)-store" }

  /// - Parameter name: of a store with the exports, and nothing made from them.
  private init() throws {
    folder = try TemporaryFolder()
    try FileBytes.makeFolder(folder.path + "/exports")
    try FileBytes.write(LongSite.format.utf8, to: folder.path + "/flows.toml")
    try FileBytes.write(SmallOffice.signInFormat.utf8, to: folder.path + "/sign-ins.toml")
    let plain = """
      [site]
      name = "Office"
      timezone = "Europe/Berlin"
      networks = ["10.0.0.0/8"]
      seed = "s"

      [[input]]
      source = "router"
      glob = "exports/*.csv"
      format = "flows.toml"
      zone = "Europe/Berlin"

      [[input]]
      source = "domain"
      glob = "exports/*.sign-ins"
      format = "sign-ins.toml"
      zone = "Europe/Berlin"

      """
    try FileBytes.write(plain.utf8, to: folder.path + "/plain.toml")
    try FileBytes.write(
      (plain + "[learned]\ncompare = true\nrounds = 2\n").utf8, to: folder.path + "/challenged.toml"
    )
    for index in 0..<SmallOffice.dayCount {
      let lines = ["start,from,to,port,service,protocol,sent,received"] + SmallOffice.flows(index)
      try FileBytes.write(
        (lines.joined(separator: "\n") + "\n").utf8,
        to: "\(folder.path)/exports/\(SmallOffice.day(index)).csv")
      try FileBytes.write(
        (SmallOffice.signIns(index).joined(separator: "\n") + "\n").utf8,
        to: "\(folder.path)/exports/\(SmallOffice.day(index)).sign-ins")
    }
    for store in ["challenged", "plain"] {
      try run("ingest", "plain", store)
    }
  }

  private static let signInFormat = """
    [format]
    id = "office.sign-ins"
    class = "auth"
    [read]
    shape = "delimited"
    [time]
    field = "time"
    formats = ["yyyy-MM-dd HH:mm:ss"]
    zone = "required"
    [map]
    user_name = "user"
    source_ip = { from = "from", type = "ip" }
    destination_ip = { from = "to", type = "ip" }
    event_action = "result"
    [[test]]
    header = "time,user,from,to,result"
    line = "2026-03-02 08:15:10,user1,10.0.0.1,10.0.1.1,success"
    zone = "UTC"
    expect = { user_name = "user1", event_action = "success" }
    """

  /// A user at each desk, and one who never gets in.
  private static func signIns(_ index: Int) -> [String] {
    let day = day(index)
    return ["time,user,from,to,result"]
      + (1...(day.isWeekend ? 4 : 16)).map {
        "\(day) 08:01:\(pad($0, 2)),user\($0),10.0.0.\($0),10.0.1.1,success"
      } + ["\(day) 08:02:00,guest,10.0.0.3,10.0.1.1,failure"]
  }

  private static func flows(_ index: Int) -> [String] {
    let day = day(index)
    var random = SplitMix(seed: UInt64(index) + 1)
    let desks = 1...(day.isWeekend ? 4 : 16)
    let moves = (5..<14).map { desk in
      "\(day) 11:\(10 + desk):00,10.0.0.\(desk < 9 ? 4 : 5),10.0.0.\(desk),41000,22,tcp,9000,9000"
    }
    return (index == dayCount - 1 ? moves : [])
      + (8...12).flatMap { hour in
        desks.flatMap { desk in
          let minute = pad(Int.random(in: 0...59, using: &random), 2)
          let outside = Int.random(in: 1...9, using: &random)
          var ends = [("198.51.100.\(outside)", 443), ("10.0.1.1", 445)]
          if Int.random(in: 0..<3, using: &random) == 0 {
            ends.append(("10.0.1.\(2 + desk % 2)", 9100))
          }
          if desk < 3 { ends.append(("10.0.0.\(Int.random(in: 5...16, using: &random))", 3389)) }
          return ends.map { end, port in
            "\(day) \(pad(hour, 2)):\(minute):\(pad(desk, 2)),10.0.0.\(desk),\(end),"
              + "\(40_000 + port % 1000),\(port),tcp,\(500 + hour * desk),\(9000 + outside)"
          }
        }
      }
  }

  @discardableResult
  func run(
    _ stage: String, _ site: String, _ store: String, from: Int? = nil, to: Int? = nil,
    threads: Int = 2
  ) throws -> StageRun {
    let days =
      from.map {
        ["--from", "\(SmallOffice.day($0))", "--to", "\(SmallOffice.day(to ?? $0))"]
      } ?? []
    let run = try StageRun(
      stage,
      [
        "--site", "\(folder.path)/\(site).toml", "--store", self.store(store), "--threads",
        "\(threads)",
      ] + days)
    try #require(run.exitCode == 0, "\(stage): \(run.standardError)")
    return run
  }

  /// The store of another name with what the one with challengers has, days from one on left out.
  func copy(to name: String, before index: Int) throws {
    try FileManager.default.copyItem(atPath: store("challenged"), toPath: store(name))
    for area in Area.allCases where area != .ingested {
      for made in try FileBytes.names(in: "\(store(name))/\(area)") {
        guard let day = made.split(separator: "=").last.flatMap({ CivilDate(String($0)) }),
          day >= SmallOffice.day(index)
        else { continue }
        try FileManager.default.removeItem(atPath: "\(store(name))/\(area)/\(made)")
      }
    }
  }
}
