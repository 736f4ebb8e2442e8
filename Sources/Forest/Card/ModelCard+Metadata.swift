/// The keys of a card in a model file's metadata.
private enum CardKey {
  static let origin = "card.origin"
  /// Where there are any.
  static let verdictCount = "card.verdict_count"
  static let first = "card.window.first"
  static let last = "card.window.last"
  static let rowCount = "card.row_count"
  /// Where there are any.
  static let heldOutCount = "card.held_out_count"
  static let checksum = "card.checksum"
  /// Least, median and greatest value, then the share that is missing.
  static func feature(_ index: Int) -> String { "card.feature.\(index)" }
  /// Scores at `ModelCard.shares`, where they are known.
  static let scores = "card.scores"
}

extension ModelCard {
  /// What `IsolationForest.write(to:metadata:)` is given to keep the card.
  package var metadata: [(key: String, value: String)] {
    var pairs = [(key: CardKey.origin, value: origin)]
    if verdictCount > 0 { pairs.append((CardKey.verdictCount, "\(verdictCount)")) }
    guard let training else { return pairs }
    if let window = training.window {
      pairs += [(CardKey.first, window.first), (CardKey.last, window.last)]
    }
    pairs.append((CardKey.rowCount, "\(training.rowCount)"))
    if training.heldOutCount > 0 {
      pairs.append((CardKey.heldOutCount, "\(training.heldOutCount)"))
    }
    pairs.append((CardKey.checksum, training.checksum))
    if !training.scores.isEmpty {
      pairs.append((CardKey.scores, training.scores.map { "\($0)" }.joined(separator: " ")))
    }
    for (index, feature) in training.features.enumerated() {
      pairs.append(
        (
          CardKey.feature(index),
          "\(feature.least) \(feature.median) \(feature.greatest) \(feature.missingShare)"
        ))
    }
    return pairs
  }

  /// Reads a card back; nil where a model has none.
  ///
  /// - Throws: `ForestError.model` for anything but `metadata` of a card.
  package init?(metadata: [String: String], featureCount: Int) throws(ForestError) {
    guard let origin = metadata[CardKey.origin] else { return nil }
    let card = ModelCard(
      origin: origin,
      training: try metadata[CardKey.rowCount].map { _ throws(ForestError) in
        try Training(metadata: metadata, featureCount: featureCount)
      })
    let verdicts = metadata[CardKey.verdictCount] ?? "0"
    guard let count = Int(verdicts), count >= 0 else {
      throw .model(
        key: CardKey.verdictCount, expected: "a whole number of 0 or more", found: verdicts)
    }
    self = card.adjusted(byVerdicts: count)
  }
}

extension ModelCard.Training {
  fileprivate init(metadata: [String: String], featureCount: Int) throws(ForestError) {
    func value<Value>(
      _ key: String, _ expected: String, _ read: (String) -> Value?
    ) throws(ForestError) -> Value {
      guard let value = metadata[key].flatMap(read) else {
        throw .model(key: key, expected: expected, found: metadata[key] ?? "none")
      }
      return value
    }
    func numbers(_ key: String, count: Int) throws(ForestError) -> [Double] {
      try value(key, "\(count) numbers") { text in
        let numbers = text.split(separator: " ").map { Double($0) }
        let present = numbers.compactMap(\.self)
        return numbers.count == count && present.count == count ? present : nil
      }
    }
    var features: [Feature] = []
    while features.count < featureCount {
      let key = CardKey.feature(features.count)
      let found = try numbers(key, count: 4)
      // False for NaN, too.
      guard (0...1).contains(found[3]) else {
        throw .model(key: key, expected: "a missing share of 0 to 1", found: "\(found[3])")
      }
      features.append(
        Feature(
          least: Float(found[0]), median: Float(found[1]), greatest: Float(found[2]),
          missingShare: found[3]))
    }
    var window: (first: String, last: String)?
    if let first = metadata[CardKey.first], let last = metadata[CardKey.last] {
      window = (first, last)
    }
    func count(_ key: String) throws(ForestError) -> Int {
      try value(key, "a whole number of 0 or more") { text in
        Int(text).flatMap { $0 < 0 ? nil : $0 }
      }
    }
    let shares = ModelCard.shares
    self.init(
      window: window, rowCount: try count(CardKey.rowCount),
      heldOutCount: metadata[CardKey.heldOutCount] == nil ? 0 : try count(CardKey.heldOutCount),
      checksum: try value(CardKey.checksum, "a checksum") { $0 }, features: features,
      scores: metadata[CardKey.scores] == nil
        ? [] : try numbers(CardKey.scores, count: shares.count).map { Float($0) })
  }
}
