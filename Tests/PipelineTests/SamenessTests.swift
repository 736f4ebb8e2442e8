import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@Suite("The same exports give the same bytes")
struct SamenessTests {
  private let site: SimulatedSite
  private let store: String
  private let whole: StoreContent
  /// For another store of the same site.
  private let folder: TemporaryFolder
  private var other: String { folder.path + "/store" }

  init() throws {
    (site, store, whole) = try SimulatedSite.reference.get()
    folder = try TemporaryFolder()
    #expect(whole.files.keys.contains { $0.hasSuffix("forest_flows.arrow") })
  }

  @Test("from a second run, which does nothing and says so")
  func secondRun() throws {
    let times = try modificationTimes()
    for stage in SimulatedSite.stages {
      let run = try StageRun(stage, site.arguments(stage, store: store))
      #expect(!run.standardError.contains("written"), "\(stage): \(run.standardError)")
      #expect(run.standardError.contains("up to date") == (stage != "ingest"))
    }
    #expect(whole.differences(try StoreContent(store)) == [])
    #expect(try modificationTimes() == times)
  }

  private func modificationTimes() throws -> [String: Int] {
    try whole.files.keys.filter { !$0.hasSuffix("ledger.arrow") }.reduce(into: [:]) {
      $0[$1] = try FileBytes.status(of: "\(store)/\($1)").st_mtim.tv_nsec
    }
  }

  @Test("from one thread as from two, with the inputs in another order")
  func threadsAndOrder() throws {
    var parts = String(decoding: try FileBytes.read(site.exports + "/site.toml"), as: UTF8.self)
      .components(separatedBy: "\n[[input]]")
    let first = parts.removeFirst()
    let reversed = ([first] + parts.reversed()).joined(separator: "\n[[input]]")
    try FileBytes.write((reversed + "\n").utf8, to: site.exports + "/reversed.toml")
    try site.run(store: other, site: "reversed.toml", threads: 1)
    #expect(whole.differences(try StoreContent(other)) == [])
  }

  @Test("from exports that come day by day, after late rows were taken in")
  func dayByDay() throws {
    let site = try site.copy()
    let dated = try site.files(withSuffixes: [".csv", ".log"]).filter { $0.contains("2026-") }
    let waiting = site.folder.path + "/waiting"
    try FileBytes.makeFolder(waiting)
    func place(_ path: String) -> String {
      waiting + "/" + path.dropFirst(site.exports.count + 1).replacing("/", with: "+")
    }
    func arrive(_ path: String) throws { try FileBytes.move(place(path), to: path) }
    for path in dated { try FileBytes.move(path, to: place(path)) }
    // A day's exports come in the morning after; some of the second day's with the third's.
    let tardy = "nfdump.\(site.days[1]).csv"
    for day in site.days {
      for path in dated where path.contains(day) && !path.hasSuffix(tardy) { try arrive(path) }
      if day == site.days.last {
        for path in dated where path.hasSuffix(tardy) { try arrive(path) }
      }
      try site.run(store: other, days: ["--day", day])
    }
    let second = "events/day=\(site.days[1])/manifest.json"
    #expect(whole.differences(try StoreContent(other)).contains(second), "it lacked rows")
    try site.run(store: other, days: ["--existing"])
    // The ledger holds the paths of the files.
    #expect(whole.differences(try StoreContent(other)) == ["ingested/ledger.arrow"])
  }

  @Test("from the same rows split over other files, but for file names, line numbers and hashes")
  func splitOtherwise() throws {
    let site = try site.copy()
    for path in try site.files(withSuffixes: [".csv"]) where path.contains("2026-") {
      let lines = String(decoding: try FileBytes.read(path), as: UTF8.self).split(separator: "\n")
      for part in 0..<2 {
        let rows = lines.dropFirst().enumerated().filter { $0.offset % 2 == part }.map(\.element)
        let text = ([lines[0]] + rows.reversed()).joined(separator: "\n") + "\n"
        try FileBytes.write(text.utf8, to: path.replacing(".csv", with: ".part\(9 - part).csv"))
      }
      try FileBytes.remove(path)
    }
    try site.run(store: other)
    let differing = whole.differences(try StoreContent(other)).filter {
      !$0.hasPrefix("ingested/") && !$0.hasSuffix("manifest.json")
    }
    // Reports show where evidence lies, in files and lines; incidents and scores do not.
    let showsPlaces = differing.allSatisfy {
      $0.hasPrefix("events/") || $0.hasSuffix("report.html") || $0.hasSuffix("report.md")
    }
    #expect(showsPlaces, "\(differing)")
    for day in site.days {
      let rows = try [store, other].map { try conversations("\($0)/events/day=\(day)") }
      #expect(rows[0].count > 100)
      #expect(rows[0] == rows[1])
    }
  }

  /// What a day's conversations say, without the places of their records.
  private func conversations(_ folder: String) throws -> [String] {
    let table = try ArrowReader(path: folder + "/flow.arrow", expecting: EventClass.flow.schema)
    return try (0..<table.batchCount).flatMap { index in
      let batch = try table.batch(index)
      let (times, durations) = (batch[Event.time], batch[Event.durationMicroseconds])
      let (sources, destinations) = (batch[Event.sourceAddress], batch[Event.destinationAddress])
      let (sourcePorts, ports) = (batch[Event.sourcePort], batch[Event.destinationPort])
      let (out, back) = (batch[Event.sourceBytes], batch[Event.destinationBytes])
      let counts = batch[Event.recordCount]
      return (0..<batch.rowCount).map { row in
        "\(times.value(row)) \(String(describing: durations[row])) "
          + "\(String(describing: sources[row])) \(String(describing: sourcePorts[row])) "
          + "\(String(describing: destinations[row])) \(String(describing: ports[row])) "
          + "\(String(describing: out[row])) \(String(describing: back[row])) "
          + "\(String(describing: counts[row]))"
      }
    }
  }
}
