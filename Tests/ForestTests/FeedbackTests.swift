import Columnar
import Testing

@testable import Forest

@Suite struct FeedbackTests {
  /// 2,000 rows of a bulk; every 100th is far off in feature 0 (kind A) and every 100th + 50 in
  /// feature 1 (kind B).
  private static let rows = makeRows(seed: 40, rowCount: 2_000, featureCount: 32)
    .features { $0 % 4 == 0 }
    .mapValues { value, feature, row in
      feature == kind(row) ? 2 + value : value
    }
  private static func kind(_ row: Int) -> Int? { row % 100 == 0 ? 0 : row % 100 == 50 ? 1 : nil }
  private static let kindA = Array(stride(from: 0, to: 2_000, by: 100))
  private static let kindB = Array(stride(from: 50, to: 2_000, by: 100))

  private let forest: IsolationForest
  private let options: FeedbackOptions

  private static let trained = Result {
    try IsolationForest.train(rows, options: ForestOptions(treeCount: 40, seed: 41), threads: 2)
  }

  init() throws {
    forest = try Self.trained.get()
    options = FeedbackOptions(
      line: try forest.pathLength(ofShortest: 0.03, of: Self.rows, threads: 2))
  }

  private func verdicts(_ answers: [(row: Int, isAnomaly: Bool, at: Int64)]) -> Verdicts {
    Verdicts(
      rows: FeatureMatrix(
        names: Self.rows.names,
        columns: Self.rows.columns.map { column in answers.map { column[$0.row] } }),
      isAnomaly: answers.map(\.isAnomaly),
      knownAt: answers.map { Instant(microseconds: $0.at) })
  }

  private func adjusted(
    _ answers: [(row: Int, isAnomaly: Bool, at: Int64)], asOf instant: Int64 = 100
  ) throws -> IsolationForest {
    try forest.adjusted(
      by: verdicts(answers), asOf: Instant(microseconds: instant), options: options)
  }

