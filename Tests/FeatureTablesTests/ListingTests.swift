import Columnar
import Forest
import Testing

@testable import FeatureTables

@Suite struct ListingTests {
  private let folder: TestFolder
  private let rows = makeRows(600)
  private let model: ScoringModel
  private let table: CSVTable

  init() throws {
    folder = try TestFolder()
    let forest = try IsolationForest.train(
      rows, options: ForestOptions(treeCount: 20, sampleCount: 64, seed: 5), threads: 1)
    model = ScoringModel(.forest(forest), card: ModelCard(origin: "test"))
    table = try CSVTable(path: try folder.write(rows.csv))
  }

  private func forest() throws -> IsolationForest { try #require(model.forest) }

  private func verdicts(_ text: String) throws -> Verdicts {
    try VerdictFile(path: try folder.write(text, to: "v.csv"))
      .verdicts(featureNames: rows.names, rowsOf: table)
  }

  @Test("a budget lists the rows of the highest scores, the first of equal ones first")
  func strangest() throws {
    let scores = try model.scores(rows, threads: 1)
    for budget in [1, 7, 600, 1_000] {
      let listing = try RowPicking(model, budget: budget, explainedCount: 2, threads: 2)
        .strangest(of: table)
      let expected = Array(ranking(byScore: scores).prefix(budget))
      #expect(listing.rows.numbers == expected)
      #expect(listing.rows.scores == expected.map { scores[$0] })
      #expect(listing.rows.contributions.count == 2)
    }
  }

  @Test("half of the rows come by the adjusted forest, half by the untouched one, none judged")
  func shared() throws {
    let order = ranking(byScore: try model.scores(rows, threads: 1))
    let text = "row,verdict\n\(order[0]),Benign\n\(order[1]),anomaly\n\(order[2]),\n"
    let listing = try RowPicking(model, budget: 10, threads: 2).strangest(
      of: table, forest: try forest(), verdicts: try verdicts(text),
      asOf: Instant(microseconds: .max))
    let judged = Set(order.prefix(2))
    let adjusted = ranking(byScore: try listing.model.scores(rows, threads: 1))
    #expect(
      listing.rows.numbers
        == sharedBudget(
          adjusted.filter { !judged.contains($0) }, order.filter { !judged.contains($0) },
          count: 10))
    #expect(listing.rows.untouchedScores != listing.rows.scores)
    #expect(listing.model.card?.verdictCount == 2)
    #expect(listing.model.reference == nil && listing.layout.hasUntouchedScores)
    // The line is the path of the last row that the budget reaches.
    let line = try forest().pathLength(rows, row: order[9])
    let expected = try forest().adjusted(
      by: try verdicts(text), asOf: Instant(microseconds: 0), options: FeedbackOptions(line: line))
    #expect(listing.model.forest?.trees == expected.trees)
    #expect(throws: ForestError.self) {
      try RowPicking(listing.model, budget: 1, threads: 1).strangest(
        of: table, forest: try #require(listing.model.forest), verdicts: try verdicts(text),
        asOf: Instant(microseconds: 0))
    }
  }

  @Test("verdicts name rows by number or by their features, and hold from when they were known")
  func sameVerdicts() throws {
    let numbered = try verdicts(
      "known_at,row,verdict\n2026-03-28,5,anomaly\n,16,benign\n2026-03-28T00:00:01Z,0,ANOMALY\n")
    var text = "verdict,known_at,b,a,c\n"
    for (row, verdict) in [(5, "anomaly,2026-03-28"), (16, "benign,"), (0, "anomaly,2026-03-29")] {
      let cells = [1, 0, 2].map { rows.columns[$0][row].isNaN ? "NA" : "\(rows.columns[$0][row])" }
      text += verdict + "," + cells.joined(separator: ",") + "\n"
    }
    let described = try verdicts(text)
    for verdicts in [numbered, described] {
      #expect(verdicts.rows.names == ["a", "b", "c"])
      for (place, row) in [5, 16, 0].enumerated() {
        #expect(RowKey(verdicts.rows, row: place) == RowKey(rows, row: row))
      }
      #expect(verdicts.isAnomaly == [true, false, true])
    }
    let day = try #require(Instant(utc: "2026-03-28"))
    #expect(numbered.knownAt[0] == day && described.knownAt[1] < numbered.knownAt[0])
    #expect(Set(numbered.counted(asOf: day, limit: 9)) == [0, 1])
    #expect(numbered.counted(asOf: Instant(microseconds: .max), limit: 9).count == 3)
    let both = Verdicts([numbered, described])
    #expect(both.rows.rowCount == 6)
    #expect(both.counted(asOf: Instant(microseconds: .max), limit: 9).count == 3)
  }

  @Test("rows are found in tables of several pieces, in any order and more than once")
  func rowsByNumber() throws {
    let many = makeRows(70_000)
    try many.writeArrow(to: folder.file("rows.arrow"))
    let table = try ArrowTable(path: folder.file("rows.arrow"))
    let found = try table.rows([69_999, 3, 65_536, 65_535, 3], of: ["c", "a"])
    #expect(found.columns[0] == [69_999, 3, 65_536, 65_535, 3].map { many.columns[2][$0] })
    #expect(found.columns[1] == [69_999, 3, 65_536, 65_535, 3].map { many.columns[0][$0] })
    #expect(throws: TableError.self) { try table.rows([70_000], of: ["a"]) }
  }

  @Test(
    "files that hold no verdicts are refused with row, expected and found",
    arguments: [
      ("", "expected a column verdict, with anomaly or benign in it, found "),
      (
        "row,answer\n1,benign\n",
        "expected a column verdict, with anomaly or benign in it, found row"
      ),
      ("row,verdict\n1,\n2,yes\n", "row 1: expected anomaly or benign as the verdict, found yes"),
      ("row,verdict\n1,benign,2\n", "row 0: expected 2 cells, found 3"),
      ("row,verdict\n-1,benign\n", "row 0: expected a row's number, found -1"),
      (
        "row,verdict\n600,benign\n",
        "rows.csv: expected a row 600 that a verdict is about, found 600"
      ),
      ("a,b,verdict\n1,2,benign\n", "expected a column row, or the features a, b, c, found a, b"),
      ("a,b,c,verdict\n1,x,2,benign\n", "row 0: expected a number in b, found x"),
      (
        "row,verdict,known_at\n1,benign,28.3.26\n",
        "row 0: expected known_at as 2026-03-28 or 2026-03-28T14:05:06Z, found 28.3.26"
      ),
    ])
  func malformed(text: String, message: String) throws {
    let error = #expect(throws: TableError.self) { try verdicts(text) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("times are dates and seconds of UTC, and nothing else")
  func times() {
    #expect(Instant(utc: "1970-01-02")?.microseconds == 86_400_000_000)
    #expect(Instant(utc: "1970-01-01T01:02:03Z")?.microseconds == 3_723_000_000)
    for text in [
      "", "2026-02-30", "2026-03-28T", "2026-03-28T24:00:00Z", "2026-03-28T1:00:00Z",
      "2026-03-28 01:00:00", "2026-03-28T01:00:00", "2026-03-28T01:00Z", "2026-03-28T+1:00:00Z",
    ] {
      #expect(Instant(utc: text) == nil, "\(text)")
    }
  }
}
