import Glibc

/// The scores of training rows by group, against which those of other rows are ranked.
package struct GroupTails: Sendable {
  private let references: [UInt8: ScoreReference]

  /// - Parameter groups: one number a score.
  package init(_ scores: [Float], groups: [UInt8]) {
    precondition(groups.count == scores.count, "one group a score")
    var byGroup: [UInt8: [Float]] = [:]
    for (row, group) in groups.enumerated() { byGroup[group, default: []].append(scores[row]) }
    references = byGroup.mapValues { ScoreReference($0) }
  }

  /// Nil for a group without rows.
  package subscript(group: UInt8) -> ScoreReference? { references[group] }

  /// −log2 of the share of the group's rows that score at least as much, in bits; 0 for a group
  /// without rows.
  package func bits(_ score: Float, group: UInt8) -> Double {
    references[group].map { -log2($0.rankPValue(score)) } ?? 0
  }

  /// For a model file, in the order of groups.
  package var metadata: [(key: String, value: String)] {
    references.sorted { $0.key < $1.key }
      .map { (GroupTails.keyPrefix + String($0.key), $0.value.text) }
  }

  private static let keyPrefix = "tidemark.tail."

  /// - Throws: `ForestError.model` for malformed tails.
  package init(metadata: [String: String]) throws(ForestError) {
    var references: [UInt8: ScoreReference] = [:]
    for (key, text) in metadata where key.hasPrefix(GroupTails.keyPrefix) {
      guard let group = UInt8(key.dropFirst(GroupTails.keyPrefix.count)) else {
        throw .model(key: key, expected: "a group's number", found: key)
      }
      references[group] = try ScoreReference(key: key, text: text)
    }
    self.references = references
  }
}
