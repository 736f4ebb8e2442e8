import Events
import TestSupport
import Testing

@testable import StageKit

@Suite("Days that are due")
struct DueDaysTests {
  private let folder: TemporaryFolder
  private let store: Store
  private let site: Site
  /// 2026-01-05.
  private let first = CivilDate(dayNumber: 20_458)

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/store")
    let text = """
      [site]
      name = "Example"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      seed = "x"
      """
    try FileBytes.write(text.utf8, to: folder.path + "/site.toml")
    site = try Site(path: folder.path + "/site.toml")
  }

  private func days(_ range: ClosedRange<Int>) -> [CivilDate] { range.map(first.advanced) }

  private func make(_ area: Area, _ days: [CivilDate]) throws {
    for day in days {
      let plan = Manifest(stage: "test", algorithm: 1, subject: "\(area) \(day)")
      _ = try store.make(store.folder(area, day), plan: plan) { _ in [:] }
    }
  }

  private func due(_ area: Area, _ candidates: ClosedRange<Int>, until last: Int) throws
    -> [CivilDate]
  {
    try store.dueDays(
      of: area, until: first.advanced(by: last), site: site, from: days(candidates))
  }

  @Test("a new store begins with the first rows and goes on without a gap to the day before today")
  func newStore() throws {
    let found = try store.daysOfEvents(
      withRowsOn: Set(days(0...2) + days(5...6)), until: first.advanced(by: 8))
    #expect(found == days(0...8))
  }

  @Test("rows of a clock that was not set, and rows still to come, are no beginning")
  func strayRows() throws {
    let strays = [first.advanced(by: -4000), first.advanced(by: -91), first.advanced(by: 30)]
    let last = first.advanced(by: 2)
    #expect(
      try store.daysOfEvents(withRowsOn: Set(days(0...2) + strays), until: last) == days(0...2))
    let near = first.advanced(by: -90)
    #expect(try store.daysOfEvents(withRowsOn: [first, near], until: last).first == near)
  }

  @Test("where the newest rows are of long ago, no day is due")
  func oldRows() throws {
    #expect(
      try store.daysOfEvents(withRowsOn: Set(days(0...9)), until: first.advanced(by: 101)) == [])
    #expect(try store.daysOfEvents(withRowsOn: [], until: first) == [])
  }

  @Test("a store with days goes on from the first of them, whatever rows are older or missing")
  func knownStore() throws {
    try make(.events, days(3...4))
    let found = try store.daysOfEvents(withRowsOn: Set(days(0...4)), until: first.advanced(by: 6))
    #expect(found == days(3...6))
  }

  @Test("history that was replayed by name is not filled up to the days that follow it")
  func replayedHistory() throws {
    try make(.events, days(0...4) + days(100...101))
    let found = try store.daysOfEvents(
      withRowsOn: Set(days(0...4) + days(100...102)), until: first.advanced(by: 102))
    #expect(found == days(100...102))
  }

  @Test("a day of which a killed run left the first folder without the last is due")
  func halfMade() throws {
    try make(.profiles, days(0...19))
    try make(.features, days(0...2) + days(4...19))
    #expect(try due(.profiles, 0...19, until: 19) == ([3] + Array(13...19)).map(first.advanced))
    try make(.votes, days(0...19))
    #expect(try due(.votes, 0...19, until: 19).count == 20)
  }

  @Test("what is not made is due, and of what is made the last seven days")
  func missingAndRecent() throws {
    for area in [Area.profiles, .features] { try make(area, days(0...4) + days(6...19)) }
    #expect(
      try due(.profiles, 0...22, until: 21) == [5, 15, 16, 17, 18, 19, 20, 21].map(first.advanced))
  }

  @Test("what was pruned, and what can't be made since its source was, is not due")
  func prunedDays() throws {
    let events = days(1...1)[0]
    let profile = days(3...3)[0]
    try PruneLog(store: store.path).announce(
      [(Area.events, events), (Area.profiles, profile)].map { area, day in
        PruneLog.Entry(
          at: site.calendar.start(of: day), actor: "anna", area: area, folder: "\(area)/day=\(day)",
          days: day...day, manifest: "")
      })
    let pruned = try Store(path: store.path)
    let found = try pruned.dueDays(
      of: .profiles, until: first.advanced(by: 5), site: site, from: days(0...5))
    #expect(found == [0, 2, 4, 5].map(first.advanced))
  }

  @Test("recent days are the newest seven, and only what makes days takes all until one")
  func options() throws {
    try make(.reports, days(0...9))
    let recent = try DayOptions.parse(["--recent"])
    #expect(try recent.days(in: store, area: "reports", of: site) == days(3...9))
    // Who makes no days is not to take it for all of them.
    let until = try DayOptions.parse(["--until", "\(first.advanced(by: 2))"])
    #expect(throws: StageError.self) { try until.days(in: store, area: "reports", of: site) }
    let yesterday = try DayOptions.parse(["--day", "yesterday"])
    let today = site.calendar.day(of: Account.now)
    // The clock may pass midnight in between.
    let found = try #require(try yesterday.days(in: store, area: "reports", of: site).first)
    #expect([today, today.advanced(by: -1)].contains(found.advanced(by: 1)))
    for wrong in [["--until", "tomorrow"], ["--from", "yesterday", "--to", "yesterday"], []] {
      #expect(throws: (any Error).self) { try DayOptions.parse(wrong) }
    }
  }
}
