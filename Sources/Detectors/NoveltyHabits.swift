import Events
import Features
import Glibc

/// How much that is new, weighed by its rarity among peers, hosts come up with on a day, from when
/// each thing was first seen.
struct NoveltyHabits {
  /// The kinds that are counted.
  static let kinds: [Seen.Kind] = [
    .network, .port, .service, .handshake, .unnamedServer,
  ]

  private struct Host {
    let group: Int
    /// Days on which not all it did was new by itself.
    let dayCount: Double
    /// The weight of what it met first on these days, by kind.
    var weights = [Double](repeating: 0, count: NoveltyHabits.kinds.count)
  }
  private var hosts: [UInt32: Host] = [:]
  private let groupSizes: [Int]
  private let groupOfName: [String: Int]
  /// A day's mean over the hosts of a group, by kind.
  private var groupMeans: [[Double]] = []
  private let seen: SeenTable

  init(_ state: SiteState) {
    seen = state.seen
    // On the first days of the records everything is new.
    let observed = max(1, min(28, (state.days.age ?? 1) - 3))
    let names = Set(state.hosts.values.map(\.group)).sorted()
    groupOfName = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var sizes = [Int](repeating: 0, count: names.count)
    // In order, so that of two hosts with the same 24 bits it is always the same one that counts.
    for record in state.hosts.values.sorted(by: { $0.name > $1.name }) {
      let group = groupOfName[record.group] ?? 0
      sizes[group] += 1
      let age = state.asOf.dayNumber - record.firstDay.dayNumber
      let host = SeenKey(subject: 0, host: keyHash(record.name)).host
      hosts[host] = Host(group: group, dayCount: Double(min(observed, max(0, age - 1))))
    }
    groupSizes = sizes
    for (index, kind) in NoveltyHabits.kinds.enumerated() {
      add(state.seen.entries(of: kind), kind: index, observed: observed)
    }
    var totals = [[Double]](
      repeating: .init(repeating: 0, count: NoveltyHabits.kinds.count), count: names.count)
    var days = [Double](repeating: 0, count: names.count)
    for host in hosts.keys.sorted() {
      guard let own = hosts[host] else { continue }
      days[own.group] += own.dayCount
      for index in own.weights.indices { totals[own.group][index] += own.weights[index] }
    }
    groupMeans = zip(totals, days).map { totals, days in totals.map { $0 / max(1, days) } }
  }

  /// Adds the first days of one kind's entries, subject by subject.
  private mutating func add(_ entries: SeenTable.Entries, kind: Int, observed: Int) {
    var run: [SeenTable.Entry] = []
    func addRun() {
      for entry in run {
        guard let age = entry.days.age, age <= observed, var host = hosts[entry.key.host],
          Double(age) <= host.dayCount
        else { continue }
        let peers = run.count { hosts[$0.key.host]?.group == host.group }
        host.weights[kind] += NoveltyHabits.rarity(peers, of: groupSizes[host.group])
        hosts[entry.key.host] = host
      }
      run.removeAll(keepingCapacity: true)
    }
    for entry in entries {
      if entry.key.subject != run.last?.key.subject { addRun() }
      run.append(entry)
    }
    addRun()
  }

  /// What is usual a day for a host: its own mean drawn towards its group's.
  func mean(_ kind: Seen.Kind, host: HostRecord) -> Double {
    guard let index = NoveltyHabits.kinds.firstIndex(of: kind),
      let own = hosts[SeenKey(subject: 0, host: keyHash(host.name)).host]
    else { return 0.005 }
    // The group counts like two days.
    let mean =
      (own.weights[index] + 2 * groupMeans[own.group][index]) / (own.dayCount + 2)
    return max(mean, 0.005)
  }

  /// How rare a subject is among a host's peers, the host itself among them: 1 … 0.
  func rarity(_ kind: Seen.Kind, subject: UInt64, host: HostRecord) -> Double {
    let group = groupOfName[host.group] ?? 0
    let peers = seen.hosts(kind, subject: subject).count { hosts[$0]?.group == group }
    return NoveltyHabits.rarity(peers + 1, of: groupSizes[group])
  }

  /// How many of a host's peers met a subject within the last 28 days, and how many peers it has;
  /// the host itself is none of them.
  func users(_ kind: Seen.Kind, subject: UInt64, peersOf host: HostRecord) -> (Int, Int) {
    let group = groupOfName[host.group] ?? 0
    let own = SeenKey(subject: 0, host: keyHash(host.name)).host
    let users = seen.hosts(kind, subject: subject).count { $0 != own && hosts[$0]?.group == group }
    return (users, groupSizes[group] - 1)
  }

  private static func rarity(_ count: Int, of population: Int) -> Double {
    Prevalence.rarity(hostCount: count, of: population)
  }
}

/// Negative binomial counts: a Poisson whose mean varies from day to day.
enum NegativeBinomial {
  /// The surprise −log2 P(X ≥ count) where `mean` is usual, in bits; 0 for none. Counts between
  /// whole numbers are taken by the tail's continuous form.
  /// - Parameter shape: how evenly days go; small for bursts.
  static func surprise(_ count: Double, mean: Double, shape: Double) -> Double {
    guard count > 0, mean > 0 else { return 0 }
    let failure = mean / (mean + shape)
    var term = lgamma(count + shape) - lgamma(shape) - lgamma(count + 1)
    term += shape * log(shape / (mean + shape)) + count * log(failure)
    // The tail relative to its first term: a series whose ratio tends to `failure`.
    var sum = 1.0
    var next = 1.0
    var k = count
    while next > 1e-12 * sum {
      next *= failure * (k + shape) / (k + 1)
      sum += next
      k += 1
    }
    return max(0, -(term + log(sum)) / log(2))
  }
}
