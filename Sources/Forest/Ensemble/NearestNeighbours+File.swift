import ArrowFile
import Columnar

/// The columns of a file of neighbours: one row a row of a bag, bags in order.
private enum NeighbourColumn {
  static let bag = ColumnKey<Values<Int32>>("bag", isNullable: false)
  /// The number of the training row.
  static let row = ColumnKey<Values<Int64>>("row", isNullable: false)
  static func scaled(_ feature: Int) -> ColumnKey<Values<Float>> {
    ColumnKey("scaled_\(feature)", isNullable: false)
  }

  static func schema(featureCount: Int) -> Schema {
    Schema(
      "nearest_neighbours", version: 1,
      [bag.field, row.field] + (0..<featureCount).map { scaled($0).field })
  }
}

private enum NeighbourKey {
  static let neighbourCount = "neighbours.count"
  static func feature(_ index: Int) -> String { "neighbours.feature.\(index)" }
  /// Centre and scale of `FeatureScaling`.
  static func scaling(_ index: Int) -> String { "neighbours.scaling.\(index)" }
}

extension NearestNeighbours {
  /// - Parameter metadata: what else is to be known of them. Keys that start with `neighbours.` are
  ///   taken.
  func write(
    to path: String, metadata others: [(key: String, value: String)] = []
  ) throws(ArrowFileError) {
    var metadata = others + [(key: NeighbourKey.neighbourCount, value: "\(neighbourCount)")]
    for (index, name) in featureNames.enumerated() {
      metadata.append((NeighbourKey.feature(index), name))
      metadata.append(
        (NeighbourKey.scaling(index), "\(scaling.centres[index]) \(scaling.scales[index])"))
    }
    let schema = NeighbourColumn.schema(featureCount: featureNames.count)
    let writer = try ArrowWriter(
      path: path, schema: schema, compression: .zstd, metadata: metadata)
    let table = TableBuilder(schema)
    for (number, bag) in bags.enumerated() {
      for (place, row) in bag.rows.enumerated() {
        table.column(NeighbourColumn.bag).append(Int32(number))
        table.column(NeighbourColumn.row).append(Int64(row))
        for feature in featureNames.indices {
          table.column(NeighbourColumn.scaled(feature)).append(
            bag.scaled[place * featureNames.count + feature])
        }
        if table.rowCount == maximumBatchRowCount { try writer.write(table.finishBatch()) }
      }
    }
    if table.rowCount > 0 { try writer.write(table.finishBatch()) }
    try writer.finish()
  }

  /// Reads what `write(to:)` wrote.
  ///
  /// - Throws: `ArrowFileError` for a file that is no such table, `ForestError.file` for one whose
  ///   rows and metadata make no neighbours of these features.
  init(path: String, featureNames: [String]) throws {
    let reader = try ArrowReader(
      path: path, expecting: NeighbourColumn.schema(featureCount: featureNames.count))
    do {
      var bags: [Bag] = []
      for index in 0..<reader.batchCount {
        try Self.append(try reader.batch(index), featureCount: featureNames.count, to: &bags)
      }
      try self.init(bags, featureNames: featureNames, metadata: reader.metadata)
    } catch let error as ForestError {
      throw ForestError.file(path: path, error)
    }
  }

  private static func append(
    _ batch: Batch, featureCount: Int, to bags: inout [Bag]
  ) throws(ForestError) {
    let (number, row) = (batch[NeighbourColumn.bag], batch[NeighbourColumn.row])
    let scaled = (0..<featureCount).map { batch[NeighbourColumn.scaled($0)] }
    for place in 0..<batch.rowCount {
      if number.value(place) == bags.count { bags.append(Bag(rows: [], scaled: [])) }
      guard let last = bags.indices.last, number.value(place) == last,
        row.value(place) > bags[last].rows.last.map(Int64.init) ?? -1
      else {
        throw .model(
          key: "bag", expected: "bags in order, and their rows",
          found: "row \(row.value(place)) of bag \(number.value(place)) after \(bags.count) bags")
      }
      bags[last].rows.append(Int(row.value(place)))
      for (feature, column) in scaled.enumerated() {
        let value = column.value(place)
        // False for NaN, too.
        guard value.magnitude <= FeatureScaling.greatestValue else {
          throw .model(
            key: NeighbourColumn.scaled(feature).name,
            expected: "up to \(FeatureScaling.greatestValue)", found: "\(value)")
        }
        bags[last].scaled.append(value)
      }
    }
  }

  private init(
    _ bags: [Bag], featureNames: [String], metadata: [String: String]
  ) throws(ForestError) {
    var (centres, scales): ([Float], [Float]) = ([], [])
    for (index, name) in featureNames.enumerated() {
      let stated = metadata[NeighbourKey.feature(index)]
      guard stated == name else {
        throw .model(
          key: NeighbourKey.feature(index), expected: "\(name), as in the forests",
          found: stated ?? "none")
      }
      let key = NeighbourKey.scaling(index)
      let numbers = metadata[key]?.split(separator: " ").map { Float($0) ?? .nan } ?? []
      guard numbers.count == 2, numbers.allSatisfy(\.isFinite), numbers[1] >= 0 else {
        throw .model(
          key: key, expected: "a centre and a scale of 0 or more", found: metadata[key] ?? "none")
      }
      centres.append(numbers[0])
      scales.append(numbers[1])
    }
    let key = NeighbourKey.neighbourCount
    let greatest = (bags.map(\.rows.count).min() ?? 0) - 1
    guard let count = metadata[key].flatMap({ Int($0) }), count > 0,
      count <= min(greatest, Self.greatestNeighbourCount)
    else {
      throw .model(
        key: key, expected: "a number of neighbours that every bag has",
        found: metadata[key] ?? "none")
    }
    self.init(
      featureNames: featureNames, scaling: FeatureScaling(centres: centres, scales: scales),
      bags: bags, neighbourCount: count)
  }

  /// CRC-64/XZ, as 16 hexadecimal digits, of the number of neighbours, centres and scales, and each
  /// bag's size and values.
  var checksum: String {
    var checksum = Checksum()
    func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
      numbers.withUnsafeBytes { checksum.add($0) }
    }
    add([Int64(neighbourCount)])
    add(scaling.centres)
    add(scaling.scales)
    for bag in bags {
      add([Int64(bag.rows.count)])
      add(bag.scaled)
    }
    return checksum.digits
  }
}
