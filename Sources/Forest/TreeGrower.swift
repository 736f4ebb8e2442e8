/// Grows one isolation tree on a random sample of rows (Liu, Ting, Zhou 2008, algorithms 1 and 2).
///
/// A node takes a feature at random among those whose present values differ, and a threshold at
/// random between their least and greatest. Infinite values count as the greatest finite ones.
/// Rows that miss the feature follow the child with more of the others.
struct TreeGrower {
  /// values[feature × sampleCount + row].
  private let values: [Float]
  private let sampleCount: Int
  private let featureCount: Int
  private let depthLimit: Int
  private var random: SeededGenerator
  /// The sample's rows; each node holds a range of them.
  private var rows: [Int]
  private var nodes: [IsolationTree.Node] = []

  init(_ matrix: FeatureMatrix, sampleCount: Int, random: SeededGenerator) {
    self.sampleCount = sampleCount
    self.random = random
    featureCount = matrix.featureCount
    depthLimit = Int.bitWidth - (max(sampleCount, 2) - 1).leadingZeroBitCount
    rows = Array(0..<sampleCount)
    let sample = self.random.distinct(sampleCount, below: matrix.rowCount)
    let greatest = Float.greatestFiniteMagnitude
    values = matrix.columns.flatMap { column in
      sample.map { row in
        column[row].isInfinite ? (column[row] < 0 ? -greatest : greatest) : column[row]
      }
    }
  }

  /// The tree's nodes, parents before children.
  mutating func grow() -> [IsolationTree.Node] {
    grow(0..<sampleCount, depth: 0)
    return nodes
  }

  private mutating func grow(_ range: Range<Int>, depth: Int) {
    guard range.count > 1, depth < depthLimit, let split = drawSplit(range) else {
      nodes.append(.init(leafOf: range.count))
      return
    }
    let middle = partition(range, by: split)
    let number = nodes.count
    nodes.append(.init(leafOf: range.count))
    grow(range.lowerBound..<middle, depth: depth + 1)
    let right = nodes.count
    grow(middle..<range.upperBound, depth: depth + 1)
    nodes[number] = .init(
      feature: split.feature, threshold: split.threshold, left: number + 1, right: right,
      sampleCount: range.count)
  }

  private struct Split {
    let feature: Int
    let threshold: Float
  }

  /// nil where the rows are alike in every feature.
  private mutating func drawSplit(_ range: Range<Int>) -> Split? {
    var candidates = Array(0..<featureCount)
    while !candidates.isEmpty {
      let place = random.below(candidates.count)
      let feature = candidates[place]
      candidates.swapAt(place, candidates.count - 1)
      candidates.removeLast()
      guard let (least, greatest) = extent(of: feature, in: range), least < greatest else {
        continue
      }
      return Split(feature: feature, threshold: drawThreshold(from: least, below: greatest))
    }
    return nil
  }

  /// The least and greatest present value.
  private func extent(of feature: Int, in range: Range<Int>) -> (Float, Float)? {
    var least = Float.infinity
    var greatest = -Float.infinity
    for row in rows[range] {
      let value = values[feature * sampleCount + row]
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
    return least <= greatest ? (least, greatest) : nil
  }

  /// Rounded down to a float, so that `<=` decides as it would before rounding; a draw that reaches
  /// the maximum becomes the minimum, as in scikit-learn.
  private mutating func drawThreshold(from least: Float, below greatest: Float) -> Float {
    let drawn = Double(least) + random.unit() * (Double(greatest) - Double(least))
    let nearest = Float(drawn)
    let threshold = Double(nearest) > drawn ? nearest.nextDown : nearest
    return threshold < greatest ? threshold : least
  }

  /// Puts the rows that go left first; where those that go right start.
  private mutating func partition(_ range: Range<Int>, by split: Split) -> Int {
    let offset = split.feature * sampleCount
    let left = rows[range].filter { values[offset + $0] <= split.threshold }
    let right = rows[range].filter { values[offset + $0] > split.threshold }
    let missing = rows[range].filter { values[offset + $0].isNaN }
    let leftRows = left.count >= right.count ? left + missing : left
    rows.replaceSubrange(
      range, with: leftRows + (left.count >= right.count ? right : right + missing))
    return range.lowerBound + leftRows.count
  }
}
