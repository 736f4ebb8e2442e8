/// What is to be known of a forest beside its trees: who made it and on what it was trained.
package struct ModelCard: Sendable, Equatable {
  package struct Training: Sendable, Equatable {
    package struct Feature: Sendable, Equatable {
      /// Of the values that are present; NaN where there is none.
      package let least: Float
      package let median: Float
      package let greatest: Float
      /// Of the rows, 0 … 1.
      package let missingShare: Double
    }

    /// The first and last day, or time, of what the rows describe, where they have any.
    package let window: (first: String, last: String)?
    package let rowCount: Int
    /// Rows among them that were held out of training, for p-values.
    package let heldOutCount: Int
    /// `TrainingSummary.checksum`
    package let checksum: String
    /// One a feature of the forest.
    package let features: [Feature]
    /// Of the training rows, those at `ModelCard.shares` of their ascending order; none where they
    /// are not known.
    package private(set) var scores: [Float]

    package static func == (a: Training, b: Training) -> Bool {
      a.window?.first == b.window?.first && a.window?.last == b.window?.last
        && a.rowCount == b.rowCount && a.heldOutCount == b.heldOutCount
        && a.checksum == b.checksum && a.features == b.features && a.scores == b.scores
    }

    fileprivate var withoutScores: Training {
      var training = self
      training.scores = []
      return training
    }
  }

  /// The shares of training rows whose scores a card gives.
  package static let shares = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]
  private static let greatestSampleCount = 8_192

  /// A file, a program with its version, or a stage.
  package let origin: String
  /// nil for the forest of another program, which does not tell.
  package private(set) var training: Training?
  /// Verdicts that have changed the forest's leaves since it was trained.
  package private(set) var verdictCount = 0

  package init(origin: String, training: Training? = nil) {
    self.origin = origin
    self.training = training
  }

  /// The card of the forest that these verdicts make of this one's.
  package func adjusted(byVerdicts count: Int) -> ModelCard {
    var card = self
    card.verdictCount = count
    return card
  }

  /// The card of a part of this one's model, which has scores of its own.
  var ofMember: ModelCard {
    var card = self
    card.training = training?.withoutScores
    return card
  }

  /// The card of what was just trained.
  ///
  /// - Parameters:
  ///   - summary: of all rows, those held out included.
  ///   - heldOutCount: rows that were held out of training.
  ///   - rows: the training rows, or a sample of them.
  ///   - scores: theirs.
  package init(
    origin: String, window: (first: String, last: String)? = nil, summary: TrainingSummary,
    heldOutCount: Int = 0, rows: FeatureMatrix, scores: [Float]
  ) {
    precondition(summary.names == rows.names && scores.count == rows.rowCount, "one score a row")
    let places = Self.sampledPlaces(rowCount: rows.rowCount)
    let sampledScores = places.map { scores[$0] }.sorted()
    self.origin = origin
    training = Training(
      window: window, rowCount: summary.rowCount, heldOutCount: heldOutCount,
      checksum: summary.checksum,
      features: zip(summary.features, rows.columns).map { feature, column in
        let present = places.map { column[$0] }.filter { !$0.isNaN }
        return .init(
          least: feature.least, median: present.sorted().value(at: 0.5),
          greatest: feature.greatest,
          missingShare: Double(feature.missingCount) / Double(max(1, summary.rowCount)))
      },
      scores: Self.shares.map { sampledScores.value(at: $0) })
  }

  /// The card of what was just trained on rows that are all at hand.
  package init(
    origin: String, window: (first: String, last: String)? = nil, rows: FeatureMatrix,
    scores: [Float]
  ) {
    var summary = TrainingSummary(names: rows.names)
    summary.add(rows)
    self.init(origin: origin, window: window, summary: summary, rows: rows, scores: scores)
  }

  /// Rows, with as many others between each two, that a card's medians and scores are of.
  static func sampledPlaces(rowCount: Int) -> [Int] {
    let step = max(1, (rowCount + greatestSampleCount - 1) / greatestSampleCount)
    return Array(stride(from: 0, to: rowCount, by: step))
  }
}

extension [Float] {
  /// Of ascending numbers, the least that has at least `share` of them at or below it; NaN of none.
  fileprivate func value(at share: Double) -> Float {
    let place = Int((share * Double(count)).rounded(.up)) - 1
    return isEmpty ? .nan : self[Swift.min(Swift.max(place, 0), count - 1)]
  }
}
