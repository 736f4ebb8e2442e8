import Columnar
import Events

/// How far a day's traffic, and the votes of the last 28 days, have left what they are measured by.
package struct DayDrift: Sendable {
  /// A number that describes hours of hosts.
  package struct Feature: Sendable {
    package let name: String
    package let rows: Int
    /// The population stability index of the day against the days before.
    package let index: Double

    /// `moved` or `moving`, by the usual limits (Siddiqi 2006, "Credit Risk Scorecards", chapter
    /// 6); nil where it stays.
    package var change: String? { index > 0.2 ? "moved" : index >= 0.1 ? "moving" : nil }

    /// What it counts, in words.
    package var text: String { MeasureText.of(HostHourFeature.measure(of: name) ?? name).noun }

    package init(name: String, rows: Int, index: Double) {
      self.name = name
      self.rows = rows
      self.index = index
    }
  }

  /// A detector's votes on hosts that are ranked together.
  package struct Votes: Sendable {
    package let detector: String
    package let entityClass: String
    package let count: Int
    /// Kolmogorov's distance of their p-values from the uniform distribution.
    package let distance: Double

    /// Whether the distance is more than one in a hundred uniform samples has, and enough to
    /// matter.
    package var isUneven: Bool {
      count >= 50 && distance >= max(0.1, 1.63 / Double(count).squareRoot())
    }

    package init(detector: String, entityClass: String, count: Int, distance: Double) {
      self.detector = detector
      self.entityClass = entityClass
      self.count = count
      self.distance = distance
    }
  }

  package var features: [Feature] = []
  package var votes: [Votes] = []

  package init() {}

  /// Fewer host-hours of a day make an index of .1 by chance.
  private static let leastRows = 200
  private static let shownRows = 5

  /// The features that moved most, if any did.
  package var movedFeatures: [Feature] {
    let moved = features.filter { $0.rows >= DayDrift.leastRows && $0.change != nil }
    return Array(
      moved.sorted { ($1.index, $0.name) < ($0.index, $1.name) }.prefix(DayDrift.shownRows))
  }

  /// The votes farthest from uniform, if any are.
  package var unevenVotes: [Votes] {
    let uneven = votes.filter(\.isUneven)
    return Array(
      uneven.sorted {
        ($1.distance, $0.detector, $0.entityClass) < ($0.distance, $1.detector, $1.entityClass)
      }.prefix(DayDrift.shownRows))
  }

  package static let featureAdvice =
    "Shift: how far the day's hours lie from those that the forest learned from (the population "
    + "stability index): 0 where they are alike, above 0.2 moved, 0.1 to 0.2 moving. What is normal "
    + "has changed. The forest learns anew each day and follows by itself; until then more looks "
    + "strange than is: find out what is new, such as a roll-out, a move or a new source."
  package static let voteAdvice =
    "Distance: the most by which the share of p-values up to some value differs from that value "
    + "(Kolmogorov's): 0 where they are even, 1 at worst. These votes are no longer like those that "
    + "they are ranked among, so their p-values are off: look for what began or ended within the last "
    + "four weeks, and trust their order more than their p."
}

extension DayDrift {
  /// Reads `feature_drift.arrow` and `vote_drift.arrow`, as far as there are any.
  package init(features: (any BatchSource)?, votes: (any BatchSource)?) throws {
    for index in 0..<(features?.batchCount ?? 0) {
      guard let batch = try features?.batch(index) else { continue }
      let (names, rows) = (batch[FeatureDrift.feature], batch[FeatureDrift.rows])
      let indices = batch[FeatureDrift.index]
      for row in 0..<batch.rowCount {
        self.features.append(
          Feature(name: names[row] ?? "", rows: Int(rows.value(row)), index: indices.value(row)))
      }
    }
    for index in 0..<(votes?.batchCount ?? 0) {
      guard let batch = try votes?.batch(index) else { continue }
      let (detectors, classes) = (batch[VoteDrift.detector], batch[VoteDrift.entityClass])
      let (counts, distances) = (batch[VoteDrift.votes], batch[VoteDrift.distance])
      for row in 0..<batch.rowCount {
        self.votes.append(
          Votes(
            detector: detectors[row] ?? "", entityClass: classes[row] ?? "",
            count: Int(counts.value(row)), distance: distances.value(row)))
      }
    }
  }
}
