/// The votes of one detector on one class over a set of days, kept sorted while the days move on.
struct SlidingReference {
  /// Ascending.
  private(set) var scores: [Double] = []
  private var positions: [Int] = []

  /// Makes `newPositions` (ascending) the days of the reference; linear in its votes.
  /// - Parameter votes: the scores of a day, ascending.
  mutating func move(to newPositions: [Int], votes: (Int) -> [Double]) {
    guard newPositions != positions else { return }
    let leaving = Set(positions).subtracting(newPositions).sorted()
    let arriving = Set(newPositions).subtracting(positions).sorted()
    scores = scores.merged(
      removing: leaving.flatMap(votes).sorted(), adding: arriving.flatMap(votes).sorted())
    positions = newPositions
  }
}

extension [Double] {
  /// These ascending values without `removed`, which are among them, and with `added`.
  func merged(removing removed: [Double], adding added: [Double]) -> [Double] {
    var merged: [Double] = []
    merged.reserveCapacity(count - removed.count + added.count)
    var nextRemoved = 0
    var nextAdded = 0
    for value in self {
      if nextRemoved < removed.count, removed[nextRemoved] == value {
        nextRemoved += 1
        continue
      }
      while nextAdded < added.count, added[nextAdded] < value {
        merged.append(added[nextAdded])
        nextAdded += 1
      }
      merged.append(value)
    }
    merged.append(contentsOf: added[nextAdded...])
    return merged
  }
}
