/// The votes of the last days by detector and entity.
struct RecentVotes {
  private struct Key: Hashable {
    let detector: Int
    let entity: Int32
  }
  private var votes: [Key: [(day: Int, score: Double)]] = [:]

  /// The strongest vote within the 7 days before a day; −∞ without any.
  func strongest(_ detector: Int, _ entity: Int32, before day: Int) -> Double {
    let own = votes[Key(detector: detector, entity: entity)] ?? []
    return own.reduce(-.infinity) {
      day - $1.day <= CalibrationConstants.repeatDays ? max($0, $1.score) : $0
    }
  }

  /// Adds a vote; days don't descend.
  mutating func add(_ detector: Int, _ entity: Int32, day: Int, score: Double) {
    votes[Key(detector: detector, entity: entity), default: []].removeAll {
      day - $0.day > CalibrationConstants.repeatDays
    }
    votes[Key(detector: detector, entity: entity), default: []].append((day, score))
  }
}
