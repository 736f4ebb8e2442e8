import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@testable import Registry

private let moment = Instant(microseconds: 1_785_571_200_000_000)  // 2026-08-01T08:00:00Z

/// A store with days from 2026-01-01 on in each of some areas, and a site that keeps a part of
/// them.
private struct AgedStore {
  private let folder: TemporaryFolder
  var path: String { folder.path }
  let store: Store
  let first: CivilDate

  init(_ areas: [Area], dayCount: Int) throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/store")
    first = try #require(CivilDate("2026-01-01"))
    for area in areas {
      for index in 0..<dayCount { try make(store.folder(area, first.advanced(by: index))) }
    }
  }

  func make(_ folder: String, facts: [String: String] = [:]) throws {
    let plan = Manifest(stage: "test", algorithm: 1, subject: folder)
    _ = try store.make(folder, plan: plan) { output in
      try output.write("x", to: "x.txt")
      return facts
    }
  }

  func plan(_ retention: String, holds: [LegalHold] = []) throws -> PrunePlan {
    try FileBytes.write(
      """
      [site]
      name = "Example"
      timezone = "Europe/Berlin"
      networks = ["10.0.0.0/8"]
      seed = "x"
      [retention]
      \(retention)
      """.utf8, to: path + "/site.toml")
    return try PrunePlan(site: try Site(path: path + "/site.toml"), store: store, holds: holds)
  }
}

@Test(
  "days are counted from the newest with a report, and what is made from others goes before them")
func planOrder() throws {
  let aged = try AgedStore([.events, .votes, .reports], dayCount: 121)
  try aged.make(aged.store.folder(.events, aged.first.advanced(by: 121)))
  let plan = try aged.plan("events_days = 120\nvotes_days = 119")
  #expect(plan.newest == aged.first.advanced(by: 120))
  #expect(
    plan.folders.map(\.path) == [
      "votes/day=2026-01-01", "votes/day=2026-01-02", "events/day=2026-01-01",
    ])
  #expect(try aged.plan("").folders == [])
  #expect(try AgedStore([.events], dayCount: 121).plan("events_days = 97").folders == [])
}

@Test("files go when all their days are beyond, and weeks and months with the last of theirs")
func plannedRanges() throws {
  let aged = try AgedStore([.events, .reports], dayCount: 121)
  let start = 490_896  // The hour of 2026-01-01T00:00Z since 1970, which is 01:00 in Berlin.
  func file(_ name: String, _ hours: [Int]) throws {
    try aged.make(
      aged.store.ingested(source: "s", fileHash: name),
      facts: [
        "source": "s", "log_file": name, "class": "flow", "flow_kind": "biflow",
        "rows_by_hour": hours.map { "\(start + $0):1" }.joined(separator: " "),
      ])
  }
  // Kept are days from 2026-04-24 on, the 113th after the first.
  try file("old", [0, 5])
  try file("lastday", [0, 113 * 24 - 3])
  try file("nextday", [0, 113 * 24 - 2])
  try file("empty", [])
  // Of a day that no stage has taken in.
  try file("unread", [-30])
  for period in ["week=2026-W01", "week=2026-W05", "month=2026-01"] {
    try aged.make("\(aged.store.path)/reports/\(period)")
  }
  let plan = try aged.plan("ingested_days = 8\nreports_days = 93")
  // Kept are reports from 2026-01-29 on, a Thursday of week 5.
  #expect(
    plan.folders.filter { !$0.path.contains("day=") }.map(\.path) == [
      "reports/week=2026-W01", "ingested/source=s/file=old", "ingested/source=s/file=lastday",
    ])
}

@Test("a hold keeps all that the store has of its days, and what stretches over them")
func planHold() throws {
  let aged = try AgedStore([.events, .reports], dayCount: 121)
  try aged.make("\(aged.store.path)/reports/week=2026-W01")
  let hold = LegalHold(
    incident: "a", reason: "matter 12", by: "anna", days: [aged.first.advanced(by: 1)])
  let plan = try aged.plan("events_days = 100\nreports_days = 100", holds: [hold])
  #expect(
    plan.folders.filter { $0.hold == hold }.map(\.path) == [
      "reports/day=2026-01-02", "reports/week=2026-W01", "events/day=2026-01-02",
    ])
  try FileBytes.makeFolder(aged.store.wording)
  let worded = ["2026-01-01", "2026-01-02"].map { "\(aged.store.wording)/day=\($0).jsonl" }
  for path in worded { try FileBytes.write("{}".utf8, to: path) }
  try plan.remove(from: aged.store, at: moment, actor: "anna")
  // What a language model answered goes with the report, and stays with it.
  #expect(worded.map(FileBytes.exists) == [false, true])
  let left = try Store(path: aged.store.path)
  #expect(try left.days(in: "events").first == aged.first.advanced(by: 1))
  #expect(try left.days(in: "events").count == 101)
  let entries = try PruneLog(store: left.path).entries()
  #expect(entries.count == plan.going.count && entries.count == 40)
  #expect(entries.first?.area == .reports && entries.last?.area == .events)
  #expect(left.pruned.entry(of: "events/day=2026-01-01")?.date == "2026-08-01")
}

@Test("a hold stands from its act to its release")
func holdFold() throws {
  let subject = RegistryEvent.Subject(
    incident: "a", entityKind: .host, entity: "10.0.0.7",
    firstDay: try #require(CivilDate("2026-01-02")),
    lastDay: try #require(CivilDate("2026-01-04")))
  let acts: [RegistryEvent.Act] = [
    .hold(subject: subject, reason: "matter 12"), .release(incident: "a", reason: "over"),
  ]
  let events = acts.map { RegistryEvent(at: moment, actor: "anna", act: $0) }
  #expect(
    RegistryState(Array(events[..<1])).records["a"]?.hold
      == .init(subject: subject, reason: "matter 12", by: "anna", at: moment))
  // No report has the incident any more: its days are held all the same.
  let holds = LegalHold.all([], RegistryState(Array(events[..<1])))
  #expect(
    holds.flatMap(\.days).sorted().map(\.description)
      == ["2026-01-02", "2026-01-03", "2026-01-04"])
  #expect(RegistryState(events).records["a"]?.hold == nil)
}
