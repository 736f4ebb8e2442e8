import ArrowFile
import Columnar
import Forest
import Foundation
import TestSupport
import Testing

@testable import FeatureTables

@Suite struct ScoringTests {
  private let folder: TemporaryFolder
  private let options = ForestOptions(treeCount: 20, sampleCount: 64, seed: 5)

  init() throws { folder = try TemporaryFolder() }

  private func scores(_ path: String) throws -> [Float] {
    let reader = try ArrowReader(path: path)
    var scores: [Float] = []
    for index in 0..<reader.batchCount {
      let batch = try reader.batch(index)
      let column = batch[ColumnKey<Values<Float>>("score")]
      let rows = batch[ColumnKey<Values<UInt64>>("row")]
      for row in 0..<batch.rowCount {
        #expect(Int(rows.value(row)) == scores.count)
        scores.append(column.value(row))
      }
    }
    return scores
  }

  @Test("a table's scores are those of its rows in memory, whatever file and threads")
  func sameScores() throws {
    let rows = makeRows(1_500)
    let forest = try IsolationForest.train(rows, options: options, threads: 1)
    let expected = try forest.scores(rows, threads: 1)
    let csv = try CSVTable(path: try folder.write(rows.csv))
    try rows.writeArrow(to: folder.file("rows.arrow"))
    let arrow = try ArrowTable(path: folder.file("rows.arrow"))
    func check(_ table: some FeatureTable, threads: Int) throws {
      let training = try TableTraining(
        table, columns: ["a", "b", "c"], recipe: .forest(options), origin: "test", threads: threads)
      #expect(training.model.forest?.trees == forest.trees)
      let path = folder.file("scores.arrow")
      let scoring = TableScoring(training.model, threads: threads)
      let sink = try ArrowScores(path: path, layout: scoring.layout)
      let result = try scoring.score(table, to: sink)
      #expect(result.rowCount == 1_500)
      #expect(try scores(path) == expected)
    }
    for threads in [1, 3] {
      try check(csv, threads: threads)
      try check(arrow, threads: threads)
    }
  }

  @Test("tables of several pieces are scored as one, and trees grown from a part of them")
  func pieces() throws {
    let rows = makeRows(70_000)
    try rows.writeArrow(to: folder.file("rows.arrow"))
    let table = try ArrowTable(path: folder.file("rows.arrow"))
    let training = try TableTraining(
      table, columns: rows.names, recipe: .forest(options), origin: "test", threads: 2)
    #expect(training.model.card?.training?.rowCount == 70_000)
    #expect(training.model.card?.training?.features[0].least == rows.columns[0].min())
    let path = folder.file("scores.arrow")
    for threads in [1, 2] {
      let scoring = TableScoring(training.model, threads: threads)
      _ = try scoring.score(table, to: try ArrowScores(path: path, layout: scoring.layout))
      #expect(try scores(path) == training.model.scores(rows, threads: 2))
    }
  }

  @Test("CSV scores name the features that shorten a row's path most")
  func explanation() throws {
    let rows = FeatureMatrix(
      names: ["plain", "odd, one"],
      columns: [(0..<64).map { Float($0 % 8) }, (0..<64).map { $0 == 9 ? 1e6 : Float($0 % 5) }])
    try rows.writeArrow(to: folder.file("rows.arrow"))
    let table = try ArrowTable(path: folder.file("rows.arrow"))
    let forest = try IsolationForest.train(rows, options: options, threads: 1)
    let path = folder.file("scores.csv")
    let scoring = TableScoring(
      ScoringModel(.forest(forest), card: nil), explainedCount: 5, threads: 1)
    _ = try scoring.score(table, to: try CSVScores(path: path, layout: scoring.layout))
    let lines = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines[0] == "row,score,feature_1,contribution_1,feature_2,contribution_2")
    let edges = try forest.contributions(rows, threads: 1).row(9).map { Float($0) }
    let score = try forest.scores(rows, threads: 1)[9]
    #expect(lines[10] == "9,\(score),\"odd, one\",\(edges[1]),plain,\(edges[0])")
    #expect(edges[1] > edges[0])
    #expect(lines.count == 65)
  }

  @Test("contributions of long pieces are those of single rows, the first of equal ones first")
  func greatestContributions() throws {
    final class KeepingSink: ScoreSink {
      var contributions: [[(feature: Int, edges: Double)]] = []
      func write(_ rows: ScoredRows) -> Bool {
        contributions = rows.contributions
        return true
      }
      func finish() {}
    }
    let drawn = makeRows(9_000)
    let constant = [Float](repeating: 1, count: 9_000)
    let rows = FeatureMatrix(
      names: ["d", "a", "e", "b", "c", "f"],
      columns: [
        constant, drawn.columns[0], constant, drawn.columns[1], drawn.columns[2], constant,
      ])
    try rows.writeArrow(to: folder.file("rows.arrow"))
    let table = try ArrowTable(path: folder.file("rows.arrow"))
    let forest = try IsolationForest.train(rows, options: options, threads: 2)
    let all = try forest.contributions(rows, threads: 2)
    for count in [2, 6] {
      let sink = KeepingSink()
      let model = ScoringModel(.forest(forest), card: nil)
      _ = try TableScoring(model, explainedCount: count, threads: 2).score(table, to: sink)
      #expect(sink.contributions.count == count)
      var differingCount = 0
      for row in 0..<9_000 {
        let edges = Array(all.row(row))
        let order = edges.indices.sorted { (-edges[$0], $0) < (-edges[$1], $1) }
        for (rank, contributions) in sink.contributions.enumerated() {
          let isSame =
            contributions[row].feature == order[rank]
            && contributions[row].edges == edges[order[rank]]
          if !isSame { differingCount += 1 }
        }
      }
      #expect(differingCount == 0)
    }
  }

  @Test("a table without the model's features is refused, and no output left behind")
  func otherFeatures() throws {
    let forest = try IsolationForest.train(makeRows(100), options: options, threads: 1)
    let table = try CSVTable(path: try folder.write("a,b,c\n1,2,x\n"))
    let output = folder.file("scores.csv")
    let error = #expect(throws: TableError.self) {
      let scoring = TableScoring(ScoringModel(.forest(forest), card: nil), threads: 1)
      _ = try scoring.score(table, to: try CSVScores(path: output, layout: scoring.layout))
    }
    #expect(
      error?.description == "\(table.path): expected the model's feature c as a column of numbers, "
        + "found text such as \"x\"")
    #expect(try folder.names() == ["rows.csv"])
  }

  @Test("a sink that wants no more stops the reading")
  func stop() throws {
    final class ImpatientSink: ScoreSink {
      var rowCounts: [Int] = []
      func write(_ rows: ScoredRows) -> Bool {
        rowCounts.append(rows.scores.count)
        return false
      }
      func finish() {}
    }
    let rows = makeRows(140_000)
    try rows.writeArrow(to: folder.file("rows.arrow"))
    let forest = try IsolationForest.train(makeRows(100), options: options, threads: 1)
    let sink = ImpatientSink()
    _ = try TableScoring(ScoringModel(.forest(forest), card: nil), threads: 1).score(
      try ArrowTable(path: folder.file("rows.arrow")), to: sink)
    #expect(sink.rowCounts == [65_536])
  }
}
