/// How trees split, how deep, and what their leaves are worth.
package struct GrowthRule: Sendable, Equatable {
  package enum Threshold: String, Sendable {
    /// At random between the least and the greatest value.
    case random
    /// Where the variance within the halves, weighted by their rows, falls most (isotree's pooled
    /// gain; Cortes 2021, arXiv:2110.13402).
    case pooledGain = "pooled_gain"
    /// Where the mean of the halves' standard deviations falls most (SCiForest; Liu, Ting, Zhou
    /// 2010, doi:10.1007/978-3-642-15883-4_18, eq. 1), so that small clusters are cut off.
    case averagedGain = "averaged_gain"
  }

  package enum LeafValue: String, Sendable {
    /// Edges from the root, and those that the leaf's rows would still need (Liu, Ting, Zhou 2008).
    case pathLength = "path_length"
    /// log2 of the density of rows in the leaf's box: the share of the rows over the share of the
    /// range that each split on the way leaves, multiplied (Cortes 2021, arXiv:2111.11639;
    /// isotree's `density`). The denser, the more normal.
    case density
  }

  /// Features that a split weighs together; as many as vary where fewer do. Weights are normal
  /// deviates over the feature's standard deviation among the node's rows, centred on their mean
  /// (Hariri, Kind, Brunner 2019, doi:10.1109/TKDE.2019.2947676, on features of one scale).
  package var dimensionCount = 1
  /// Splits drawn for each node, of which the one that gains most is taken.
  package var candidateCount = 1
  package var threshold = Threshold.random
  /// Whether trees end at ceil(log2(ψ)) edges. Gains cut off few rows at a time, so that most
  /// splits would lie below the limit.
  package var limitsDepth = true
  package var leafValue = LeafValue.pathLength

  package init() {}
}

/// The rules that are known by a name.
package enum ForestVariant: String, CaseIterable, Sendable {
  /// One feature and threshold at random (Liu, Ting, Zhou 2008), as in scikit-learn.
  case standard
  /// Random planes through two features.
  case extended
  /// Best thresholds on a feature at random, down to single rows.
  case pooledGain = "pooled_gain"
  /// As standard, scored by density.
  case density
  /// The best of ten planes through two features, down to single rows.
  case sciForest = "sci_forest"

  package var rule: GrowthRule {
    var rule = GrowthRule()
    switch self {
    case .standard: break
    case .extended: rule.dimensionCount = 2
    case .pooledGain:
      rule.threshold = .pooledGain
      rule.limitsDepth = false
    case .density: rule.leafValue = .density
    case .sciForest:
      rule.dimensionCount = 2
      rule.candidateCount = 10
      rule.threshold = .averagedGain
      rule.limitsDepth = false
    }
    return rule
  }
}
