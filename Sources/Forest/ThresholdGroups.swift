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

  /// - Precondition: no top has more than `greatestThresholdCount` splits, nor a feature in all of
  ///   them more thresholds than `FeatureRanking.greatestThresholdCount`.
  init(tops: [TreeTop], featureCount: Int) {
    var thresholds = [[Float]](repeating: [], count: featureCount)
    for top in tops where !top.layout.isOblique {
      for node in top.splits.map({ top.layout.nodes[$0] }) {
        thresholds[node.feature].append(node.threshold)
      }
    }
    let rankings = thresholds.map { FeatureRanking(thresholds: $0) }
    var starts = [0]
    var groups = [[Set<Int>](repeating: [], count: featureCount)]
    for (number, top) in tops.enumerated() {
      var own = [Set<Int>](repeating: [], count: featureCount)
      if top.layout.isOblique { continue }
      for node in top.splits.map({ top.layout.nodes[$0] }) {
        own[node.feature].insert(rankings[node.feature].rank(ofThreshold: node.threshold))
      }
      let last = groups.count - 1
      let fits = zip(groups[last], own).allSatisfy { group, own in
        let newCount = own.lazy.filter { !group.contains($0) }.count
        return group.count + newCount <= Self.greatestThresholdCount
      }
      if fits {
        for feature in own.indices { groups[last][feature].formUnion(own[feature]) }
      } else {
        groups.append(own)
        starts.append(number)
      }
    }
    treeStarts = starts + [tops.count]
    thresholdCounts = groups.map { $0.map(\.count) }
    quadRanks = Self.quadRanks(groups, rankings)
    self.rankings = rankings
  }

  private static func quadRanks(
    _ groups: [[Set<Int>]], _ rankings: [FeatureRanking]
  ) -> [[[UInt32]]] {
    let quadSize = forest_quad_groups
    return stride(from: 0, to: groups.count, by: quadSize).map { first in
      rankings.indices.map { feature in
        var ranks = [UInt32](repeating: 0, count: rankings[feature].thresholdCount + 1)
        for (place, group) in groups[first..<min(first + quadSize, groups.count)].enumerated() {
          var below = 0
          for rank in ranks.indices {
            ranks[rank] |= UInt32(UInt8(bitPattern: byte(below))) << (8 * place)
            if group[feature].contains(rank) { below += 1 }
          }
        }
        return ranks
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

  /// Replaces a block's ranks by those within each group of a quad,
  /// columns[group][2 × featureCount][blockRowCount]; flipped columns only where values are missing.
  func rank(
    _ instructions: forest_instructions, quad: Int, _ ranks: UnsafePointer<UInt16>,
    hasMissing: Bool, into columns: UnsafeMutablePointer<Int8>
  ) {
    let groupStride = 2 * featureCount * blockRowCount
    for feature in rankings.indices {
      let plain = columns + feature * blockRowCount
      forest_quad_ranks(
        instructions, quadRanks[quad][feature], ranks + feature * blockRowCount, hasMissing,
        groups(quad).count, groupStride, plain)
      guard hasMissing else { continue }
      for (place, group) in groups(quad).enumerated() {
        let column = plain + place * groupStride
        forest_flip_bytes(
          column, Int32(thresholdCounts[group][feature]),
          column + featureCount * blockRowCount)
      }
    }
  }
}
