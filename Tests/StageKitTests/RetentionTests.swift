import Columnar
import Events
import Foundation
import TestSupport
import Testing

@testable import StageKit

private let moment = Instant(microseconds: 1_785_571_200_000_000)  // 2026-08-01T08:00:00Z

/// A site and a store that go with the test.
private struct PrunedStore {
  private let folder: TemporaryFolder
  var path: String { folder.path }
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/store")
  }
  func site(_ tables: String = "") throws -> Site {
    let text = """
      [site]
      name = "Example"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      seed = "x"
      \(tables)
      """
    try FileBytes.write(text.utf8, to: path + "/site.toml")
    return try Site(path: path + "/site.toml")
  }

  func make(_ area: Area, _ day: CivilDate) throws {
    let plan = Manifest(stage: "test", algorithm: 1, subject: "\(area) \(day)")
    _ = try store.make(store.folder(area, day), plan: plan) {
      try $0.write("x", to: "x.txt"); return [:]
    }
  }

  func announce(_ area: Area, _ day: CivilDate) throws {
    let folder = store.folder(area, day)
    try PruneLog(store: store.path).announce([
      PruneLog.Entry(
        at: moment, actor: "anna", area: area, folder: store.relative(folder), days: day...day,
        manifest: try ContentHasher.hash(file: "\(folder)/\(Manifest.fileName)"))
    ])
  }

  func prune(_ area: Area, _ day: CivilDate) throws {
    try announce(area, day)
    try store.remove(store.relative(store.folder(area, day)), of: area)
  }

  /// As the next command opens it.
  func reopened() throws -> Store {
    let store = try Store(path: path + "/store")
    try store.sweep()
    return store
  }
}

private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

@Test(
  "the least that may be kept is what later days look back on, and a week for rows that come late")
func leastDays() {
  // Weeks and months are reported from days' reports; the quality of data and what was seen look
  // back 90 days, calibration 112, incidents 60, and 30 more where nobody looked at them.
  let expected: [Area: Int] = [
    .ingested: 8, .events: 97, .profiles: 97, .quality: 97, .baseline: 7, .learned: 13,
    .features: 35, .votes: 119, .scores: 97, .reports: 93,
  ]
  for area in Area.allCases {
    #expect(area.leastDays(baselineDays: 28) == expected[area], "\(area)")
  }
  #expect(Area.features.leastDays(baselineDays: 60) == 67)
}

@Test("a site file that keeps less than later days need is refused, with the number they need")
func refusedRetention() throws {
  let place = try PrunedStore()
  for area in Area.allCases {
    let least = area.leastDays(baselineDays: 40)
    let head = "[baseline]\ndays = 40\n[retention]\n"
    let kept = try place.site("\(head)\(area)_days = \(least)").retention
    #expect(kept.days(of: area) == least)
    for wrong in [least - 1, 0, -5, .max] {
      #expect("\(area) \(wrong)") {
        _ = try place.site("\(head)\(area)_days = \(wrong)")
      } throws: {
        "\($0)".contains("[retention] \(area)_days: expected \(least) to 36500, found \(wrong)")
      }
    }
  }
  #expect(try place.site().retention.isEmpty)
  #expect { _ = try place.site("[retention]\nregistry_days = 400") } throws: {
    "\($0)".contains("[retention] registry_days: not a known key")
  }
}

@Test(
  "a folder whose inputs were pruned stays as it is, and one that is not there is refused with the reason"
)
func settled() throws {
  let place = try PrunedStore()
  let site = try place.site()
  let (first, second) = (try day("2026-03-02"), try day("2026-03-03"))
  for day in [first, second] { try place.make(.events, day) }
  try place.make(.profiles, first)
  try place.prune(.events, first)
  let store = try place.reopened()
  #expect(try store.settled(.profiles, first, site: site) == .settled(since: "2026-08-01"))
  #expect(try store.settled(.profiles, second, site: site) == nil)
  for (area, text) in [
    (Area.events, "was pruned on 2026-08-01; what was pruned is not made again"),
    (.votes, "can't be made, since events/day=2026-03-02 was pruned on 2026-08-01"),
  ] {
    #expect { _ = try store.settled(area, first, site: site) } throws: { "\($0)".hasSuffix(text) }
  }
  #expect(try store.settled(.quality, first, site: site) == .missing(since: "2026-08-01"))
  // A day of quality looks back 90 days: one that was never made is made from what is left.
  #expect(try store.settled(.quality, second, site: site) == nil)
  try place.make(.quality, second)
  #expect(
    try place.reopened().settled(.quality, second, site: site) == .settled(since: "2026-08-01"))
}

@Test("a folder that a killed run announced but did not touch still counts, and is announced once")
func announcedOnly() throws {
  let place = try PrunedStore()
  let first = try day("2026-03-02")
  try place.make(.events, first)
  try place.announce(.events, first)
  let store = try place.reopened()
  #expect(store.pruned.entry(of: "events/day=2026-03-02") == nil)
  #expect(try store.settled(.profiles, first, site: try place.site()) == nil)
  try place.prune(.events, first)
  #expect(try PruneLog(store: store.path).entries().count == 1)
  #expect(try place.reopened().pruned.entry(of: "events/day=2026-03-02")?.actor == "anna")
}

@Test("what a run that was killed as it removed left is swept, and never put back")
func sweptRemoval() throws {
  let place = try PrunedStore()
  let events = place.store.path + "/events"
  try FileBytes.makeFolder(events + "/.day=2026-03-02.pruned")
  try FileBytes.write("x".utf8, to: events + "/.day=2026-03-02.pruned/flow.arrow")
  try FileBytes.write("".utf8, to: events + "/.day=2026-03-02.lock")
  _ = try place.reopened()
  #expect(try FileBytes.names(in: events) == [])
}

@Test("a log of what was pruned that somebody changed is not believed")
func changedLog() throws {
  let place = try PrunedStore()
  let first = try day("2026-03-02")
  try place.make(.events, first)
  try place.prune(.events, first)
  let path = place.store.path + "/registry/pruned.jsonl"
  let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
  try FileBytes.write(text.replacing("anna", with: "bert").utf8, to: path)
  #expect { _ = try place.reopened() } throws: { "\($0)".hasPrefix("\(path):1: ") }
}
