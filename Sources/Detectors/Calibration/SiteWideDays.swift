/// Days of a window on which far more hosts than usual voted high on the same detector.
///
/// A host is high on a detector above the 95th percentile of a usual day, which is the median of
/// the window's days' percentiles. The share of hosts that are high is compared with its median
/// over the window. Both medians stay put while fewer than half of the days are unusual, so no
/// day's verdict hangs on another's.
struct SiteWideDays {
  /// Hosts that are high today, by detector; nil where today is usual. [detectorCount]
  private(set) var highToday: [Int?]
  /// Share of the window's days with at least today's share of high hosts, as a p-value.
  private(set) var pValues: [Double]
  /// Positions of the window's days that are usual, by detector. [detectorCount]
  private(set) var usualPositions: [[Int]]
  /// Unusual days of the window with their number of high hosts, by detector. [detectorCount]
  private(set) var unusual: [[(position: Int, highCount: Int)]]

  static let highShareOfUsualDay = 0.05
  static let leastDays = 7
  static let leastHosts = 5
  static let leastShare = 0.15
  /// Spreads above the median share.
  static let spreads = 5.0

  init(_ history: VoteHistory, window: Range<Int>, today: Int) {
    let detectorCount = history.detectors.count
    highToday = [Int?](repeating: nil, count: detectorCount)
    pValues = [Double](repeating: 1, count: detectorCount)
    usualPositions = [[Int]](repeating: Array(window), count: detectorCount)
    unusual = [[(position: Int, highCount: Int)]](repeating: [], count: detectorCount)
    guard window.count >= Self.leastDays else { return }
    for detector in 0..<detectorCount { judge(detector, history, window, today) }
  }

  private mutating func judge(
    _ detector: Int, _ history: VoteHistory, _ window: Range<Int>, _ today: Int
  ) {
    let percentiles = window.map { history.days[$0].highScore(detector) }.sorted()
    let usualHigh = percentiles[percentiles.count / 2]
    func highCount(_ position: Int) -> Int {
      let votes = history.days[position].hostVotes
      let rows = votes.rows(of: detector)
      return votes.scores[rows].endIndex - votes.scores[rows].partition { $0 > usualHigh }
    }
    let counts = window.map(highCount)
    let shares = zip(window, counts).map { Double($1) / Double(max(1, history.days[$0].hostCount)) }
    var values = shares
    let usualShare = median(&values)
    values = shares.map { abs($0 - usualShare) }
    let spread = 1.4826 * median(&values)

    func isUnusual(_ count: Int, of hostCount: Int) -> Bool {
      let hosts = Double(max(1, hostCount))
      let share = Double(count) / hosts
      // Counts vary by at least their square root.
      let leastSpread = max(usualShare * hosts, 1).squareRoot() / hosts
      return count >= Self.leastHosts && share >= Self.leastShare
        && share > usualShare + Self.spreads * max(spread, leastSpread)
    }
    for (position, count) in zip(window, counts)
    where isUnusual(count, of: history.days[position].hostCount) {
      unusual[detector].append((position, count))
    }
    if !unusual[detector].isEmpty {
      let left = Set(unusual[detector].map(\.position))
      usualPositions[detector] = window.filter { !left.contains($0) }
    }
    let count = highCount(today)
    if isUnusual(count, of: history.days[today].hostCount) {
      highToday[detector] = count
      let share = Double(count) / Double(history.days[today].hostCount)
      pValues[detector] = Double(shares.count { $0 >= share } + 1) / Double(window.count + 1)
    }
  }
}

extension HistoryDay {
  /// The score that 5 % of the day's hosts pass; −∞ where fewer vote at all.
  fileprivate func highScore(_ detector: Int) -> Double {
    let rows = hostVotes.rows(of: detector)
    let passing = Int(SiteWideDays.highShareOfUsualDay * Double(hostCount))
    return rows.count > passing ? hostVotes.scores[rows.upperBound - passing - 1] : -.infinity
  }
}
