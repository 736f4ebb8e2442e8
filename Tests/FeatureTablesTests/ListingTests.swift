import Columnar
import Forest
import TestSupport
import Testing

@testable import FeatureTables

@Suite struct ListingTests {
  private let folder: TemporaryFolder
  private let rows = makeRows(600)
  private let model: ScoringModel
  private let table: CSVTable

  init() throws {
    folder = try TemporaryFolder()
    let forest = try IsolationForest.train(
      rows, options: ForestOptions(treeCount: 20, sampleCount: 64, seed: 5), threads: 1)
    model = ScoringModel(.forest(forest), card: ModelCard(origin: "test"))
    table = try CSVTable(path: try folder.write(rows.csv))
  }

  private func forest() throws -> IsolationForest { try #require(model.forest) }

  private func verdicts(_ text: String) throws -> Verdicts {
    try Verdicts(
      paths: [try folder.write(text, to: "v.csv")], featureNames: rows.names, rowsOf: table)
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
    // Every score occurs often, those of later rows above many of earlier ones.
    let repeated = FeatureMatrix(
      names: rows.names,
      columns: rows.columns.map { column in (0..<3_000).map { column[$0 * $0 / 3_000 % 9] } })
    let table = try CSVTable(path: try folder.write(repeated.csv, to: "repeated.csv"))
    let order = ranking(byScore: try model.scores(repeated, threads: 1))
    for budget in [1, 7, 500, 2_999] {
      let listing = try RowPicking(model, budget: budget, threads: 2).strangest(of: table)
      #expect(listing.rows.numbers == Array(order.prefix(budget)))
    }
  }

  @Test("half of the rows come by the adjusted forest, half by the untouched one, none judged")
  func shared() throws {
    let order = ranking(byScore: try model.scores(rows, threads: 1))
    let text = "row,verdict\n\(order[0]),Benign\n\(order[1]),anomaly\n\(order[2]),\n"
    let listing = try RowPicking(model, budget: 10, threads: 2).strangest(
      of: table, verdicts: try verdicts(text), asOf: Instant(microseconds: .max))
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
  }

  @Test("a forest that verdicts have adjusted is not adjusted again, with a card before or without")
  func adjustedOnce() throws {
    let verdicts = try verdicts("row,verdict\n5,benign\n")
    func listing(_ model: ScoringModel) throws -> RowListing {
      try RowPicking(model, budget: 2, threads: 1).strangest(
        of: table, verdicts: verdicts, asOf: Instant(microseconds: 0))
    }
    var options = ForestEnsemble.Options(treeCount: 4, seed: 3)
    for index in options.forests.indices { options.forests[index].sampleCount = 32 }
    options.neighbours = NeighbourOptions(bagCount: 2, sampleCount: 32, seed: 3)
    try TableTraining(
      table, columns: rows.names, recipe: .ensemble(options), origin: "test", threads: 2
    ).model.write(to: folder.file("m"))
    for model in [
      model, ScoringModel(.forest(try forest()), card: nil),
      try ScoringModel(path: folder.file("m/standard.arrow")),
    ] {
      let path = folder.file("taught.arrow")
      try listing(model).model.write(to: path)
      let taught = try ScoringModel(path: path)
      let error = #expect(throws: ForestError.self) { try listing(taught) }
      #expect(
        error?.description
          == "verdicts: expected the forest as it was trained, for all verdicts at "
          + "once, found one that 1 have adjusted already")
    }
    #expect(throws: ForestError.self) { try listing(try ScoringModel(path: folder.file("m"))) }
  }

  @Test("verdicts beyond the limit are counted, and the card has the number of the others")
  func limit() throws {
    let text =
      "row,verdict,known_at\n5,benign,2026-03-03\n6,benign,2026-03-01\n7,anomaly,2026-03-02\n"
    let listing = try RowPicking(model, budget: 600, threads: 1).strangest(
      of: table, verdicts: try verdicts(text), asOf: Instant(microseconds: .max), verdictLimit: 2)
    #expect(listing.unusedVerdictCount == 1)
    #expect(listing.model.card?.verdictCount == 2)
    #expect(Set(0..<600).subtracting(listing.rows.numbers) == [5, 6, 7])
    let counted = try RowPicking(model, budget: 600, threads: 1).strangest(
      of: table, verdicts: try verdicts("row,verdict\n5,benign\n7,anomaly\n"),
      asOf: Instant(microseconds: .max))
    #expect(counted.unusedVerdictCount == 0)
    #expect(listing.model.forest?.trees == counted.model.forest?.trees)
  }

  @Test("two answers about a row at the same time are refused with both places")
  func contradiction() throws {
    let first = try folder.write("row,verdict\n9,anomaly\n5,benign\n", to: "first.csv")
    for text in ["row,verdict\n5,anomaly\n", "row,verdict\n8,benign\n5,Anomaly\n"] {
      let second = try folder.write(text, to: "second.csv")
      let error = #expect(throws: TableError.self) {
        try Verdicts(paths: [first, second], featureNames: rows.names, rowsOf: table)
      }
      #expect(
        error?.description == "\(second): row \(text.contains("8") ? 1 : 0): expected one answer "
          + "about a row, or known_at to say which is later, found another than in \(first), row 1")
    }
    let later = "row,verdict,known_at\n5,anomaly,2026-03-28\n9,anomaly,\n"
    let both = try Verdicts(
      paths: [first, try folder.write(later, to: "second.csv")], featureNames: rows.names,
      rowsOf: table)
    #expect(both.isAnomaly == [true, false, true, true])
  }

  @Test("a listing's columns don't pass for features of the same names")
  func ambiguous() throws {
    let path = try folder.write("row,score,verdict\n5,0.7,benign\n")
    for names in [["score"], ["row"]] {
      let error = #expect(throws: TableError.self) {
        try Verdicts(paths: [path], featureNames: names, rowsOf: table)
      }
      #expect(
        error?.description == "\(path): expected either rows' numbers in a column row or the "
          + "model's features, found both; leave one out")
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
    // 2026-03-28.
    let day = Instant(microseconds: 20_540 * 86_400_000_000)
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
      ("", "expected a column verdict, with anomaly or benign in it, and commas between columns"),
      ("row;verdict\n1;benign\n", "in it, and commas between columns, found row;verdict"),
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
}
