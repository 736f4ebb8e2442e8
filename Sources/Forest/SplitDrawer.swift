import Randomness

/// Where a node sends its rows: values up to the threshold go left.
struct Split: Sendable {
  /// What is compared.
  enum Axis {
    case feature(Int)
    case projection(Projection)
  }

  let axis: Axis
  let threshold: Float
  /// The least and greatest value among the node's rows.
  let extent: (least: Float, greatest: Float)
  let gain: Double

  /// The parts of the values' range on the left and right. A part is not taken to be less than
  /// 2^-24 of the whole, what floats of one size can tell apart.
  var rangeShares: [Double] {
    let width = Double(extent.greatest) - Double(extent.least)
    return [
      Double(threshold) - Double(extent.least), Double(extent.greatest) - Double(threshold),
    ].map { max($0 / width, 0x1p-24) }
  }
}

/// Draws splits of sampled rows.
struct SplitDrawer {
  /// values[feature × sampleCount + row].
  private let values: [Float]
  private let sampleCount: Int
  private let featureCount: Int
  private let rule: GrowthRule
  private var random: SeededGenerator

  init(_ matrix: FeatureMatrix, sample: [Int], rule: GrowthRule, random: SeededGenerator) {
    sampleCount = sample.count
    featureCount = matrix.featureCount
    self.rule = rule
    self.random = random
    let greatest = Float.greatestFiniteMagnitude
    values = matrix.columns.flatMap { column in
      sample.map { row in
        column[row].isInfinite ? (column[row] < 0 ? -greatest : greatest) : column[row]
      }
    }
  }

  /// What is compared, one value a row.
  func values(_ axis: Split.Axis, of rows: ArraySlice<Int>) -> [Float] {
    switch axis {
    case .feature(let feature):
      return rows.map { values[feature * sampleCount + $0] }
    case .projection(let projection):
      var sums = [Float](repeating: 0, count: rows.count)
      for term in projection.terms {
        let start = Int(term.feature) * sampleCount
        for (place, row) in rows.enumerated() { sums[place] += term.value(values[start + row]) }
      }
      return sums
    }
  }

  /// nil where the rows are alike in every feature.
  mutating func draw(_ rows: ArraySlice<Int>) -> Split? {
    var best: Split?
    for _ in 0..<rule.candidateCount {
      guard let column = drawColumn(rows) else { break }
      let split =
        rule.threshold == .random ? randomSplit(column) : bestSplit(column)
      if best.map({ split.gain > $0.gain }) ?? true { best = split }
    }
    return best
  }

  /// What rows may be split on.
  private struct Column {
    let axis: Split.Axis
    /// One a row.
    let values: [Float]
    let extent: (least: Float, greatest: Float)

    /// nil unless values differ and are finite, but for missing ones.
    init?(_ axis: Split.Axis, _ values: [Float]) {
      var least = Float.infinity
      var greatest = -Float.infinity
      for value in values {
        if value < least { least = value }
        if value > greatest { greatest = value }
      }
      guard least < greatest, least.isFinite, greatest.isFinite else { return nil }
      self.axis = axis
      self.values = values
      extent = (least, greatest)
    }
  }

  private mutating func randomSplit(_ column: Column) -> Split {
    let (least, greatest) = column.extent
    return Split(
      axis: column.axis, threshold: drawThreshold(from: least, below: greatest),
      extent: column.extent, gain: 0)
  }

  private func bestSplit(_ column: Column) -> Split {
    let cut = GainThreshold(column.values.filter { !$0.isNaN }, rule.threshold)
    return Split(
      axis: column.axis, threshold: cut.threshold, extent: column.extent, gain: cut.gain)
  }

  /// A feature in which rows differ, or a projection on so many of them as the rule asks for.
  private mutating func drawColumn(_ rows: ArraySlice<Int>) -> Column? {
    var candidates = Array(0..<featureCount)
    var drawn: [(feature: Int, column: Column)] = []
    while drawn.count < rule.dimensionCount, !candidates.isEmpty {
      let place = random.below(candidates.count)
      let feature = candidates[place]
      candidates.swapAt(place, candidates.count - 1)
      candidates.removeLast()
      let axis = Split.Axis.feature(feature)
      if let column = Column(axis, values(axis, of: rows)) { drawn.append((feature, column)) }
    }
    guard drawn.count > 1 else { return drawn.first?.column }
    let axis = Split.Axis.projection(
      Projection(terms: drawn.map { drawTerm($0.feature, $0.column.values) }))
    return Column(axis, values(axis, of: rows)) ?? drawn[0].column
  }

  private mutating func drawTerm(_ feature: Int, _ values: [Float]) -> Projection.Term {
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for value in values where !value.isNaN {
      count += 1
      sum += Double(value)
    }
    let mean = sum / count
    for value in values where !value.isNaN {
      squares += (Double(value) - mean) * (Double(value) - mean)
    }
    let deviation = (squares / count).squareRoot()
    return Projection.Term(
      feature: feature, weight: Float(random.normal() / deviation), centre: Float(mean))
  }

  /// A draw that reaches the greatest value becomes the least, as in scikit-learn.
  private mutating func drawThreshold(from least: Float, below greatest: Float) -> Float {
    let drawn = Double(least) + random.unit() * (Double(greatest) - Double(least))
    let threshold = Float(roundedDown: drawn)
    return threshold < greatest ? threshold : least
  }
}
