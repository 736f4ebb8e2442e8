/// Days of a window on which far more hosts than usual voted high on the same detectors for the
/// same reason: a patch morning moves the bytes of all, an outage their failures.
///
/// A host is high on a feature of a detector above the 95th percentile of a usual day, which is the
/// median of the window's days' percentiles. The share of hosts that are high is compared with its
/// median over the window. Both medians stay put while fewer than half of the days are unusual, so
/// no day's verdict hangs on another's.
struct SiteWideDays {
  /// Hosts that are high today, by detector; nil where today is usual. [detectorCount]
  private(set) var highToday: [Int?]
  /// The features on which they are. [detectorCount]
  private(set) var featuresToday: [Set<Int32>]
  /// Share of the window's days with at least today's share of high hosts, as a p-value; the least
  /// over the features, which is not corrected for their number.
  /// [detectorCount]
  private(set) var pValues: [Double]
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
    featuresToday = [Set<Int32>](repeating: [], count: detectors.count)
    usualPositions = [[Int]](repeating: Array(window), count: detectors.count)
    unusual = [[(position: Int, highCount: Int)]](repeating: [], count: detectors.count)
    pValues = [Double](repeating: 1, count: detectors.count)
    guard window.count >= Self.leastDays else { return }
    let shares = detectors.filter { !history.corroborates[$0] }.flatMap { detector in
      let days = window.filter { history.days[$0].ran[detector] } + [today]
      guard days.count > Self.leastDays else { return [HighShares]() }
      let features = Set(days.flatMap { history.days[$0].hostVotes.featuresVoted(detector) })
      return features.sorted().map {
        HighShares(history, detector: detector, feature: $0, days: days)
      }
    }

    for position in window {
      for part in Self.parts(of: shares, on: position) {
        let count = part.count(position)
        if unusual[part.detector].last?.position == position {
          unusual[part.detector][unusual[part.detector].count - 1].highCount += count
        } else {
          unusual[part.detector].append((position, count))
        }
      }
    }
    for detector in detectors where !unusual[detector].isEmpty {
      let leftOut = Set(unusual[detector].map(\.position))
      usualPositions[detector] = window.filter { !leftOut.contains($0) }
    }
    for part in Self.parts(of: shares, on: today) {
      highToday[part.detector] = (highToday[part.detector] ?? 0) + part.count(today)
      featuresToday[part.detector].insert(part.feature)
      pValues[part.detector] = min(pValues[part.detector], part.pValue(today))
    }
  }

  /// What is unusual on a day: nothing, unless something is very much so.
  private static func parts(of shares: [HighShares], on position: Int) -> [HighShares] {
    let excesses = shares.map { $0.excess(position) }
    guard excesses.contains(where: { $0 >= leastExcess }) else { return [] }
    return zip(shares, excesses).filter { $0.1 >= leastExcessBeside }.map(\.0)
  }
}

/// How many hosts are high on one feature of a detector, on the days on which it ran.
private struct HighShares {
  let detector: Int
  let feature: Int32
  /// High hosts and all hosts, by position.
  private var hosts: [Int: (high: Int, all: Int)] = [:]
  private let earlier: ArraySlice<Int>
  private let usualShare: Double
  private let spread: Double

  /// - Parameter days: positions in ascending order, today being the last.
  init(_ history: VoteHistory, detector: Int, feature: Int32, days: [Int]) {
    self.detector = detector
    self.feature = feature
    earlier = days.dropLast()
    let percentiles = earlier.map { history.days[$0].highScore(detector, feature) }.sorted()
    let usualHigh = percentiles[percentiles.count / 2]
    for position in days {
      let day = history.days[position]
      hosts[position] = (
        day.hostVotes.scores(detector, feature).count { $0 > usualHigh }, max(1, day.hostCount)
      )
    }
    var values = earlier.map { [hosts] in
      hosts[$0].map { Double($0.high) / Double($0.all) } ?? 0
    }
    usualShare = median(&values)
    for index in values.indices { values[index] = abs(values[index] - usualShare) }
    spread = 1.4826 * median(&values)
  }

  func count(_ position: Int) -> Int { hosts[position]?.high ?? 0 }

  private func share(_ position: Int) -> Double {
    hosts[position].map { Double($0.high) / Double($0.all) } ?? 0
  }

  /// Spreads of the day's share above the usual one; −∞ where too few hosts are high.
  func excess(_ position: Int) -> Double {
    guard count(position) >= SiteWideDays.leastHosts, share(position) >= SiteWideDays.leastShare
    else { return -.infinity }
    // Counts vary by at least their square root.
    let all = Double(hosts[position]?.all ?? 1)
    let leastSpread = max(usualShare * all, 1).squareRoot() / all
    return (share(position) - usualShare) / max(spread, leastSpread)
  }

  /// The share of earlier days on which as many hosts were high as on a day.
  func pValue(_ today: Int) -> Double {
    let asHigh = earlier.count { share($0) >= share(today) }
    return Double(asHigh + 1) / Double(earlier.count + 1)
  }
}

extension DayVotes {
  fileprivate func featuresVoted(_ detector: Int) -> Set<Int32> {
    Set(features[rows(of: detector)])
  }

  /// Ascending.
  fileprivate func scores(_ detector: Int, _ feature: Int32) -> [Double] {
    rows(of: detector).filter { features[$0] == feature }.map { scores[$0] }
  }
}

extension HistoryDay {
  /// The score that 5 % of the day's hosts pass; −∞ where fewer vote at all.
  fileprivate func highScore(_ detector: Int, _ feature: Int32) -> Double {
    let scores = hostVotes.scores(detector, feature)
    let passing = Int(SiteWideDays.usualHighShare * Double(hostCount))
    return scores.count > passing ? scores[scores.count - passing - 1] : -.infinity
  }
}
