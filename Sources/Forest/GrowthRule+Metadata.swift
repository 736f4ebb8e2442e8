extension ForestOptions {
  private static let growthKey = "forest.growth"
  private static let trimmedShareKey = "forest.trimmed_share"

  /// How the trees grew, as metadata of a model file; none for what is not other than by default.
  var growthMetadata: [(String, String)] {
    var pairs: [(String, String)] = []
    if rule != GrowthRule() {
      let parts = [
        "\(rule.dimensionCount)", "\(rule.candidateCount)", rule.threshold.rawValue,
        rule.limitsDepth ? "limited" : "unlimited", rule.leafValue.rawValue,
      ]
      pairs.append((Self.growthKey, parts.joined(separator: " ")))
    }
    if trimmedShare > 0 { pairs.append((Self.trimmedShareKey, "\(trimmedShare)")) }
    return pairs
  }

  /// Sets what `growthMetadata` gave.
  ///
  /// - Throws: `ForestError.model` for anything else.
  mutating func readGrowth(_ metadata: [String: String]) throws(ForestError) {
    if let text = metadata[Self.growthKey] {
      guard let rule = GrowthRule(text) else {
        throw .model(
          key: Self.growthKey, expected: "dimensions, candidates, threshold, depth and leaf value",
          found: String(text.prefix(60)))
      }
      self.rule = rule
    }
    if let text = metadata[Self.trimmedShareKey] {
      guard let share = Double(text), (0..<1).contains(share) else {
        throw .model(
          key: Self.trimmedShareKey, expected: "a share below 1", found: String(text.prefix(60)))
      }
      trimmedShare = share
    }
  }
}

extension GrowthRule {
  fileprivate init?(_ text: String) {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 5, let dimensionCount = Int(parts[0]), dimensionCount > 0,
      let candidateCount = Int(parts[1]), candidateCount > 0,
      let threshold = Threshold(rawValue: parts[2]), ["limited", "unlimited"].contains(parts[3]),
      let leafValue = LeafValue(rawValue: parts[4])
    else { return nil }
    self.dimensionCount = dimensionCount
    self.candidateCount = candidateCount
    self.threshold = threshold
    limitsDepth = parts[3] == "limited"
    self.leafValue = leafValue
  }
}
