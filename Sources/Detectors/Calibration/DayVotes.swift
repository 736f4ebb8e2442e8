/// Votes of one day and population, at most one per entity and detector: the greatest score of its
/// windows. Sorted by detector, then score, then entity.
struct DayVotes {
  /// Row ranges by detector: `starts[detector] ..< starts[detector + 1]`; [detectorCount + 1].
  private(set) var starts: [Int]
  private(set) var scores: [Double] = []
  private(set) var entities: [Int32] = []
  private(set) var classes: [UInt16] = []
  /// What each vote is foremost about, by number; −1 where it doesn't say.
  private(set) var features: [Int32] = []
  /// The host whose doing it was; −1 where none is named.
  private(set) var causes: [Int32] = []
  /// The other end by which each vote is asked about, by number; −1 for none.
  private(set) var peers: [Int32] = []
  /// Whether the entity had a vote of the detector that was as strong within the 7 days before.
  private(set) var isRepeat: [Bool] = []
  /// Whether a window's score reached its ceiling.
  private(set) var atCeiling: [Bool] = []
  /// The least floor of the detector's votes; 0 where it has none. [detectorCount]
  private(set) var floors: [Double]

  struct Row {
    let detector: UInt16
    let entity: Int32
    let entityClass: UInt16
    let feature: Int32
    var cause: Int32
    let peer: Int32
    let score: Double
    let floor: Double
    var atCeiling: Bool
  }

  init(_ rows: [Row], detectorCount: Int) {
    starts = [Int](repeating: 0, count: detectorCount + 1)
    floors = [Double](repeating: 0, count: detectorCount)
    var strongest = rows
    strongest.sort {
      ($0.detector, $0.entity, $1.score) < ($1.detector, $1.entity, $0.score)
    }
    var kept: [Row] = []
    kept.reserveCapacity(strongest.count)
    for row in strongest {
      if let last = kept.last, last.detector == row.detector, last.entity == row.entity {
        if row.atCeiling { kept[kept.count - 1].atCeiling = true }
        // One hour may be another's doing, and the next its own.
        if row.cause != last.cause { kept[kept.count - 1].cause = -1 }
      } else {
        kept.append(row)
      }
    }
    kept.sort { ($0.detector, $0.score, $0.entity) < ($1.detector, $1.score, $1.entity) }
    for row in kept {
      let detector = Int(row.detector)
      floors[detector] =
        starts[detector + 1] == 0 ? row.floor : min(floors[detector], row.floor)
      starts[detector + 1] += 1
      scores.append(row.score)
      entities.append(row.entity)
      classes.append(row.entityClass)
      features.append(row.feature)
      causes.append(row.cause)
      peers.append(row.peer)
      atCeiling.append(row.atCeiling)
    }
    for detector in 0..<detectorCount { starts[detector + 1] += starts[detector] }
  }

  /// Marks the votes that are no stronger than one of an earlier day, and notes all in `recent`.
  mutating func markRepeats(day: Int, _ recent: inout RecentVotes) {
    for detector in floors.indices {
      for row in rows(of: detector) {
        isRepeat.append(
          recent.strongest(detector, entities[row], before: day) >= scores[row])
        recent.add(detector, entities[row], day: day, score: scores[row])
      }
    }
  }

  func rows(of detector: Int) -> Range<Int> { starts[detector]..<starts[detector + 1] }
}
