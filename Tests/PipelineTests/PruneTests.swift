import Events
import Foundation
import StageKit
import TestSupport
import Testing

@Suite("What retention lets go")
struct PruneTests {
  private let full: LongSite

  init() throws { full = try LongSite.reference.get() }

  private func day(_ index: Int) -> String { "\(LongSite.day(index))" }

  private func days(_ site: LongSite, _ area: String) throws -> [CivilDate] {
    try Store(path: site.store).days(in: area)
  }

  /// The earliest day of which rows may still come.
  private let lateIndex = LongSite.dayCount - 7

  private func addLateRow(_ site: LongSite) throws {
    try site.write(
      "late", ["\(day(lateIndex)) 19:00:00,10.0.0.3,203.0.113.5,41000,443,tcp,800,90000"])
    try site.runStages(["--day", day(lateIndex)])
  }

  private func addNextDay(_ site: LongSite) throws {
    try site.write(day(LongSite.dayCount), LongSite.flows(LongSite.dayCount))
    try site.runStages(["--day", day(LongSite.dayCount)])
  }

  @Test("with as little as may be kept, late rows and the next day give the same bytes as without")
  func sameBytes() throws {
    let (whole, pruned) = (try LongSite(copyOf: full), try LongSite(copyOf: full))
    let before = try pruned.content().count
    try pruned.prune()
    #expect(try pruned.content().count < before)
    for area in ["events", "profiles", "quality", "scores"] {
      #expect(try days(pruned, area) == (29..<126).map(LongSite.day), "\(area)")
    }
    #expect(try days(pruned, "votes").first == LongSite.day(7))
    #expect(try days(pruned, "features").first == LongSite.day(112))
    #expect(try days(pruned, "baseline").first == LongSite.day(119))
    #expect(try days(pruned, "reports").first == LongSite.day(117))
    for site in [whole, pruned] {
      try addLateRow(site)
      try addNextDay(site)
    }
    let (expected, found) = (try whole.content(), try pruned.content())
    #expect(found.keys.contains("reports/day=\(day(LongSite.dayCount))/report.html"))
    #expect(found.keys.contains("baseline/asof=\(day(LongSite.dayCount))/forest_hosts.arrow"))
    #expect(found.filter { expected[$0.key] != $0.value }.keys.sorted() == [])
    let changed = "profiles/day=\(day(lateIndex))/host_hours.arrow"
    #expect(expected[changed] != (try full.content())[changed], "late rows change their day")
  }

