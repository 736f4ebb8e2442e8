/// By how much each feature shortens each row's path, in edges.
package struct Contributions: Sendable, Equatable {
  package let rowCount: Int
  package let featureCount: Int
  /// values[row × featureCount + feature].
  package let values: [Double]

  package subscript(row: Int, feature: Int) -> Double { values[row * featureCount + feature] }

  /// One number a feature.
  package func row(_ row: Int) -> ArraySlice<Double> {
    values[row * featureCount..<(row + 1) * featureCount]
  }
}

extension IsolationForest {
  /// What `contributions(_:row:)` gives, for every row of the matrix.
  ///
  /// Each row's numbers depend on the forest and the row alone, to the bit. Trees that split on
  /// projections take longer.
  ///
  /// - Parameter threads: at most so many; each needs 768 bytes a feature and 256 bytes.
  /// - Throws: `ForestError.features` if the matrix has not the forest's features.
  package func contributions(
    _ matrix: FeatureMatrix, threads: Int
  ) throws(ForestError) -> Contributions {
    guard matrix.names == featureNames else {
      throw .features(expected: featureNames, found: matrix.names)
    }
    let featureCount = featureNames.count
    let program = ContributionProgram(self)
    let values: [Double] = rowsInParallel(
      count: matrix.rowCount, width: featureCount, blockRowCount: attributedRowCount,
      threads: threads
    ) { takeBlock, blocks in
      let workspace = ContributionWorkspace(featureCount: featureCount)
      while let block = takeBlock() {
        let (rows, target) = blocks[block]
        let hasMissing = workspace.load(matrix, rows: rows)
        program.run(workspace, hasMissing: hasMissing)
        workspace.store(rowCount: rows.count, to: target)
      }
    }
    return Contributions(rowCount: matrix.rowCount, featureCount: featureCount, values: values)
  }
}
