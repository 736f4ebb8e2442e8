import Columnar
import Events

/// What was stored of one day: its raw votes (`Vote`), the entities seen (`HostDay`) and which
/// detectors ran (`DetectorRun`; all of them where nil).
package struct ScoredDay: Sendable {
  package let date: CivilDate
  package let votes: [any BatchSource]
  /// Detectors whose votes don't weigh, since others are in charge.
  let idle: Set<String>
  package let hostDays: any BatchSource
  package let runs: (any BatchSource)?

  package init(
    date: CivilDate, votes: [any BatchSource], without idle: Set<String> = [],
    hostDays: any BatchSource, runs: (any BatchSource)? = nil
  ) {
    self.date = date
    self.votes = votes
    self.idle = idle
    self.hostDays = hostDays
    self.runs = runs
  }
}

package enum CalibrationError: Error, CustomStringConvertible {
  case unknownEntityKind(String, date: CivilDate)
  case twice(CivilDate)
  case score(Double, detector: String, entity: String, date: CivilDate)
  case unseen(String, detector: String, date: CivilDate)

  package var description: String {
    switch self {
    case .unknownEntityKind(let kind, let date):
      "scores of \(date): expected entity kind host or internet, found \(kind); score the day again"
    case .twice(let date): "scores of \(date): expected each day once, found it twice"
    case .score(let score, let detector, let entity, let date):
      "scores of \(date): expected a finite score of \(detector) for \(entity), found \(score); "
        + "score the day again"
    case .unseen(let entity, let detector, let date):
      "scores of \(date): expected a row of host_days for \(entity), on which \(detector) votes, "
        + "found none; score the day again"
    }
  }
}

/// A host and a day on which a person found it attacked, or doing what it should not.
package struct AttackedHostDay: Hashable, Sendable {
  package let kind: EntityKind
  package let entity: String
  package let day: CivilDate

  package init(kind: EntityKind, entity: String, day: CivilDate) {
    self.kind = kind
    self.entity = entity
    self.day = day
  }
}

/// An entity of the site's history, ordered by kind and name.
struct Entity: Hashable, Comparable {
  let kind: EntityKind
  let name: String

  static func < (a: Entity, b: Entity) -> Bool {
    a.kind == b.kind ? a.name < b.name : a.kind.rawValue < b.kind.rawValue
  }
}

/// Entities that are ranked against each other.
struct RankedClass: Hashable, Comparable {
  let kind: EntityKind
  let name: String

  static func < (a: RankedClass, b: RankedClass) -> Bool {
    a.kind == b.kind ? a.name < b.name : a.kind.rawValue < b.kind.rawValue
  }
}

/// One day of the history, with entities, classes and detectors as numbers in the order of their
/// names.
struct HistoryDay {
  let day: Int
  /// Entities seen, ascending, with their class.
  let entities: [Int32]
  let classes: [UInt16]
  /// Entities seen, by class.
  let classCounts: [Int]
  /// Hosts seen.
  let hostCount: Int
  /// Whether a detector could judge the day. [detectorCount]
  let ran: [Bool]
  var hostVotes: DayVotes
  /// Votes on the population of outside addresses.
  var otherVotes: DayVotes
  /// Entities that a person found attacked: what they did sets no bar for others.
  private(set) var attacked: Set<Int32> = []
  /// Hosts seen but for those, in all and by class.
  private(set) var usualHostCount: Int
  private(set) var usualClassCounts: [Int]

  init(
    day: Int, entities: [Int32], classes: [UInt16], classCounts: [Int], hostCount: Int,
    ran: [Bool], hostVotes: DayVotes, otherVotes: DayVotes
  ) {
    self.day = day
    self.entities = entities
    self.classes = classes
    self.classCounts = classCounts
    self.hostCount = hostCount
    self.ran = ran
    self.hostVotes = hostVotes
    self.otherVotes = otherVotes
    usualHostCount = hostCount
    usualClassCounts = classCounts
  }

  mutating func leaveOut(_ entity: Int32, isHost: Bool) {
    let place = entities.partition { $0 >= entity }
    guard place < entities.count, entities[place] == entity, attacked.insert(entity).inserted
    else { return }
    usualClassCounts[Int(classes[place])] -= 1
    if isHost { usualHostCount -= 1 }
  }
}

/// Raw votes and host-days of consecutive days, as dense arrays.
package struct VoteHistory {
  let entities: [Entity]
  let classes: [RankedClass]
  let detectors: [String]
  /// Whether a detector only corroborates. [detectorCount]
  let corroborates: [Bool]
  /// How much a detector's votes count; 1 for one that is gone. [detectorCount]
  let weights: [Double]
  /// Ascending; days without data are absent.
  private(set) var days: [HistoryDay]

  /// Reads the days, in any order of days, batches and rows.
  ///
  /// About 15 bytes a vote and 6 bytes an entity-day stay in memory.
  /// - Parameter attacked: by people's verdicts.
  package init(_ days: [ScoredDay], attacked: Set<AttackedHostDay> = []) throws {
    var reader = VoteReader()
    let read = try days.sorted { $0.date < $1.date }.map { try reader.read($0) }
    for (a, b) in zip(read, read.dropFirst()) where a.date == b.date {
      throw CalibrationError.twice(a.date)
    }
    let order = reader.nameOrder()
    entities = order.entities.sorted
    classes = order.classes.sorted
    detectors = order.detectors.sorted
    corroborates = detectors.map(corroboratingDetectors.contains)
    weights = detectors.map { detectorWeights[$0] ?? Specificity.novelty.rawValue }
    var days = read.filter { !$0.seen.isEmpty }.map { HistoryDay($0, order) }
    var (recentHostVotes, recentOtherVotes) = (RecentVotes(), RecentVotes())
    for index in days.indices {
      days[index].hostVotes.markRepeats(day: days[index].day, &recentHostVotes)
      days[index].otherVotes.markRepeats(day: days[index].day, &recentOtherVotes)
    }
    self.days = days
    for hostDay in attacked {
      let entity = Entity(kind: hostDay.kind, name: hostDay.entity)
      let place = entities.partition { !($0 < entity) }
      let position = days.partition { $0.day >= hostDay.day.dayNumber }
      guard place < entities.count, entities[place] == entity, position < days.count,
        days[position].day == hostDay.day.dayNumber
      else { continue }
      self.days[position].leaveOut(Int32(place), isHost: entity.kind == .host)
    }
  }

  func isAttacked(_ score: EntityDayScore) -> Bool {
    days[score.position].attacked.contains(score.entity)
  }

  /// Positions of the days `first … last` that have data.
  func positions(from first: Int, through last: Int) -> Range<Int> {
    days.partition { $0.day >= first }..<days.partition { $0.day > last }
  }

  /// Positions of the 28 days before one.
  func window(before position: Int) -> Range<Int> {
    let day = days[position].day
    return positions(from: day - CalibrationConstants.referenceDays, through: day - 1)
  }

  /// The days before one that it is compared with: those of its window, without the first ones
  /// whose own history was too short for what was usual, once enough others remain. To hosts that
  /// were just met everything is new, so these days' scores are those of another population.
  func reference(before position: Int) -> Range<Int> {
    let window = window(before: position)
    let learned = CalibrationConstants.leastDaysLearned
    guard let first = window.first(where: { self.window(before: $0).count >= learned }),
      window.upperBound - first >= learned
    else { return window }
    return first..<window.upperBound
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first position at which `isAfter` holds, which it does from there on; O(log n).
  func partition(_ isAfter: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
