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

  /// The parts of the values' range on the left and right. A part is not taken to be less than 2^-24
  /// of the whole, what floats of one size can tell apart.
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

  func value(_ row: Int, _ axis: Split.Axis) -> Float {
    switch axis {
    case .feature(let feature): values[feature * sampleCount + row]
    case .projection(let projection): projection.value { values[$0 * sampleCount + row] }
    }
  }

  /// nil where the rows are alike in every feature.
  mutating func draw(_ rows: ArraySlice<Int>) -> Split? {
    var best: Split?
    for _ in 0..<rule.candidateCount {
      guard let (axis, extent) = drawAxis(rows) else { break }
      let split =
        rule.threshold == .random
        ? Split(
          axis: axis, threshold: drawThreshold(from: extent.least, below: extent.greatest),
          extent: extent, gain: 0)
        : bestSplit(axis, extent, rows)
      if split.gain > best?.gain ?? -.infinity { best = split }
    }
    return best
  }

  private func bestSplit(
    _ axis: Split.Axis, _ extent: (least: Float, greatest: Float), _ rows: ArraySlice<Int>
  ) -> Split {
    let present = rows.map { value($0, axis) }.filter { !$0.isNaN }
    let cut = GainThreshold(present, rule.threshold)
    return Split(axis: axis, threshold: cut.threshold, extent: extent, gain: cut.gain)
  }

  /// A feature in which rows differ, or a projection on so many of them as the rule asks for.
  private mutating func drawAxis(
    _ rows: ArraySlice<Int>
  ) -> (Split.Axis, (least: Float, greatest: Float))? {
    var candidates = Array(0..<featureCount)
    var drawn: [(feature: Int, extent: (least: Float, greatest: Float))] = []
    while drawn.count < rule.dimensionCount, !candidates.isEmpty {
      let place = random.below(candidates.count)
      let feature = candidates[place]
      candidates.swapAt(place, candidates.count - 1)
      candidates.removeLast()
      if let extent = extent(of: .feature(feature), in: rows) { drawn.append((feature, extent)) }
    }
    guard let first = drawn.first else { return nil }
    if drawn.count > 1 {
      let axis = Split.Axis.projection(
        Projection(terms: drawn.map { drawTerm($0.feature, rows) }))
      if let extent = extent(of: axis, in: rows) { return (axis, extent) }
    }
    return (.feature(first.feature), first.extent)
  }

  private mutating func drawTerm(_ feature: Int, _ rows: ArraySlice<Int>) -> Projection.Term {
    let present = rows.map { Double(value($0, .feature(feature))) }.filter { !$0.isNaN }
    let mean = present.reduce(0, +) / Double(present.count)
    let variance =
      present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(present.count)
    return Projection.Term(
      feature: feature, weight: Float(random.normal() / variance.squareRoot()),
      centre: Float(mean))
  }

  /// The least and greatest present value; nil unless they are finite and differ.
  private func extent(
    of axis: Split.Axis, in rows: ArraySlice<Int>
  ) -> (least: Float, greatest: Float)? {
    var least = Float.infinity
    var greatest = -Float.infinity
    for row in rows {
      let value = value(row, axis)
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
    return least < greatest && least.isFinite && greatest.isFinite ? (least, greatest) : nil
  }

  /// A draw that reaches the greatest value becomes the least, as in scikit-learn.
  private mutating func drawThreshold(from least: Float, below greatest: Float) -> Float {
    let drawn = Double(least) + random.unit() * (Double(greatest) - Double(least))
    let threshold = drawn.roundedDown
    return threshold < greatest ? threshold : least
  }
}