  @Test(
    "a run that is killed leaves a store that every stage reads, and the next one ends its work")
  func killed() throws {
    let (undisturbed, disturbed) = (try LongSite(copyOf: full), try LongSite(copyOf: full))
    try undisturbed.prune()
    let first = "\(disturbed.store)/reports/day=\(day(6))"
    let run = try StageRun(
      "triage", ["prune", "--remove", "--as", "anna"] + disturbed.arguments([])
    ) { process in
      while process.isRunning, FileBytes.exists(first) { usleep(200) }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(run.exitCode == -SIGKILL)
    #expect(try disturbed.content().count > undisturbed.content().count)
    for site in [undisturbed, disturbed] {
      try addNextDay(site)
      try site.prune()
    }
    let (expected, found) = (try undisturbed.content(), try disturbed.content())
    #expect(Set(expected.keys) == Set(found.keys))
    #expect(found.filter { expected[$0.key] != $0.value }.keys.sorted() == [])
    let verify = try StageRun("triage", ["verify"] + disturbed.arguments([]))
    #expect(verify.exitCode == 0 && verify.standardOutput.contains("pruned.jsonl: "))
  }

  @Test("nothing is removed while another run is at work in the store")
  func besideAnother() throws {
    let site = try LongSite(copyOf: full)
    let before = try site.content()
    let another = open(site.store + "/store.lock", O_RDONLY)
    try #require(another >= 0 && flock(another, LOCK_SH) == 0)
    let refused = try StageRun(
      "triage", ["prune", "--remove", "--as", "anna"] + site.arguments([]))
    #expect(refused.exitCode == 1)
    #expect(refused.standardError.contains("\(site.store): another run is at work in it"))
    #expect(try site.content() == before)
    close(another)
    try site.prune()
    #expect(try site.content().count < before.count)
  }

  @Test("what a held incident rests on stays, whole, until it is released")
  func hold() throws {
    let site = try LongSite(copyOf: full)
    let scan = day(LongSite.scanDay)
    let list = try StageRun("triage", ["list", "--json"] + site.arguments([]))
    let line = try #require(
      list.standardOutput.split(separator: "\n").first { $0.contains("\"days\":[\"\(scan)\"") })
    let incident = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let id = try #require(incident["incident_id"] as? String)
    func triage(_ arguments: [String]) throws -> StageRun {
      try StageRun("triage", arguments + site.arguments(["--as", "anna"]))
    }
    #expect(try triage(["release", id, "--reason", "over"]).exitCode == 1)
    #expect(try triage(["hold", id, "--reason", "matter\n12"]).exitCode == 0)
    let dry = try site.prune([])
    #expect(dry.contains("events: kept: 1 folder of \(scan) to \(scan)"))
    #expect(dry.contains("\(id.prefix(8)) is held by anna (matter"))
    let before = try site.content()
    try site.prune()
    let kept = try site.content().keys
    for area in Area.allCases where area != .ingested && area != .learned {
      let folder = "\(area)/\(area == .baseline ? "asof" : "day")=\(scan)/"
      let files = before.keys.filter { $0.hasPrefix(folder) }
      #expect(!files.isEmpty && files.allSatisfy(kept.contains), "\(area)")
    }
    #expect(
      try FileBytes.names(in: site.store + "/ingested/source=router").count == 9,
      "the day's file, and those of the last eight days")
    #expect(try triage(["keygen"]).exitCode == 0)
    let bundle = try triage(["bundle", id, "--to", site.folder.path + "/evidence"])
    #expect(bundle.exitCode == 0, "\(bundle.standardError)")
    #expect(try triage(["release", id, "--reason", "over"]).exitCode == 0)
    try site.prune()
    #expect(try days(site, "events").first == LongSite.day(29))
  }

  @Test("what was pruned is not made again, and what was made from it stays and is said to")
  func notMadeAgain() throws {
    let site = try LongSite(copyOf: full)
    let kept = ["profiles_days = 97\n", "reports_days = 93\n"]
    try site.writeSite(
      retention: kept.reduce(LongSite.leastRetention) { $0.replacing($1, with: "") })
    let before = try site.content()
    #expect(try site.prune([]).contains("nothing was removed"))
    #expect(try site.content() == before)
    try site.prune()
    // Exports that still lie where they lay, and rows of a day that is gone.
    try site.write("late", ["\(day(3)) 19:00:00,10.0.0.3,203.0.113.5,41000,443,tcp,800,90000"])
    let ingest = try site.run("ingest", days: [])
    #expect(
      ingest.standardError.hasSuffix(
        "late.csv: made.flows: 1 rows, 0 rejected; 1 row too late, since their days were pruned\n"))
    #expect(try FileBytes.names(in: site.store + "/ingested/source=router").count == 9)
    let normalize = try StageRun("normalize", site.arguments(["--day", day(3)]))
    #expect(normalize.exitCode == 1)
    #expect(
      normalize.standardError.hasSuffix(
        "events/day=\(day(3)): was pruned on 2026-08-01; what was pruned is not made again\n"))
    for stage in ["normalize", "baseline", "score", "report"] {
      let run = try site.run(stage, days: ["--existing"])
      #expect(stage == "normalize" || run.standardError.contains("left as it is"), "\(stage)")
    }
    let after = try site.content()
    #expect(
      after.filter { before[$0.key] != $0.value }.keys.allSatisfy { $0.hasPrefix("ingested/") })
    let verify = try StageRun("report", ["verify"] + site.arguments(["--day", day(8)]))
    #expect(verify.exitCode == 0, "\(verify.standardError)")
    #expect(
      verify.standardError.contains(
        "can't be recomputed, since its inputs were pruned on 2026-08-01"))
    let period = try StageRun("report", ["period"] + site.arguments(["--day", day(8)]))
    #expect(period.exitCode == 0, "\(period.standardError)")
  }
}
