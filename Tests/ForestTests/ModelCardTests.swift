import ArrowFile
import Foundation
import TestSupport
import Testing

@testable import Forest

@Suite struct ModelCardTests {
  private let rows = makeRows(seed: 60, rowCount: 2_000, featureCount: 4).mapValues {
    value, feature, row in feature == 1 && row % 4 == 0 ? .nan : value
  }

  private func train(_ rows: FeatureMatrix) throws -> (forest: IsolationForest, card: ModelCard) {
    let forest = try IsolationForest.train(
      rows, options: ForestOptions(treeCount: 10, sampleCount: 64, seed: 987_654_321), threads: 2)
    return (
      forest,
      ModelCard(
        origin: "rows.csv", window: ("2026-03-01", "2026-03-28"), rows: rows,
        scores: try forest.scores(rows, threads: 2))
    )
  }

  @Test("a card says what the training rows and their scores are")
  func content() throws {
    let (forest, card) = try train(rows)
    let training = try #require(card.training)
    #expect(training.rowCount == 2_000)
    let column = rows.columns[1].filter { !$0.isNaN }.sorted()
    #expect(training.features[1].least == column[0])
    #expect(training.features[1].median == column[749])
    #expect(training.features[1].greatest == column[1_499])
    #expect(training.features.map(\.missingShare) == [0, 0.25, 0, 0])
    let scores = try forest.scores(rows, threads: 1).sorted()
    #expect(
      training.scores == [
        scores[0], scores[499], scores[999], scores[1_499], scores[1_799], scores[1_979],
        scores[1_997], scores[1_999],
      ])
  }

  @Test("a card read back is the card written; a model without one has none")
  func roundTrip() throws {
    let folder = NSTemporaryDirectory() + "tidemark-forest-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (forest, card) = try train(rows)
    try forest.write(to: folder + "/forest.arrow", metadata: card.metadata)
    let metadata = try ArrowReader(path: folder + "/forest.arrow").metadata
    #expect(try ModelCard(metadata: metadata, featureCount: 4) == card)
    #expect(metadata["forest.node_checksum"] == forest.nodeChecksum)
    #expect(try ModelCard(metadata: [:], featureCount: 4) == nil)
  }

  @Test("a feature without any value has no range")
  func emptyFeature() throws {
    let gone = rows.mapValues { value, feature, _ in feature == 2 ? .nan : value }
    let (_, card) = try train(gone)
    let feature = try #require(card.training?.features[2])
    #expect(feature.least.isNaN && feature.median.isNaN && feature.greatest.isNaN)
    #expect(feature.missingShare == 1)
    let pairs = Dictionary(uniqueKeysWithValues: card.metadata.map { ($0.key, $0.value) })
    let read = try ModelCard(metadata: pairs, featureCount: 4)
    #expect(read?.training?.features[2].least.isNaN == true)
  }

  @Test(
    "metadata of no card are refused",
    arguments: [
      (
        "card.row_count", "many",
        "card.row_count: expected a whole number of 0 or more, found many"
      ),
      ("card.row_count", "-1", "card.row_count: expected a whole number of 0 or more, found -1"),
      ("card.feature.3", "1 2 3", "card.feature.3: expected 4 numbers, found 1 2 3"),
      (
        "card.feature.2", "1 2 3 nan",
        "card.feature.2: expected a missing share of 0 to 1, found nan"
      ),
      (
        "card.feature.0", "1 2 3 1e300",
        "card.feature.0: expected a missing share of 0 to 1, found 1e+300"
      ),
      (
        "card.verdict_count", "-1",
        "card.verdict_count: expected a whole number of 0 or more, found -1"
      ),
      ("card.scores", "0.1", "card.scores: expected 8 numbers, found 0.1"),
      (
        "card.held_out_count", "-1",
        "card.held_out_count: expected a whole number of 0 or more, found -1"
      ),
    ])
  func malformed(key: String, value: String, message: String) throws {
    let card = try train(rows).card
    var pairs = Dictionary(uniqueKeysWithValues: card.metadata.map { ($0.key, $0.value) })
    pairs[key] = value
    let error = #expect(throws: ForestError.self) {
      try ModelCard(metadata: pairs, featureCount: 4)
    }
    #expect(error?.description == message)
  }

  @Test("the text names trees, features and rows, and never the seed")
  func text() throws {
    let (forest, card) = try train(rows)
    let text = ScoringModel(.forest(forest), card: card).text(path: "m")
    #expect(text.contains("10 trees of 64 rows over 4 features, from rows.csv."))
    #expect(text.contains("Trained on 2000 rows, 2026-03-01 to 2026-03-28, with checksum "))
    #expect(text.contains("| f1 | ") && text.contains(" | 25.0 % |"))
    #expect(text.contains("- checksum of the nodes: \(forest.nodeChecksum)"))
    #expect(!text.contains("987654321"))
    #expect(text.contains("## P-values\n\nNone"))
    let unknown = ScoringModel(.forest(forest), card: nil).text(path: "forest.arrow")
    #expect(unknown.contains("10 trees of 64 rows over 4 features, from forest.arrow."))
    #expect(unknown.contains("What it was trained on is not known."))
  }

  @Test("the checksum of rows depends on names and values, not on pieces or kinds of NaN")
  func checksum() {
    func checksum(_ pieces: [FeatureMatrix]) -> String {
      var summary = TrainingSummary(names: pieces[0].names)
      for piece in pieces { summary.add(piece) }
      return summary.checksum
    }
    func part(_ range: Range<Int>) -> FeatureMatrix {
      FeatureMatrix(names: rows.names, columns: rows.columns.map { Array($0[range]) })
    }
    let whole = checksum([rows])
    #expect(checksum([part(0..<1), part(1..<777), part(777..<2_000)]) == whole)
    let other = Float(nan: 5, signaling: false)
    #expect(checksum([rows.mapValues { value, _, _ in value.isNaN ? other : value }]) == whole)
    #expect(checksum([part(0..<1_999)]) != whole)
    #expect(
      checksum([rows.mapValues { value, feature, row in row + feature == 0 ? -value : value }])
        != whole)
    #expect(
      checksum([FeatureMatrix(names: ["f0", "f1", "f2", "g3"], columns: rows.columns)]) != whole)
  }

  @Test("a model file whose nodes are not those it was written with is refused")
  func changedNodes() throws {
    let path = NSTemporaryDirectory() + "tidemark-forest-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (forest, _) = try train(rows)
    let other = try IsolationForest.train(
      rows, options: ForestOptions(treeCount: 10, sampleCount: 64, seed: 2), threads: 1)
    #expect(forest.nodeChecksum != other.nodeChecksum)
    try forest.write(to: path)
    let reader = try ArrowReader(path: path)
    let metadata = reader.metadata.filter { $0.key.hasPrefix("forest.") }
      .merging(["forest.node_checksum": other.nodeChecksum]) { $1 }
    let writer = try ArrowWriter(
      path: path, schema: ForestColumn.schema,
      metadata: metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
    try writer.write(try reader.batch(0))
    try writer.finish()
    let error = #expect(throws: ForestError.self) { try IsolationForest(path: path) }
    #expect(error?.description.contains("forest.node_checksum: expected") == true)
  }
}

