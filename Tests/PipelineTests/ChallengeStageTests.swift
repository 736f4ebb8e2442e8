import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@Suite("Champions and challengers over days") struct ChallengeStageTests {
  private let office: SmallOffice
  private let last = SmallOffice.dayCount - 1

  init() throws { office = try SmallOffice.reference.get() }

  private func charges(_ store: String, _ index: Int) throws -> [(inCharge: Bool, days: Int)] {
    let table = try ArrowReader(
      path: "\(office.store(store))/scores/day=\(SmallOffice.day(index))/charge.arrow",
      expecting: DetectorCharge.schema)
    let batch = try table.batch(0)
    return (0..<batch.rowCount).map {
      (
        batch[DetectorCharge.isChallengerInCharge][$0] ?? false,
        Int(batch[DetectorCharge.days].value($0))
      )
    }
  }

  /// The page in Markdown, without what keeps Markdown from being read into it.
  private func report(_ store: String, _ index: Int) throws -> String {
    let path = "\(office.store(store))/reports/day=\(SmallOffice.day(index))/report.md"
    return String(decoding: try FileBytes.read(path), as: UTF8.self)
      .replacing("\\", with: "").replacing("\u{200B}", with: "")
  }

  private func detectors(_ path: String) throws -> Set<String> {
    let table = try ArrowReader(path: path, expecting: Vote.schema)
    var names: Set<String> = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      for row in 0..<batch.rowCount { names.insert(batch[Vote.detector][row] ?? "") }
    }
    return names
  }

  /// Who signs in, in what is known of edges before a day.
  private func users(_ store: String, _ index: Int) throws -> Set<String> {
    let table = try ArrowReader(
      path: "\(office.store(store))/learned/asof=\(SmallOffice.day(index))/learned_edges.arrow",
      expecting: LearnedEdge.schema)
    var users: Set<String> = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      for row in 0..<batch.rowCount where batch[LearnedEdge.isUser][row] ?? false {
        users.insert(batch[LearnedEdge.originator][row] ?? "")
      }
    }
    return users
  }

  @Test(
    "models are made on Saturdays, users among what they know, and days after them are compared until there are fourteen"
  )
  func week() throws {
    for index in 0...last {
      let day = SmallOffice.day(index)
      let folder = "\(office.store("challenged"))/learned/asof=\(day)"
      #expect(
        FileBytes.exists("\(folder)/edge_model.arrow") == [5, 12, 19].contains(index), "\(day)")
      #expect(FileBytes.exists("\(folder)/learned_edges.arrow") == (index >= 5), "\(day)")
    }
    #expect(try users("challenged", 13) == Set((1...16).map { "user\($0)" }))
    // Detectors need seven days.
    #expect(try charges("challenged", 7).map(\.days) == [0, 0])
    #expect(try charges("challenged", last).map(\.days) == [12, 12])
    let report = try report("challenged", last)
    for name in ["learned-edges", "learned-sequences"] {
      #expect(report.contains("\(name) is only compared: on copies of 12 days"), "\(report)")
    }
  }

  @Test("each day by itself on one thread makes the bytes of a replay on two")
  func nightly() throws {
    try office.copy(to: "nightly", before: 11)
    for index in 11...14 {
      for stage in SmallOffice.stages.dropFirst() {
        try office.run(stage, "challenged", "nightly", from: index, threads: 1)
      }
    }
    let (nightly, replay) = (
      try StoreContent(office.store("nightly")), try StoreContent(office.store("challenged"))
    )
    let compared = nightly.files.keys.filter {
      !$0.hasPrefix("registry") && $0 != "reports/index.html"
    }
    #expect(compared.contains { $0.hasPrefix("learned/asof=\(SmallOffice.day(12))") })
    #expect(compared.filter { nightly.files[$0] != replay.files[$0] }.sorted() == [])
  }

  @Test("those that are not in charge change nothing, and a site that compares none has none")
  func shadow() throws {
    for stage in SmallOffice.stages.dropFirst().dropLast() {
      try office.run(stage, "plain", "plain", from: 0, to: last)
    }
    let (plain, challenged) = (
      try StoreContent(office.store("plain")).files,
      try StoreContent(office.store("challenged")).files
    )
    let words = ["learned", "challengers", "comparison", "charge"]
    #expect(plain.keys.filter { name in words.contains { name.contains($0) } }.sorted() == [])
    for text in plain.filter({ $0.key.hasSuffix("manifest.json") }).values {
      let manifest = String(decoding: text, as: UTF8.self)
      #expect(!manifest.contains("challenger") && !manifest.contains("learned"))
    }
    let made =
      plain.keys.filter {
        ($0.hasPrefix("scores/") || $0.hasPrefix("baseline/")) && $0.hasSuffix(".arrow")
      } + plain.keys.filter { $0.hasSuffix("/raw.arrow") }
    #expect(made.filter { plain[$0] != challenged[$0] }.sorted() == [])
    #expect(
      try !charges("challenged", last).contains(where: \.inCharge), "else nothing is tested here")
  }

  @Test("one that was clearly better on the days before decides in place of its detector")
  func inCharge() throws {
    try office.copy(to: "better", before: last)
    for index in 5..<last {
      let folder = "\(office.store("better"))/votes/day=\(SmallOffice.day(index))"
      let table = TableBuilder(Comparison.schema)
      table.column(Comparison.champion).append("edges")
      table.column(Comparison.challenger).append("learned-edges")
      table.column(Comparison.championPrecision).append(0.5)
      table.column(Comparison.challengerPrecision).append(0.6)
      table.column(Comparison.hosts).append(20)
      table.column(Comparison.attacked).append(2)
      let writer = try ArrowWriter(path: "\(folder)/comparison.arrow", schema: Comparison.schema)
      try writer.write(table.finishBatch())
      try writer.finish()
    }
    for stage in SmallOffice.stages.dropFirst() {
      try office.run(stage, "challenged", "better", from: last)
    }
    #expect(try charges("better", last).map(\.inCharge) == [true, false])
    let day = SmallOffice.day(last)
    let folder = office.store("better")
    let scored = try detectors("\(folder)/scores/day=\(day)/scores.arrow")
    let raw = try detectors("\(folder)/votes/day=\(day)/raw.arrow")
    let challengers = try detectors("\(folder)/votes/day=\(day)/challengers.arrow")
    #expect(raw.contains("edges") && challengers.contains("learned-edges"))
    #expect(!scored.contains("edges") && !scored.contains("learned-sequences"))
    #expect(
      scored == raw.subtracting(["edges"]).union(challengers.intersection(["learned-edges"])))
    let report = try report("better", last)
    let since = SmallOffice.day(12)
    #expect(
      report.contains(
        "learned-edges decides since \(since) in place of edges: on copies of 14 days with attacks "
          + "put in, the challenger's average precision differed by +0.1 (+0.1 to +0.1)"),
      "\(report)")
  }
}