  @Test("an anomaly's path gets shorter, a benign row's longer")
  func direction() throws {
    let ordinary = 7
    let adjusted = try adjusted([(ordinary, true, 1), (Self.kindA[0], false, 2)])
    let rows = Self.rows
    #expect(adjusted.pathLength(rows, row: ordinary) < forest.pathLength(rows, row: ordinary))
    #expect(
      adjusted.pathLength(rows, row: Self.kindA[0]) > forest.pathLength(rows, row: Self.kindA[0]))
  }

  @Test("a row that shares no leaf with a judged one keeps its path")
  func untouchedRows() throws {
    let adjusted = try adjusted([(Self.kindA[0], false, 1)])
    let judged = forest.trees.map { $0.leaf(Self.rows, row: Self.kindA[0]) }
    let apart = stride(from: 0, to: 2_000, by: 5).filter { row in
      zip(forest.trees, judged).allSatisfy { $0.leaf(Self.rows, row: row) != $1 }
    }
    #expect(apart.count > 50)
    for row in apart {
      let change = adjusted.pathLength(Self.rows, row: row) - forest.pathLength(Self.rows, row: row)
      #expect(abs(change) < 1e-5)
    }
  }

  @Test("one benign verdict moves no anomaly of another kind over the line")
  func oneFalsePositive() throws {
    let strongB = Self.kindB.filter {
      forest.pathLength(Self.rows, row: $0) <= options.line
    }
    #expect(strongB.count >= 10)
    for judged in Self.kindA.prefix(3) {
      let adjusted = try adjusted([(judged, false, 1)])
      for row in strongB {
        let path = adjusted.pathLength(Self.rows, row: row)
        #expect(path <= options.line)
        #expect(path - forest.pathLength(Self.rows, row: row) < 0.5)
      }
    }
  }

  @Test("one verdict changes no path by more than the prior allows")
  func bound() throws {
    let adjusted = try adjusted([(Self.kindA[0], false, 1)])
    for row in stride(from: 0, to: 2_000, by: 5) {
      let change = adjusted.pathLength(Self.rows, row: row) - forest.pathLength(Self.rows, row: row)
      #expect(abs(change) <= 1 / options.priorWeight)
    }
  }

  @Test("where one kind is called benign and the other not, the other fills the top of the ranking")
  func teaching() throws {
    let adjusted = try adjusted(
      Self.kindA.prefix(10).map { ($0, false, 1) } + Self.kindB.prefix(10).map { ($0, true, 2) })
    let ranking = ranking(byScore: try adjusted.scores(Self.rows, threads: 1))
    // Ten of each kind were not judged.
    let top = ranking.filter { !($0 < 1_000 && Self.kind($0) != nil) }.prefix(10)
    #expect(top.filter { Self.kind($0) == 1 }.count >= 6)
    #expect(top.filter { Self.kind($0) == 0 }.isEmpty)
  }

  @Test("answers given later than asked for don't count; none leaves the forest as it was")
  func asOf() throws {
    let answers: [(Int, Bool, Int64)] = [(0, false, 10), (50, true, 20)]
    #expect(try adjusted(answers, asOf: 9).trees == forest.trees)
    #expect(try adjusted(answers, asOf: 19).trees == adjusted([answers[0]]).trees)
    #expect(try adjusted(answers, asOf: 20).trees != adjusted([answers[0]]).trees)
  }

  @Test("of several answers about the same numbers the latest counts, anomaly where they tie")
  func repeated() throws {
    let once = try adjusted([(0, true, 5)]).trees
    #expect(try adjusted([(0, false, 4), (0, true, 5)]).trees == once)
    #expect(try adjusted([(0, true, 5), (0, true, 5), (0, false, 5)]).trees == once)
    #expect(try adjusted([(0, true, 5), (0, false, 6)]).trees != once)
  }

  @Test("the order in which answers are listed doesn't matter, to the bit")
  func order() throws {
    let answers: [(Int, Bool, Int64)] = (0..<40).map { ($0 * 50, $0 % 3 == 0, Int64($0 % 7)) }
    let forward = try adjusted(answers).trees
    #expect(try adjusted(answers.reversed()).trees == forward)
  }

  @Test("only the latest answers count where there are more than the limit")
  func limit() throws {
    var limited = options
    limited.verdictLimit = 2
    let answers = verdicts([(0, true, 3), (50, false, 1), (100, false, 2)])
    let instant = Instant(microseconds: 9)
    #expect(
      try forest.adjusted(by: answers, asOf: instant, options: limited).trees
        == adjusted([(0, true, 3), (100, false, 2)]).trees)
  }

  @Test("contributions of an adjusted forest still add up, and leaves stay at or above zero")
  func explanation() throws {
    let adjusted = try adjusted((0..<40).map { ($0 * 33, $0 % 2 == 0, 1) })
    #expect(adjusted.trees.allSatisfy { $0.values.allSatisfy { $0 >= 0 } })
    let contributions = try adjusted.contributions(Self.rows, threads: 2)
    for row in 0..<100 {
      let expected = adjusted.expectedPathLength - adjusted.pathLength(Self.rows, row: row)
      #expect(abs(contributions.row(row).reduce(0, +) - expected) <= 1e-9)
    }
  }

  @Test(
    "forests of other splits and leaf values learn, too",
    arguments: [ForestVariant.extended, .density])
  func variants(_ variant: ForestVariant) throws {
    let rows = Self.rows
    let forest = try IsolationForest.train(
      rows, options: ForestOptions(treeCount: 10, seed: 42, rule: variant.rule), threads: 2)
    let adjusted = try forest.adjusted(
      by: verdicts([(7, true, 1), (Self.kindA[0], false, 1)]), asOf: Instant(microseconds: 1),
      options: FeedbackOptions(
        line: try forest.pathLength(ofShortest: 0.03, of: rows, threads: 1)))
    #expect(adjusted.pathLength(rows, row: 7) < forest.pathLength(rows, row: 7))
    let benign = Self.kindA[0]
    #expect(adjusted.pathLength(rows, row: benign) > forest.pathLength(rows, row: benign))
    let sum = adjusted.contributions(rows, row: 7).reduce(0, +)
    #expect(abs(sum - adjusted.expectedPathLength + adjusted.pathLength(rows, row: 7)) <= 1e-9)
    #expect(adjusted.scale.origin == forest.scale.origin)
  }

  @Test("verdicts on other features, and a prior of no weight, are refused")
  func refusals() throws {
    let other = Verdicts(
      rows: FeatureMatrix(names: ["x"], columns: [[1]]), isAnomaly: [true],
      knownAt: [Instant(microseconds: 0)])
    let instant = Instant(microseconds: 9)
    #expect(throws: ForestError.features(expected: forest.featureNames, found: ["x"])) {
      try forest.adjusted(by: other, asOf: instant, options: options)
    }
    #expect(throws: ForestError.self) {
      try forest.adjusted(
        by: verdicts([(0, true, 1)]), asOf: instant,
        options: FeedbackOptions(line: 7, priorWeight: 0))
    }
    #expect(throws: ForestError.option(name: "verdictLimit", expected: "1 or more", found: 0)) {
      try forest.adjusted(
        by: verdicts([(0, true, 1)]), asOf: instant,
        options: FeedbackOptions(line: 7, verdictLimit: 0))
    }
  }
}

extension FeatureMatrix {
  fileprivate func features(_ isKept: (Int) -> Bool) -> FeatureMatrix {
    let kept = (0..<featureCount).filter(isKept)
    return FeatureMatrix(names: kept.map { names[$0] }, columns: kept.map { columns[$0] })
  }
}
