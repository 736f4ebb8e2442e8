import Columnar
import Events
import Features

/// A way of judging a day. A new one is a type in a file of its own, an entry in `allDetectors` and
/// a file of settings.
package protocol Detector: Sendable {
  /// As votes, settings and playbooks name it.
  var name: String { get }
  /// Earlier days with summaries below which it keeps silent.
  var neededDays: Int { get }
  /// The classes of events it judges; it runs where a source has one of them.
  var eventClasses: [EventClass] { get }
  /// Whether it judges nothing but bytes.
  var needsBytes: Bool { get }
  /// Whether its votes weigh only beside those of detectors that don't corroborate, and then no
  /// more than the strongest of them.
  var corroborates: Bool { get }
  /// Whether what it says of a host is about one other end, so that another one is another matter.
  var asksByPeer: Bool { get }
  /// What its votes tell of.
  var specificity: Specificity { get }
  /// Faults of a source's data by which it takes what is missing or wrong for strange.
  var misledBy: Set<SourceFault.Kind> { get }

  /// Why it has nothing to judge by, beside what sources lack; nil where it has.
  func obstacle(_ inputs: ScoringInputs) throws -> String?

  /// Hands on its votes, those of one entity together, in an order that the inputs alone decide.
  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws
}

extension Detector {
  package var needsBytes: Bool { false }
  package var corroborates: Bool { false }
  package var asksByPeer: Bool { false }
  package var specificity: Specificity { .novelty }
  package func obstacle(_ inputs: ScoringInputs) -> String? { nil }
  package var misledBy: Set<SourceFault.Kind> { [.keys] }
}

/// What a detector's votes tell of, and how much they count when those on one entity are fused.
///
/// Of the same p, a vote for what an attack looks like is more often one than a vote for what is
/// merely unusual, which people, updates and projects are all the time.
package enum Specificity: Double, Sendable {
  /// More or less of something, or an unusual mixture.
  case deviation = 0.5
  /// What was not there before, or lasts.
  case novelty = 1
  /// What a technique of attackers looks like.
  case technique = 2
}

/// Every detector, in the order of their votes.
package let allDetectors: [any Detector] = [
  RateDetector(), DestinationsDetector(), ExfiltrationDetector(), LongConnectionsDetector(),
  TimingDetector(), ForestDetector(), ScanDetector(), BeaconDetector(), ProtocolDetector(),
  RampDetector(), RepetitionDetector(), NameTunnelDetector(), GeneratedNamesDetector(),
  EdgesDetector(), AuthDetector(), AlertsDetector(), IndicatorsDetector(), HandshakesDetector(),
  SequencesDetector(),
  RequestsDetector(),
]

/// Of a site that compares challengers. What these say is kept apart from other votes, and weighs
/// only while they are in charge.
package let contests = [Contest.edges, Contest.sequences]

private let detectorsThatMayWeigh = allDetectors + contests.map(\.challenger)

/// The names of those that corroborate.
let corroboratingDetectors = Set(detectorsThatMayWeigh.filter(\.corroborates).map(\.name))

/// The names of those whose votes on another peer are asked about by themselves.
let peerDetectors = Set(detectorsThatMayWeigh.filter(\.asksByPeer).map(\.name))

/// How much their votes count, by name.
let detectorWeights = Dictionary(
  uniqueKeysWithValues: detectorsThatMayWeigh.map { ($0.name, $0.specificity.rawValue) })

/// A number that a detector's settings lack.
package struct MissingSetting: Error, CustomStringConvertible {
  package let detector: String
  package let name: String
  package var description: String {
    "detector \(detector): expected the setting \(name), found none; add it to \(detector).toml"
  }
}

/// A number of a detector's settings with which nothing can be reckoned.
package struct UnusableSetting: Error, CustomStringConvertible {
  package let detector: String
  package let name: String
  package let number: Double
  package var description: String {
    "detector \(detector): expected a setting \(name) above 0, found \(number);"
      + " mend it in \(detector).toml"
  }
}

/// The numbers of one detector's settings file.
package struct Settings: Sendable {
  private let detector: String
  private let numbers: [String: Double]

  package init(detector: String, numbers: [String: Double]) {
    self.detector = detector
    self.numbers = numbers
  }

  package func number(_ name: String) throws -> Double {
    guard let number = numbers[name] else { throw MissingSetting(detector: detector, name: name) }
    return number
  }

  /// A number above 0.
  package func positive(_ name: String) throws -> Double {
    let number = try number(name)
    guard number > 0 else {
      throw UnusableSetting(detector: detector, name: name, number: number)
    }
    return number
  }
}

/// One measure behind a vote, in the measure's own unit.
package struct Evidence: Hashable, Sendable {
  package let feature: String
  package let contribution: Double
  package let actual: Double?
  package let typical: Double?
  package let spread: Double?

  package init(
    _ feature: String, contribution: Double, actual: Double? = nil, typical: Double? = nil,
    spread: Double? = nil
  ) {
    self.feature = feature
    self.contribution = contribution
    self.actual = actual
    self.typical = typical
    self.spread = spread
  }
}

/// What a detector says of an entity and window.
package struct RawVote: Hashable, Sendable {
  package var entityKind = EntityKind.host
  package let entity: String
  package let window: Range<Instant>
  package let detector: String
  package let score: Double
  package let floor: Double
  /// Infinite where the detector is never certain.
  package let ceiling: Double
  package let peer: String?
  /// The host of the site whose doing it mostly was, where the entity suffered it.
  package var cause: String?
  /// At most three, largest contribution first.
  package let evidence: [Evidence]

  package init(
    entity: String, window: Range<Instant>, detector: String, score: Double, floor: Double,
    ceiling: Double, peer: String? = nil, cause: String? = nil, evidence: [Evidence]
  ) {
    self.entity = entity
    self.window = window
    self.detector = detector
    self.score = score
    self.floor = floor
    self.ceiling = ceiling
    self.peer = peer
    self.cause = cause
    self.evidence = evidence
  }
}
