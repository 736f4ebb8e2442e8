import Events

/// How the classes of hosts are calibrated, by their entity-days in a window.
struct ClassGroups {
  /// Entity-days by class. [classCount]
  let entityDays: [Int]
  /// Classes whose votes make the tail of own histories: all small ones, and so many of the next
  /// larger that it has enough entity-days. [classCount]
  let pooled: [Bool]
  private let isSmall: [Bool]
  private let isPooledOverHosts: Bool

  /// The groups of a day by what it is compared with.
  init(_ history: VoteHistory, position: Int) {
    let window = history.reference(before: position)
    var entityDays = [Int](repeating: 0, count: history.classes.count)
    for day in history.days[window] {
      for (entityClass, count) in day.classCounts.enumerated() { entityDays[entityClass] += count }
    }
    var pooled = [Bool](repeating: false, count: entityDays.count)
    var pooledDays = 0
    let hostClasses = entityDays.indices.filter { history.classes[$0].kind == .host }
    for entityClass in hostClasses.sorted(by: { (entityDays[$0], $0) < (entityDays[$1], $1) }) {
      let isSmall = entityDays[entityClass] < CalibrationConstants.leastEntityDaysOfClass
      guard isSmall || pooledDays < CalibrationConstants.leastEntityDaysOfPool else { break }
      pooled[entityClass] = true
      pooledDays += entityDays[entityClass]
    }
    self.entityDays = entityDays
    self.pooled = pooled
    isSmall = entityDays.map { $0 < CalibrationConstants.leastEntityDaysOfClass }
    isPooledOverHosts =
      history.window(before: position).count < CalibrationConstants.leastDaysForClasses
  }

  func group(of entityClass: Int) -> VoteCalibrator.Group {
    if isPooledOverHosts { return .allHosts }
    return isSmall[entityClass] ? .ownHistories : .entityClass(entityClass)
  }
}
