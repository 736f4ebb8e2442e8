import Randomness

/// A bounded sample of rows that come in pieces, each as likely to be kept as any other (reservoir
/// sampling, algorithm R; Vitter 1985, doi:10.1145/3147.3165). All rows, in their order, where
/// there are no more than it holds.
///
/// Trees grown from it are distributed as trees grown from all rows would be, each by itself: a
/// uniform sample of a uniform sample is one. Memory: 4 × capacity × featureCount bytes.
package struct RowSample {
  private let names: [String]
  private let capacity: Int
  private var columns: [[Float]]
  private var seenCount = 0
  private var random: SeededGenerator

  /// Enough rows for trees that hardly share any.
  package init(names: [String], recipe: ModelRecipe) {
    let drawnCounts = recipe.forests.map { options in
      let (product, overflow) = options.treeCount.multipliedReportingOverflow(
        by: options.sampleCount)
      return overflow ? .max : product
    }
    self.init(names: names, capacity: max(65_536, drawnCounts.max() ?? 0), seed: recipe.seed)
  }

  init(names: [String], capacity: Int, seed: UInt64) {
    self.names = names
    self.capacity = capacity
    columns = [[Float]](repeating: [], count: names.count)
    // No tree has this number.
    random = SeededGenerator(seed: seed, stream: .max)
  }

  /// - Precondition: the rows have the sample's features.
  package mutating func add(_ rows: FeatureMatrix) {
    precondition(rows.names == names, "rows of other features")
    let freeCount = min(capacity - min(seenCount, capacity), rows.rowCount)
    for feature in columns.indices {
      columns[feature] += rows.columns[feature].prefix(freeCount)
    }
    for row in freeCount..<rows.rowCount {
      let place = random.below(seenCount + row + 1)
      guard place < capacity else { continue }
      for feature in columns.indices { columns[feature][place] = rows.columns[feature][row] }
    }
    seenCount += rows.rowCount
  }

  package var rows: FeatureMatrix { FeatureMatrix(names: names, columns: columns) }
}
