import ArrowFile
import Columnar
import Foundation
import TestSupport
import Testing

@testable import Forest

@Suite struct ScoringModelTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private static func ensemble(seed: UInt64) -> ModelRecipe {
    var options = ForestEnsemble.Options(treeCount: 6, seed: seed)
    for index in options.forests.indices { options.forests[index].sampleCount = 48 }
    options.neighbours = NeighbourOptions(bagCount: 2, sampleCount: 32, seed: seed)
    return .ensemble(options)
  }

  private static func forest(seed: UInt64) -> ModelRecipe {
    .forest(ForestOptions(treeCount: 8, sampleCount: 64, seed: seed))
  }

  private func train(
    _ recipe: ModelRecipe, _ rows: FeatureMatrix, heldOutShare: Double = 0.25, threads: Int = 2
  ) throws -> ScoringModel {
    var summary = TrainingSummary(names: rows.names)
    summary.add(rows)
    return try ScoringModel.train(
      rows, recipe: recipe, heldOutShare: heldOutShare, origin: "rows.csv", summary: summary,
      threads: threads)
  }

  private let rows = makeRows(seed: 80, rowCount: 400, featureCount: 4)

  private func bytes(in path: String) throws -> [String: Data] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return [:] }
    let names = isFolder.boolValue ? try manager.contentsOfDirectory(atPath: path) : [""]
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, manager.contents(atPath: path + "/" + $0) ?? Data()) })
  }

  @Test(
    "a model read back scores, ranks and speaks as the one written, to the byte for any threads")
  func roundTrip() throws {
    let others = makeRows(seed: 81, rowCount: 150, featureCount: 4).mapValues { value, _, row in
      row == 3 ? .nan : row == 4 ? value + 1e7 : value
    }
    for (name, recipe) in [("forest", Self.forest(seed: 1)), ("ensemble", Self.ensemble(seed: 1))] {
      for share in [0, 0.25] {
        let path = "\(folder)/\(name)-\(share)"
        let model = try train(recipe, rows, heldOutShare: share)
        try model.write(to: path)
        let read = try ScoringModel(path: path)
        let scores = try model.scores(others, threads: 2)
        #expect(try read.scores(others, threads: 1) == scores)
        #expect(read.reference == model.reference && (read.reference != nil) == (share > 0))
        #expect(read.text(path: "m") == model.text(path: "m"))
        try train(recipe, rows, heldOutShare: share, threads: 1).write(to: path + "-again")
        #expect(try bytes(in: path + "-again") == bytes(in: path))
        // Written over another model, it is the model all the same.
        try train(recipe, rows.prefix(300), heldOutShare: share).write(to: path)
        try model.write(to: path)
        #expect(try bytes(in: path + "-again") == bytes(in: path))
      }
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/ensemble-0.0").sorted() == [
        "density.arrow", "ensemble.arrow", "neighbours.arrow", "sci_forest.arrow",
        "standard.arrow",
      ])
  }

  @Test("each forest of an ensemble is a model by itself")
  func memberFile() throws {
    try train(Self.ensemble(seed: 2), rows).write(to: folder + "/m")
    let member = try ScoringModel(path: folder + "/m/density.arrow")
    #expect(member.forest?.options.rule == ForestVariant.density.rule)
    #expect(member.reference == nil)
    let training = try #require(member.card?.training)
    #expect(training.rowCount == 400 && training.heldOutCount == 100 && training.scores.isEmpty)
    let text = member.text(path: "m")
    #expect(text.contains("rows.csv.\nFrom 400 rows, of which 100 were held out of training, "))
    #expect(!text.contains("Scores of the training rows"))
    #expect(text.contains("\n\nNone: the scores that are known of held-out rows are another"))
  }

  @Test("a folder of other files is left as it is, an empty one filled")
  func otherFolders() throws {
    let model = try train(Self.ensemble(seed: 2), rows)
    let path = folder + "/m"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try model.write(to: path)
    _ = try ScoringModel(path: path)
    try FileManager.default.removeItem(atPath: path + "/ensemble.arrow")
    let before = try bytes(in: path)
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
    for (other, message) in [
      (
        path,
        "expected a new or empty folder, or one that holds an ensemble only, found other files"
      ),
      (folder + "/file", "expected a new or empty folder, or one that holds an ensemble only"),
      (folder + "/none/m", "expected a folder \(folder)/none to make it in, found no such file"),
    ] {
      let error = #expect(throws: ArrowFileError.self) { try model.write(to: other) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
    #expect(try bytes(in: path) == before)
    // A main file that is none does not make an ensemble of a folder, nor is another's file lost.
    try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/ensemble.arrow"))
    #expect(throws: ArrowFileError.self) { try model.write(to: path) }
    try FileManager.default.removeItem(atPath: path)
    try model.write(to: path)
    try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/taught.arrow"))
    let error = #expect(throws: ArrowFileError.self) { try model.write(to: path) }
    #expect(error?.description.contains("found taught.arrow in it") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 6)
  }

  @Test(
    "an ensemble takes the place of another of other forests, through a link, and leaves nothing")
  func replaced() throws {
    guard case .ensemble(var options) = Self.ensemble(seed: 6) else { return }
    let first = try train(.ensemble(options), rows)
    options.forests.removeLast()
    let second = try train(.ensemble(options), rows)
    try first.write(to: folder + "/m")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link", withDestinationPath: folder + "/m")
    try second.write(to: folder + "/link/")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/m").sorted()
    #expect(names == ["ensemble.arrow", "neighbours.arrow", "sci_forest.arrow", "standard.arrow"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["link", "m"])
    #expect(
      try ScoringModel(path: folder + "/link").scores(rows, threads: 1)
        == second.scores(rows, threads: 1))
  }

  @Test("forests of one variant have files of their own")
  func sameVariant() throws {
    guard case .ensemble(var options) = Self.ensemble(seed: 3) else { return }
    options.forests[2].rule = options.forests[0].rule
    options.forests[2].seed = 99
    let model = try train(.ensemble(options), rows)
    try model.write(to: folder + "/m")
    #expect(
      try ScoringModel(path: folder + "/m").scores(rows, threads: 1)
        == model.scores(rows, threads: 1))
  }

  @Test("p-values of rows that nothing was fitted on are at most α as often as α")
  func conformal() throws {
    let training = makeRows(seed: 95, rowCount: 1_200, featureCount: 4)
    let rowCount = 1_500
    let others = makeRows(seed: 98, rowCount: rowCount, featureCount: 4)
    for recipe in [Self.forest(seed: 96), Self.ensemble(seed: 96)] {
      let model = try train(recipe, training, heldOutShare: 0.5)
      let reference = try #require(model.reference)
      #expect(reference.rowCount == 600)
      let pValues = try model.scores(others, threads: 2).map { reference.pValue($0) }
      for level in [0.01, 0.05, 0.2, 0.5] {
        let share = Double(pValues.filter { $0 <= level }.count) / Double(rowCount)
        // Three standard deviations of the known rows' and of the new rows' shares; beyond the
        // highest scores p-values may be a 64th more.
        let deviation = (level * (1 - level) * (1 / 600.0 + 1 / Double(rowCount))).squareRoot()
        #expect(share <= level + 3 * deviation, "\(level): \(share)")
        #expect(share >= level * 63 / 64 - 3 * deviation - 1 / 600.0, "\(level): \(share)")
      }
    }
  }

  @Test("a row beyond all others has a p-value below 1 / (n + 1) under an ensemble")
  func beyond() throws {
    let model = try train(
      Self.ensemble(seed: 100), makeRows(seed: 99, rowCount: 1_000), heldOutShare: 0.3)
    let far = makeRows(seed: 99, rowCount: 1).mapValues { value, _, _ in value + 1e6 }
    let pValue = try #require(model.reference).pValue(try model.scores(far, threads: 1)[0])
    #expect(pValue > 0 && pValue < 1 / 301.0)
  }

  /// Writes a member's file of the ensemble in `m` anew, its rows and metadata changed.
  private func rewrite(
    _ name: String, metadata change: (inout [String: String]) -> Void = { _ in },
    cell: (_ field: Field, _ row: Int, _ value: Double) -> Double = { $2 },
    texts: (String) -> String = { $0 }, rowCount: Int? = nil
  ) throws {
    let path = folder + "/m/\(name).arrow"
    let reader = try ArrowReader(path: path)
    var metadata = reader.metadata.filter { !$0.key.hasPrefix("tidemark.") }
    change(&metadata)
    let batch = try reader.batch(0)
    let table = TableBuilder(reader.schema)
    for row in 0..<(rowCount ?? batch.rowCount) {
      for field in reader.schema.fields {
        func append<Number: ColumnElement>(
          _ type: Number.Type, _ double: (Number) -> Double, _ number: (Double) -> Number
        ) {
          let key = ColumnKey<Values<Number>>(field.name, isNullable: field.isNullable)
          table.column(key).append(batch[key][row].map { number(cell(field, row, double($0))) })
        }
        switch field.type {
        case .utf8:
          let key = ColumnKey<Strings>(field.name, isNullable: false)
          table.column(key).append(batch[key][row].map(texts))
        case .int32: append(Int32.self, { Double($0) }, { Int32($0) })
        case .int64: append(Int64.self, { Double($0) }, { Int64($0) })
        case .float32: append(Float.self, { Double($0) }, { Float($0) })
        default: append(Double.self, { $0 }, { $0 })
        }
      }
    }
    let writer = try ArrowWriter(
      path: path, schema: reader.schema,
      metadata: metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
    try writer.write(table.finishBatch())
    try writer.finish()
  }

  private func expectRefusal(_ file: String, _ message: String) {
    let error = #expect(throws: ForestError.self) { try ScoringModel(path: folder + "/m") }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(folder)/m/\(file).arrow: "), "\(text)")
    #expect(text.contains(message), "\(text)")
    #expect(text.hasSuffix("; train the forest anew"))
  }

  @Test("folders that hold no ensemble, or parts of two, are refused with the file and why")
  func hostile() throws {
    let model = try train(Self.ensemble(seed: 4), rows)
    try model.write(to: folder + "/sound")
    func fresh() throws {
      let manager = FileManager.default
      if manager.fileExists(atPath: folder + "/m") { try manager.removeItem(atPath: folder + "/m") }
      try manager.copyItem(atPath: folder + "/sound", toPath: folder + "/m")
    }
    func check(_ name: String, _ message: String, _ change: () throws -> Void) throws {
      try fresh()
      try change()
      expectRefusal(name, message)
    }
    try check("neighbours", "neighbours.count: expected a number of neighbours") {
      try rewrite("neighbours", metadata: { $0["neighbours.count"] = "16" })
    }
    try check("neighbours", "neighbours.count: expected a number of neighbours") {
      try rewrite("neighbours", rowCount: 34)
    }
    try check("neighbours", "neighbours.feature.1: expected f1, as in the forests, found x") {
      try rewrite("neighbours", metadata: { $0["neighbours.feature.1"] = "x" })
    }
    try check("neighbours", "neighbours.scaling.2: expected a centre and a scale") {
      try rewrite("neighbours", metadata: { $0["neighbours.scaling.2"] = "0 -1" })
    }
    try check("neighbours", "scaled_0: expected up to 1000000.0, found nan") {
      try rewrite("neighbours", cell: { $0.name == "scaled_0" && $1 == 5 ? .nan : $2 })
    }
    try check("neighbours", "bag: expected bags in order, and their rows, found row") {
      try rewrite("neighbours", cell: { $0.name == "bag" && $1 == 5 ? 7 : $2 })
    }
    try check("neighbours", "bag: expected bags in order, and their rows, found row -1 of bag 0") {
      try rewrite("neighbours", cell: { $0.name == "row" && $1 == 0 ? -1 : $2 })
    }
    try check("ensemble", "neighbours: expected the member with checksum") {
      try rewrite("neighbours", cell: { $0.name == "scaled_0" && $1 == 5 ? 0.5 : $2 })
    }
    try check("ensemble", "name: expected letters, digits and _, found ../standard") {
      try rewrite("ensemble", texts: { $0 == "standard" ? "../standard" : $0 })
    }
    try check("ensemble", "name: expected forests, and neighbours behind them") {
      try rewrite("ensemble", rowCount: 3)
    }
    try check("ensemble", "neighbours: expected an offset above 0, found -1.0") {
      try rewrite("ensemble", cell: { $0.name == "offset" ? -1 : $2 })
    }
    let expected = "expected a mean up to 1000000.0, and 0 to 1e+30 per deviation"
    for perDeviation in [-1, 1e31, .nan] {
      try check("ensemble", expected) {
        try rewrite("ensemble", cell: { $0.name == "per_deviation" ? perDeviation : $2 })
      }
    }
    try check("ensemble", expected) {
      try rewrite("ensemble", cell: { $0.name == "mean" ? -1e7 : $2 })
    }
    try check("ensemble", "reference.scores: expected a row count and scores, found x") {
      try rewrite("ensemble", metadata: { $0["reference.scores"] = "x" })
    }
    try check("ensemble", "card.scores: expected 8 numbers") {
      try rewrite("ensemble", metadata: { $0["card.scores"] = "x" })
    }
    let other = try train(Self.ensemble(seed: 5), rows)
    try check("ensemble", "density: expected the member with checksum") {
      try other.write(to: folder + "/other")
      try FileManager.default.removeItem(atPath: folder + "/m/density.arrow")
      try FileManager.default.copyItem(
        atPath: folder + "/other/density.arrow", toPath: folder + "/m/density.arrow")
    }
    let narrow = FeatureMatrix(names: ["f0", "f9"], columns: Array(rows.columns.prefix(2)))
    try check("density", "expected the forest's 4 features, found 2") {
      try train(Self.ensemble(seed: 4), narrow).write(to: folder + "/narrow")
      try FileManager.default.removeItem(atPath: folder + "/m/density.arrow")
      try FileManager.default.copyItem(
        atPath: folder + "/narrow/density.arrow", toPath: folder + "/m/density.arrow")
    }
    try fresh()
    try FileManager.default.removeItem(atPath: folder + "/m/ensemble.arrow")
    let error = #expect(throws: ArrowFileError.self) { try ScoringModel(path: folder + "/m") }
    #expect(error?.description.contains("m/ensemble.arrow: expected a readable file") == true)
    #expect(throws: ArrowFileError.self) { try ScoringModel(path: folder + "/none") }
  }
}
