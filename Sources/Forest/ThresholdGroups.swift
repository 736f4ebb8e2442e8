import CKernels

/// Runs of trees that have so few thresholds a feature that ranks among them fit a byte.
struct ThresholdGroups: Sendable {
  /// Ranks of 0 … 254, so that missing values have a byte of their own.
  static let greatestThresholdCount = 254

  let rankings: [FeatureRanking]
  private let treeStarts: [Int]
  /// thresholdCounts[group][feature].
  private let thresholdCounts: [[Int]]
  /// quadRanks[quad][feature][rank]: a byte, less 128, for each of the quad's groups.
  private let quadRanks: [[[UInt32]]]

  var count: Int { thresholdCounts.count }
  var quadCount: Int { quadRanks.count }
  var featureCount: Int { rankings.count }

  /// - Precondition: of the splits that compare ranks, no tree has more than
  ///   `greatestThresholdCount` thresholds of a feature, nor have all trees more than
  ///   `FeatureRanking.greatestThresholdCount`.
  init(tops: [TreeTop], featureCount: Int) {
    var thresholds = [[Float]](repeating: [], count: featureCount)
    for top in tops where !top.layout.isOblique {
      for node in top.rankedSplits.map({ top.layout.nodes[$0] }) {
        thresholds[node.feature].append(node.threshold)
      }
    }
    let rankings = thresholds.map { FeatureRanking(thresholds: $0) }
    var starts = [0]
    var groups = [[[Int]](repeating: [], count: featureCount)]
    // The last group that has a threshold.
    var lastGroups = rankings.map { [Int](repeating: -1, count: $0.thresholdCount) }
    for (number, top) in tops.enumerated() where !top.layout.isOblique {
      var own = [Set<Int>](repeating: [], count: featureCount)
      for node in top.rankedSplits.map({ top.layout.nodes[$0] }) {
        own[node.feature].insert(rankings[node.feature].rank(ofThreshold: node.threshold))
      }
      var added = own.enumerated().map { feature, ranks in
        ranks.filter { lastGroups[feature][$0] < groups.count - 1 }
      }
      let fits = zip(groups[groups.count - 1], added).allSatisfy {
        $0.count + $1.count <= Self.greatestThresholdCount
      }
      if !fits {
        groups.append([[Int]](repeating: [], count: featureCount))
        starts.append(number)
        added = own
      }
      for (feature, ranks) in added.enumerated() {
        groups[groups.count - 1][feature] += ranks
        for rank in ranks { lastGroups[feature][rank] = groups.count - 1 }
      }
    }
    treeStarts = starts + [tops.count]
    thresholdCounts = groups.map { $0.map(\.count) }
    quadRanks = Self.quadRanks(groups, rankings)
    self.rankings = rankings
  }

  /// - Parameter groups: the ranks of thresholds, groups[group][feature].
  private static func quadRanks(
    _ groups: [[[Int]]], _ rankings: [FeatureRanking]
  ) -> [[[UInt32]]] {
    let quadSize = forest_quad_groups
    return stride(from: 0, to: groups.count, by: quadSize).map { first in
      rankings.indices.map { feature in
        var table = [UInt32](repeating: 0, count: rankings[feature].thresholdCount + 1)
        for (place, group) in groups[first..<min(first + quadSize, groups.count)].enumerated() {
          for rank in group[feature] { table[rank + 1] += 1 << (8 * place) }
        }
        // A byte counts up to 254, so that none carries over to the next.
        var below: UInt32 = 0
        for rank in table.indices {
          below += table[rank]
          table[rank] = below ^ 0x8080_8080
        }
        return table
      }
    }
  }

  private static func byte(_ rank: Int) -> Int8 { Int8(rank - 128) }

  func trees(_ group: Int) -> Range<Int> { treeStarts[group]..<treeStarts[group + 1] }

  /// The groups of a quad.
  func groups(_ quad: Int) -> Range<Int> {
    let quadSize = forest_quad_groups
    return quad * quadSize..<min((quad + 1) * quadSize, count)
  }

  /// The rank of a node's threshold in its column + 1, less 128.
  func limit(of node: SplitLayout.Node, group: Int) -> Int8 {
    let ranking = rankings[node.feature]
    let quadSize = forest_quad_groups
    let packed = quadRanks[group / quadSize][node.feature][
      ranking.rank(ofThreshold: node.threshold)]
    let byte = Int8(truncatingIfNeeded: packed >> (8 * (group % quadSize)))
    let rank = Int(byte) + 128
    return Self.byte(
      node.isFlipped ? thresholdCounts[group][node.feature] - rank : rank + 1)
  }

  /// Ranks the features of a block among the thresholds of all trees.
  func rank(_ block: RowBlock, _ instructions: forest_instructions) {
    for (feature, ranking) in rankings.enumerated() {
      ranking.rank(
        instructions, block.values(feature), hasMissing: block.hasMissing,
        into: block.ranks(feature))
    }
  }

  /// Ranks the features of blocks within each group of a quad; flipped columns only where values
  /// are missing.
  func rank(_ blocks: [RowBlock], _ instructions: forest_instructions, quad: Int) {
    let groupStride = RowBlock.groupStride(featureCount: featureCount)
    for feature in rankings.indices {
      for block in blocks {
        let plain = block.groupRanks(0) + feature * blockRowCount
        forest_quad_ranks(
          instructions, quadRanks[quad][feature], block.ranks(feature), block.hasMissing,
          groups(quad).count, groupStride, plain)
        guard block.hasMissing else { continue }
        for (place, group) in groups(quad).enumerated() {
          let column = plain + place * groupStride
          forest_flip_bytes(
            column, Int32(thresholdCounts[group][feature]),
            column + featureCount * blockRowCount)
        }
      }
    }
  }
}
