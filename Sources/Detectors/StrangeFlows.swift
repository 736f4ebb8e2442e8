import Columnar
import Events
import Features
import Forest
import Synchronization

/// How many conversations of each host and hour are stranger than 99 of 100 of their class.
struct StrangeFlows: Sendable {
  private static let share = 0.01

  private struct Count {
    var all: UInt32 = 0
    var strange: UInt32 = 0
  }

  private let windowCount: Int
  /// Of each window of the day, by host.
  private var counts: [String: [Count]] = [:]

  /// Where there are no models or conversations, none is strange.
  /// - Parameter threads: batches that are judged at a time; the counts do not depend on it.
  init(
    _ models: ForestModels?, tables: DayTables, calendar: CivilCalendar, state: SiteState,
    threads: Int
  ) throws {
    let windowCount = calendar.hours(of: tables.day).count
    self.windowCount = windowCount
    guard let models, let model = models.flows, let conversations = models.conversations else {
      return
    }
    let day = try FlowFeatures.Day(
      conversations, tables: tables, calendar: calendar, networks: models.networks, state: state)
    let next = Atomic<Int>(0)
    let parts = try parallelMap(Array(0..<threads), threads: threads) { _ in
      var part = Part(flows: FlowFeatures(day), model: model, windowCount: windowCount)
      while case let batch = next.add(1, ordering: .relaxed).oldValue, batch < day.batchCount {
        try part.judge(batch)
      }
      return part.countsByHost
    }
    for part in parts {
      counts.merge(part) { first, second in
        zip(first, second).map { Count(all: $0.all + $1.all, strange: $0.strange + $1.strange) }
      }
    }
  }

  /// What one thread counts.
  private struct Part {
    private let flows: FlowFeatures
    private let forest: IsolationForest
    private let windowCount: Int
    /// By the code of a class; no conversation of a class without training rows is strange.
    private let limits: [Float?]
    /// The windows of each host follow one another.
    private var counts: [Count] = []

    init(flows: FlowFeatures, model: TrimmedForest, windowCount: Int) {
      self.flows = flows
      self.windowCount = windowCount
      forest = model.forest
      limits = (0...UInt8.max).map {
        model.tails[$0].map { $0.greatestScore(above: StrangeFlows.share) }
      }
    }

    mutating func judge(_ batch: Int) throws {
      let rows = try flows.rows(batch)
      guard !rows.hosts.isEmpty else { return }
      let scores = try forest.scores(
        FeatureMatrix(names: FlowFeature.names, columns: rows.columns), threads: 1)
      let classes = flows.classes
      counts += Array(repeating: Count(), count: classes.count * windowCount - counts.count)
      for row in rows.hosts.indices {
        let host = Int(rows.hosts[row])
        guard let limit = limits[Int(classes[host])] else { continue }
        let place = host * windowCount + Int(rows.windows[row])
        counts[place].all += 1
        if scores[row] > limit { counts[place].strange += 1 }
      }
    }

    var countsByHost: [String: [Count]] {
      var found: [String: [Count]] = [:]
      for (place, host) in flows.hosts.enumerated() {
        found[host] = Array(counts[place * windowCount..<(place + 1) * windowCount])
      }
      return found
    }
  }

  /// The surprise of as many strange conversations as there are, in bits.
  func surprise(
    _ host: String, window: Int, shape: Double
  ) -> (bits: Double, count: Int, expected: Double) {
    guard let hour = counts[host]?[window] else { return (0, 0, 0) }
    let expected = Double(hour.all) * StrangeFlows.share
    // One of a hundred is strange on any host at some hour.
    guard hour.strange > 1 else { return (0, Int(hour.strange), expected) }
    let bits = NegativeBinomial.surprise(Double(hour.strange), mean: expected, shape: shape)
    return (bits, Int(hour.strange), expected)
  }
}
