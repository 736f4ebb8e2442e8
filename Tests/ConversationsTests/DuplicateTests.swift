import Columnar
import Events
import Testing

@testable import Conversations

@Suite("Duplicates")
struct DuplicateTests {
  private func row(_ minute: Int, _ change: (inout FlowRow) -> Void = { _ in }) -> FlowRow {
    FlowRow("203.0.113.5:6000", "10.0.0.1:22", at: daytime(8, minute)).with(change)
  }

  @Test("honest repeats within one file stay")
  func honestRepeats() throws {
    let rows = (0..<500).map { row($0 % 3) }
    let (batches, summary) = try normalize([file("a", rows, export: nil)])
    #expect(written(batches).count == 500)
    #expect(summary.duplicateCount == 0)
    // A flood of three rows: each is there again, however often.
    #expect(summary.sources[0].repeatCount == 3)
  }

  @Test("of a file that holds all its rows twice, half are there again")
  func doubledFile() throws {
    let rows = (0..<60).map { row($0) }
    let (batches, summary) = try normalize([file("a", rows + rows, export: nil)])
    #expect(written(batches).count == 120)
    #expect(summary.sources[0].repeatCount == 60)
  }

  @Test("two overlapping files add nothing")
  func overlappingFiles() throws {
    let rows = (0..<60).flatMap { minute in [row(minute), row(minute) { $0.bytes = 7 }] }
    let first = file("a", Array(rows[..<80]), export: nil)
    let second = file("b", Array(rows[40...]), export: nil)
    let (batches, summary) = try normalize([first, second])
    #expect(written(batches).count == 120)
    #expect(summary.duplicateCount == 40)
    #expect(summary.sources[0].repeatCount == 0)
    #expect(summary.readCount == 160)
    let whole = try normalize([file("a", rows, export: nil)])
    #expect(written(batches) == written(whole.batches))
  }

  @Test("a row keeps its largest multiplicity in any one file")
  func multiplicity() throws {
    let files = [
      file("a", [row(1), row(1)], export: nil), file("b", [row(1), row(1), row(1)], export: nil),
      file("c", [row(1)], export: nil),
    ]
    let (batches, summary) = try normalize(files)
    #expect(batches[0][Event.logFile][0] == "b")
    #expect(written(batches).count == 3)
    #expect(summary.duplicateCount == 3)
  }

  @Test("a file that has grown and was sent again counts once, one-way records too")
  func grownFile() throws {
    let rows = (0..<20).map { row($0) }
    let again = EventFile(
      source: "router", logFile: "a", identity: "a2", rows: table(rows), export: oneway)
    let (batches, summary) = try normalize([again, file("a", Array(rows[..<12]))])
    #expect(written(batches).map(\.recordCount).reduce(0, +) == 20)
    #expect(summary.duplicateCount == 12)
  }

  @Test("the same rows from two sources both stay")
  func twoSources() throws {
    let files = [file("a", [row(1)], source: "x"), file("a", [row(1)], source: "y")]
    let (batches, summary) = try normalize(files)
    #expect(written(batches).count == 2)
    #expect(summary.duplicateCount == 0)
    #expect(summary.sources.map(\.conversationCount) == [1, 1])
  }

  @Test("where there is an id, the id decides")
  func ids() throws {
    let known = row(1) { $0.id = "C1" }
    let files = [
      file("a", [known, row(2) { $0.id = "C2" }], export: nil),
      file("b", [known.with { $0.bytes = 999 }, row(2) { $0.id = "C3" }], export: nil),
    ]
    let (batches, summary) = try normalize(files)
    #expect(summary.duplicateCount == 1)
    #expect(written(batches).map(\.sourceBytes) == [100, 100, 100])
  }

  @Test("a column that one file lacks and another leaves empty makes no difference")
  func missingColumns() throws {
    let files = [
      file("a", [row(1)], export: nil), file("b", [row(1)], export: nil, lacking: ["event_id"]),
    ]
    #expect(try normalize(files).summary.duplicateCount == 1)
  }

  @Test("names, not dictionary codes, decide whether rows are the same")
  func dictionaryCodes() throws {
    let (x, y) = (row(1) { $0.sourceHost = "x" }, row(1) { $0.sourceHost = "y" })
    let files = [file("a", [x, y], export: nil), file("b", [y, y, x], export: nil)]
    let (batches, summary) = try normalize(files)
    #expect(summary.duplicateCount == 2)
    #expect(written(batches).count == 3)
  }
}
