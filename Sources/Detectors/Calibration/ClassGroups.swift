import Events

/// How the classes of hosts are calibrated, by their entity-days in a window.
struct ClassGroups {
  /// Entity-days by class. [classCount]
  let entityDays: [Int]
  /// Classes that share the tail of own histories: all small ones, and so many of the next larger
  /// that the tail has enough entity-days. [classCount]
  let pooled: [Bool]
  private let isSmall: [Bool]
  private let isPooledOverHosts: Bool

  init(_ history: VoteHistory, window: Range<Int>) {
    var entityDays = [Int](repeating: 0, count: history.classes.count)
    for day in history.days[window] {
      for (entityClass, count) in day.classCounts.enumerated() { entityDays[entityClass] += count }
    }
    var pooled = [Bool](repeating: false, count: entityDays.count)
    var pooledDays = 0
    let hostClasses = entityDays.indices.filter { history.classes[$0].kind == .host }
    for entityClass in hostClasses.sorted(by: { (entityDays[$0], $0) < (entityDays[$1], $1) })
    where min(entityDays[entityClass], pooledDays) < CalibrationConstants.leastEntityDaysOfClass {
      pooled[entityClass] = true
      pooledDays += entityDays[entityClass]
    }
    self.entityDays = entityDays
    self.pooled = pooled
    isSmall = entityDays.map { $0 < CalibrationConstants.leastEntityDaysOfClass }
    isPooledOverHosts = window.count < CalibrationConstants.leastDaysForClasses
  }

  func group(of entityClass: Int) -> VoteCalibrator.Group {
    if isPooledOverHosts { return .allHosts }
    return isSmall[entityClass] ? .ownHistories : .entityClass(entityClass)
  }
}

/// One detector's scores on the entities of some classes, entity by entity.
struct OwnHistoryPool {
  private(set) var entityDayCount = 0
  private var dayCounts: [Int32: Int] = [:]
  private var scores: [Int32: [Double]] = [:]

  init(_ history: VoteHistory, detector: Int, classes: [Bool], positions: [Int]) {
    for position in positions {
      let day = history.days[position]
      for (entity, entityClass) in zip(day.entities, day.classes) where classes[Int(entityClass)] {
        dayCounts[entity, default: 0] += 1
        entityDayCount += 1
      }
      let votes = day.hostVotes
      for row in votes.rows(of: detector) where classes[Int(votes.classes[row])] {
        scores[votes.entities[row], default: []].append(votes.scores[row])
      }
    }
  }

  func ownHistory(of entity: Int32) -> OwnHistory {
    OwnHistory(dayCount: dayCounts[entity] ?? 0, scores: scores[entity] ?? [])
  }

  /// Every score, measured by the entity's other days; ascending.
  func standardisedScores(floor: Double) -> [Double] {
    var standardised: [Double] = []
    for entity in scores.keys {
      let own = ownHistory(of: entity)
      for (position, score) in own.scores.enumerated() {
        standardised.append(own.standardised(score, floor: floor, leavingOut: position))
      }
    }
    return standardised.sorted()
  }
}
