/// Days of a window on which far more hosts than usual voted high on the same detectors.
///
/// A host is high on a detector above the 95th percentile of a usual day, which is the median of
/// the window's days' percentiles. The share of hosts that are high is compared with its median
/// over the window. Both medians stay put while fewer than half of the days are unusual, so no
/// day's verdict hangs on another's.
struct SiteWideDays {
  /// Hosts that are high today, by detector; nil where today is usual. [detectorCount]
  private(set) var highToday: [Int?]
  /// Share of the window's days with at least today's share of high hosts, as a p-value.
  /// [detectorCount]
  private(set) var pValues: [Double] = []
  /// Positions of the window's days that are usual, by detector. [detectorCount]
  private(set) var usualPositions: [[Int]]
  /// Unusual days of the window with their number of high hosts, by detector. [detectorCount]
  private(set) var unusual: [[(position: Int, highCount: Int)]]

  /// Share of a usual day's hosts that are high.
  static let usualHighShare = 0.05
  /// Fewer days make no usual one.
  static let leastDays = 7
  /// Fewer hosts, or a smaller share of them, are looked at one by one.
  static let leastHosts = 5
  static let leastShare = 0.1
  /// Spreads above the median share at which a day is site-wide. On simulated sites on which
  /// nothing happens, 4 makes 1 % of days site-wide and 5 none of 1,488.
  static let leastExcess = 5.0
  /// Spreads at which further detectors count as part of a site-wide day.
  static let leastExcessBeside = 2.5

  init(_ history: VoteHistory, window: Range<Int>, today: Int) {
    let detectors = history.detectors.indices
    highToday = [Int?](repeating: nil, count: detectors.count)
    usualPositions = [[Int]](repeating: Array(window), count: detectors.count)
    unusual = [[(position: Int, highCount: Int)]](repeating: [], count: detectors.count)
    pValues = [Double](repeating: 1, count: detectors.count)
    guard window.count >= Self.leastDays else { return }
    let shares = detectors.map { HighShares(history, detector: $0, window: window, today: today) }

    for position in window {
      let excesses = shares.map { $0.excess(position) }
      for detector in detectors where Self.isPart(excesses[detector], of: excesses) {
        unusual[detector].append((position, shares[detector].count(position)))
      }
    }
    for detector in detectors where !unusual[detector].isEmpty {
      let leftOut = Set(unusual[detector].map(\.position))
      usualPositions[detector] = window.filter { !leftOut.contains($0) }
    }
    let excesses = shares.map { $0.excess(today) }
    for detector in detectors where Self.isPart(excesses[detector], of: excesses) {
      highToday[detector] = shares[detector].count(today)
      pValues[detector] = shares[detector].pValueOfToday
    }
  }

  private static func isPart(_ excess: Double, of excesses: [Double]) -> Bool {
    excess >= leastExcessBeside && excesses.contains { $0 >= leastExcess }
  }
}

/// How many hosts are high on one detector, on the days of a window and today.
private struct HighShares {
  private let window: Range<Int>
  private let today: Int
  /// By day of the window, then today.
  private let counts: [Int]
  private let hostCounts: [Int]
  private let usualShare: Double
  private let spread: Double

  init(_ history: VoteHistory, detector: Int, window: Range<Int>, today: Int) {
    self.window = window
    self.today = today
    let percentiles = window.map { history.days[$0].highScore(detector) }.sorted()
    let usualHigh = percentiles[percentiles.count / 2]
    let days = Array(window) + [today]
    counts = days.map {
      let votes = history.days[$0].hostVotes
      let scores = votes.scores[votes.rows(of: detector)]
      return scores.endIndex - scores.partition { $0 > usualHigh }
    }
    hostCounts = days.map { max(1, history.days[$0].hostCount) }
    let shares = zip(counts, hostCounts).map { Double($0) / Double($1) }.dropLast()
    var values = Array(shares)
    usualShare = median(&values)
    for index in values.indices { values[index] = abs(values[index] - usualShare) }
    spread = 1.4826 * median(&values)
  }

  private func index(_ position: Int) -> Int {
    position == today ? counts.count - 1 : position - window.lowerBound
  }

  func count(_ position: Int) -> Int { counts[index(position)] }

  private func share(_ position: Int) -> Double {
    Double(count(position)) / Double(hostCounts[index(position)])
  }

  /// Spreads of the day's share above the usual one; −∞ where too few hosts are high.
  func excess(_ position: Int) -> Double {
    guard count(position) >= SiteWideDays.leastHosts, share(position) >= SiteWideDays.leastShare
    else { return -.infinity }
    // Counts vary by at least their square root.
    let hosts = Double(hostCounts[index(position)])
    let leastSpread = max(usualShare * hosts, 1).squareRoot() / hosts
    return (share(position) - usualShare) / max(spread, leastSpread)
  }

  var pValueOfToday: Double {
    let asHigh = window.count { share($0) >= share(today) }
    return Double(asHigh + 1) / Double(window.count + 1)
  }
}

extension HistoryDay {
  /// The score that 5 % of the day's hosts pass; −∞ where fewer vote at all.
  fileprivate func highScore(_ detector: Int) -> Double {
    let rows = hostVotes.rows(of: detector)
    let passing = Int(SiteWideDays.usualHighShare * Double(hostCount))
    return rows.count > passing ? hostVotes.scores[rows.upperBound - passing - 1] : -.infinity
  }
}
