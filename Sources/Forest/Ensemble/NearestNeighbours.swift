import CKernels
import Randomness

package struct NeighbourOptions: Sendable, Equatable {
  package var bagCount: Int
  /// Rows of a bag, drawn without replacement; all rows where there are fewer.
  package var sampleCount: Int
  /// k, of 1 … 15.
  package var neighbourCount: Int
  package var seed: UInt64

  package init(
    bagCount: Int = 8, sampleCount: Int = 1_024, neighbourCount: Int = 6, seed: UInt64
  ) {
    self.bagCount = bagCount
    self.sampleCount = sampleCount
    self.neighbourCount = neighbourCount
    self.seed = seed
  }
}

/// How far rows are from their nearest neighbours in each of some random samples: the mean of k
/// Euclidean distances, averaged over samples (bagged nearest neighbours; Aggarwal, Sathe 2015,
/// doi:10.1145/2830544.2830549; Bouman, Bukhsh, Heskes 2024, jmlr.org/papers/v25/23-0570.html).
///
/// Features are scaled as `FeatureScaling` says. Results depend on the seed, the training rows and
/// the row alone.
package struct NearestNeighbours: Sendable {
  struct Bag: Equatable {
    /// Numbers of training rows, ascending.
    var rows: [Int]
    /// scaled[row × featureCount + feature]
    var scaled: [Float]
  }

  let featureNames: [String]
  let scaling: FeatureScaling
  let bags: [Bag]
  let neighbourCount: Int

  static let greatestNeighbourCount = Int(forest_greatest_neighbour_count) - 1

  /// Streams of the seed apart from those that trees take.
  private static let firstStream = 1 << 40

  /// - Throws: `ForestError` for fewer than two rows, no features, or options out of range.
  package static func train(
    _ matrix: FeatureMatrix, options: NeighbourOptions
  ) throws(ForestError) -> NearestNeighbours {
    guard matrix.rowCount > 1, matrix.featureCount > 0 else {
      throw .noTrainingData(rowCount: matrix.rowCount, featureCount: matrix.featureCount)
    }
    let greatest = greatestNeighbourCount
    guard (1...greatest).contains(options.neighbourCount) else {
      throw .option(
        name: "neighbourCount", expected: "1 to \(greatest)", found: options.neighbourCount)
    }
    guard options.bagCount > 0 else {
      throw .option(name: "bagCount", expected: "1 or more", found: options.bagCount)
    }
    guard options.sampleCount > 1 else {
      throw .option(name: "sampleCount", expected: "2 or more rows", found: options.sampleCount)
    }
    return NearestNeighbours(matrix, options)
  }

  private init(_ matrix: FeatureMatrix, _ options: NeighbourOptions) {
    let scaling = FeatureScaling(matrix)
    let sampleCount = min(options.sampleCount, matrix.rowCount)
    featureNames = matrix.names
    self.scaling = scaling
    neighbourCount = min(options.neighbourCount, sampleCount - 1)
    bags = (0..<options.bagCount).map { bag in
      var random = SeededGenerator(seed: options.seed, stream: Self.firstStream + bag)
      let rows = random.distinct(sampleCount, below: matrix.rowCount).sorted()
      let scaled = rows.flatMap { row in
        matrix.columns.enumerated().map { scaling.scaled($1[row], feature: $0) }
      }
      return Bag(rows: rows, scaled: scaled)
    }
  }

  /// - Precondition: bags hold more rows than there are neighbours, one scaled value a feature.
  init(featureNames: [String], scaling: FeatureScaling, bags: [Bag], neighbourCount: Int) {
    self.featureNames = featureNames
    self.scaling = scaling
    self.bags = bags
    self.neighbourCount = neighbourCount
  }

  /// - Parameter threads: at most so many; each needs 2 KiB a feature and 34 KiB.
  /// - Throws: `ForestError.features` if the matrix has not the features of the training rows.
  package func distances(
    _ matrix: FeatureMatrix, threads: Int
  ) throws(ForestError) -> [Float] {
    try distances(matrix, threads: threads, areTrainingRows: false)
  }

  /// The same for the training rows themselves, none of which is its own neighbour.
  ///
  /// - Precondition: the matrix is the one that `train` was given.
  package func trainingDistances(
    _ matrix: FeatureMatrix, threads: Int
  ) throws(ForestError) -> [Float] {
    try distances(matrix, threads: threads, areTrainingRows: true)
  }

  func distances(
    _ matrix: FeatureMatrix, threads: Int, areTrainingRows: Bool,
    instructions: forest_instructions = forest_best_instructions()
  ) throws(ForestError) -> [Float] {
    guard matrix.names == featureNames else {
      throw .features(expected: featureNames, found: matrix.names)
    }
    return rowsInParallel(
      count: matrix.rowCount, blockRowCount: blockRowCount, threads: threads
    ) { takeBlock, blocks in
      let workspace = NeighbourWorkspace(featureCount: matrix.featureCount)
      while let block = takeBlock() {
        let (rows, distances) = blocks[block]
        workspace.load(matrix, rows, scaling)
        let means = means(workspace, rows, areTrainingRows, instructions)
        distances.initialize(from: means, count: rows.count)
      }
    }
  }

  /// For each row the mean over bags of the mean distance.
  private func means(
    _ workspace: NeighbourWorkspace, _ rows: Range<Int>, _ areTrainingRows: Bool,
    _ instructions: forest_instructions
  ) -> [Float] {
    var sums = [Float](repeating: 0, count: rows.count)
    for bag in bags {
      forest_nearest(
        instructions, bag.scaled, bag.rows.count, featureNames.count, workspace.values,
        neighbourCount + 1, workspace.squares)
      var isOwn = [Bool](repeating: false, count: rows.count)
      if areTrainingRows {
        let first = bag.rows.lowerBound { $0 >= rows.lowerBound }
        for row in bag.rows[first...].prefix(while: { $0 < rows.upperBound }) {
          isOwn[row - rows.lowerBound] = true
        }
      }
      for row in sums.indices {
        // A row's distance from itself is the least.
        let first = isOwn[row] ? 1 : 0
        for neighbour in first..<first + neighbourCount {
          sums[row] += workspace.squares[neighbour * blockRowCount + row].squareRoot()
        }
      }
    }
    return sums.map { $0 / Float(bags.count * neighbourCount) }
  }
}

/// What one thread needs to measure a block of rows.
private final class NeighbourWorkspace {
  /// values[feature × blockRowCount + row], scaled.
  let values: UnsafeMutablePointer<Float>
  /// squares[neighbour × blockRowCount + row]
  let squares: UnsafeMutablePointer<Float>

  init(featureCount: Int) {
    values = allocateAligned(count: featureCount * blockRowCount)
    squares = allocateAligned(count: forest_greatest_neighbour_count * blockRowCount)
  }

  deinit {
    UnsafeMutableRawPointer(values).deallocate()
    UnsafeMutableRawPointer(squares).deallocate()
  }

  func load(_ matrix: FeatureMatrix, _ rows: Range<Int>, _ scaling: FeatureScaling) {
    for (feature, column) in matrix.columns.enumerated() {
      for row in rows {
        values[feature * blockRowCount + row - rows.lowerBound] =
          scaling.scaled(column[row], feature: feature)
      }
    }
  }
}