@Suite struct RowSampleTests {
  private func numbered(_ range: Range<Int>) -> FeatureMatrix {
    FeatureMatrix(
      names: ["n", "twice"], columns: [range.map { Float($0) }, range.map { Float(2 * $0) }])
  }

  @Test("rows that fit are all kept in order, whatever pieces they come in")
  func all() {
    var sample = RowSample(names: ["n", "twice"], capacity: 100, seed: 1)
    for range in [0..<30, 30..<31, 31..<100] { sample.add(numbered(range)) }
    #expect(sample.rows.columns == numbered(0..<100).columns)
  }

  @Test("more trees and rows than can be multiplied are no trap")
  func greatOptions() {
    let options = ForestOptions(treeCount: 5_000_000_000, sampleCount: 5_000_000_000, seed: 1)
    var sample = RowSample(names: ["n", "twice"], recipe: .forest(options))
    sample.add(numbered(0..<10))
    #expect(sample.rows.columns == numbered(0..<10).columns)
  }

  @Test("of more rows each is as likely kept, whole and whatever the pieces")
  func uniform() {
    var counts = [Int](repeating: 0, count: 10)
    for seed in 0..<200 as Range<UInt64> {
      var sample = RowSample(names: ["n", "twice"], capacity: 50, seed: seed)
      var pieces = RowSample(names: ["n", "twice"], capacity: 50, seed: seed)
      sample.add(numbered(0..<1_000))
      for start in stride(from: 0, to: 1_000, by: 40) {
        pieces.add(numbered(start..<min(1_000, start + 40)))
      }
      #expect(sample.rows.columns == pieces.rows.columns)
      #expect(sample.rows.columns[1] == sample.rows.columns[0].map { 2 * $0 })
      #expect(Set(sample.rows.columns[0]).count == 50)
      for number in sample.rows.columns[0] { counts[Int(number) / 100] += 1 }
    }
    // 1,000 expected in each tenth; five standard deviations of about 29.
    for count in counts { #expect(abs(count - 1_000) < 145) }
  }
}
