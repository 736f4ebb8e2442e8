import Columnar
import Events
import Features
import Forest
import Glibc

/// A day's host-hours as the forest sees them, and how easily it isolates each.
struct IsolatedHours {
  /// From its top tenth on the neighbours are heard, too.
  private static let leastBitsForNeighbours = log2(10.0)

  /// The rows of the day's features, batch by batch.
  private let matrices: [FeatureMatrix]
  /// −log2 of the share of the training rows of its class that are as strange, row by row; of the
  /// forest's top tenth the mean of this and the same of the distance from the nearest neighbours.
  let bits: [Double]
  private let forest: IsolationForest

  init(_ models: ForestModels, forest model: TrimmedForest) throws {
    var matrices: [FeatureMatrix] = []
    var bits: [Double] = []
    try models.features.forEachBatch { batch in
      let groups = batch[HostHourFeature.group]
      let columns = HostHourFeature.columns.map { key in
        let view = batch[key]
        return (0..<batch.rowCount).map { view.value($0) }
      }
      let matrix = FeatureMatrix(names: HostHourFeature.names, columns: columns)
      let scores = try model.forest.scores(matrix, threads: 1)
      var own = (0..<batch.rowCount).map { row in
        model.tails.bits(scores[row], group: groups.value(row))
      }
      if let local = models.local {
        let rows = own.indices.filter { own[$0] >= IsolatedHours.leastBitsForNeighbours }
        let strange = FeatureMatrix(
          names: matrix.names, columns: matrix.columns.map { column in rows.map { column[$0] } })
        let distances = try local.neighbours.distances(strange, threads: 1)
        for (row, distance) in zip(rows, distances) {
          own[row] = (own[row] + local.tails.bits(distance, group: groups.value(row))) / 2
        }
      }
      bits += own
      matrices.append(matrix)
    }
    self.matrices = matrices
    self.bits = bits
    forest = model.forest
  }

  /// What isolates a row: the three measures that have most of it, as they were counted, each with
  /// the share of the bits that its features have.
  /// - Parameter hour: the row's number among the host's.
  func evidence(
    row: Int, host: HostContext, hour: Int, inputs: ScoringInputs, bits: Double
  ) -> [Evidence] {
    guard let (matrix, row) = place(of: row) else { return [] }
    let contributions = forest.contributions(matrix, row: row).map { max($0, 0) }
    let total = contributions.reduce(0, +)
    guard total > 0 else { return [] }
    let window = inputs.clock.window(of: host.day.hours[hour]) ?? 0
    let clockHour = inputs.clock.clockHours[window]
    var shares: [String: Double] = [:]
    var places: [String: Int] = [:]
    for (feature, name) in matrix.names.enumerated() {
      let counted = HostHourFeature.measure(of: name) ?? name
      shares[counted, default: 0] += bits * contributions[feature] / total
      places[counted] = feature
    }
    let top = shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
    return top.map { name, share in
      guard let measure = Measure.all.firstIndex(where: { $0.name == name }) else {
        let value = places[name].map { Double(matrix.columns[$0][row]) } ?? 0
        return Evidence(
          name, contribution: share,
          actual: HostHourFeature.logarithms.contains(name) ? expm1(value) : value)
      }
      let definition = Measure.all[measure]
      let usual = host.baseline?.told(
        measure, dayType: inputs.clock.dayType, hour: clockHour)
      return Evidence(
        definition.name, contribution: share,
        actual: Double(host.day.count(measure, row: hour)),
        typical: usual.map { definition.count($0.median) },
        spread: usual.map {
          definition.count($0.median + $0.spread(atLeast: definition.leastSpread))
            - definition.count($0.median)
        })
    }
  }

  /// The batch that a row of the day is in, and its place there.
  private func place(of row: Int) -> (matrix: FeatureMatrix, row: Int)? {
    var local = row
    for matrix in matrices {
      if local < matrix.rowCount { return (matrix, local) }
      local -= matrix.rowCount
    }
    return nil
  }
}
