import ArrowFile

/// Bagged nearest neighbours, with the tails of training rows' distances by group.
package struct LocalModel: Sendable {
  /// Training rows beyond so many are thinned out evenly: they would cost more than they tell.
  package static let rowLimit = 8_192

  package let neighbours: NearestNeighbours
  package let tails: GroupTails

  private init(neighbours: NearestNeighbours, tails: GroupTails) {
    self.neighbours = neighbours
    self.tails = tails
  }

  /// - Parameter groups: one number a row: rows of different groups have tails of their own.
  package static func train(
    _ matrix: FeatureMatrix, groups: [UInt8], options: NeighbourOptions, threads: Int
  ) throws(ForestError) -> LocalModel {
    precondition(groups.count == matrix.rowCount, "one group a row")
    let step = max(1, (matrix.rowCount + rowLimit - 1) / rowLimit)
    let rows = stride(from: 0, to: matrix.rowCount, by: step)
    let sample = FeatureMatrix(
      names: matrix.names, columns: matrix.columns.map { column in rows.map { column[$0] } })
    let neighbours = try NearestNeighbours.train(sample, options: options)
    let distances = try neighbours.trainingDistances(sample, threads: threads)
    return LocalModel(
      neighbours: neighbours, tails: GroupTails(distances, groups: rows.map { groups[$0] }))
  }

  package func write(to path: String) throws(ArrowFileError) {
    try neighbours.write(to: path, metadata: tails.metadata)
  }

  /// - Throws: `ArrowFileError`, and `ForestError` for a file that is no such model of these
  ///   features.
  package init(path: String, featureNames: [String]) throws {
    neighbours = try NearestNeighbours(path: path, featureNames: featureNames)
    tails = try GroupTails(metadata: try ArrowReader(path: path).metadata)
  }
}
