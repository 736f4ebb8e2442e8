import Columnar
import Events
import Incidents

/// A day's tables that tell what a host did.
package struct HostTables {
  package let hostHours: any BatchSource
  package let pairs: any BatchSource
  /// Whether it is a workday.
  package let isWorkday: Bool

  package init(hostHours: any BatchSource, pairs: any BatchSource, isWorkday: Bool) {
    self.hostHours = hostHours
    self.pairs = pairs
    self.isWorkday = isWorkday
  }
}

extension Answer {
  /// A host's day, on average, beside the median of earlier workdays or days off, whichever were
  /// asked for, and whom it talked to on none of the earlier days.
  /// - Parameter addresses: of a host that is asked about by its name; the first that is known of
  ///   the days counts, where the name itself is not.
  package static func whatChanged(
    _ subject: String, at addresses: [String] = [], days: [HostTables], before: [HostTables]
  ) throws -> Answer {
    let traffic = try days.map { try HostTraffic.read($0.hostHours) }
    let names = ([subject] + addresses).map { Address($0)?.description ?? $0 }
    let host = names.first { name in traffic.contains { $0[name] != nil } } ?? names[0]
    let now = traffic.map { $0[host] ?? HostTraffic() }
    let kinds = Set(days.map(\.isWorkday))
    let earlier = try before.filter { kinds.contains($0.isWorkday) }
      .map { try HostTraffic.read($0.hostHours)[host] ?? HostTraffic() }
    guard now.contains(where: { $0.conversations > 0 }) else {
      return Answer(
        columns: ["what", "a_day", "usual_day", "times"], rows: [],
        sentence:
          "No conversation of a host named \(host) is known on the days asked about; hosts go by "
          + "the names and addresses that reports give them.")
    }
    let changes = Change.measures.map { name, value, isBytes in
      Change(
        name: name, isBytes: isBytes,
        actual: now.reduce(0.0) { $0 + Double(value($1)) } / Double(now.count),
        usual: earlier.map { Double(value($0)) }.median)
    }
    let new = try News(host, days: days, before: before)
    let most = changes.filter { $0.times != nil }.max { $0.factor < $1.factor }
    let lead =
      most.map { "Most changed of \(host) is \($0.text)" }
      ?? (earlier.isEmpty
        ? "No earlier day like it is known of \(host)" : "On such days \(host) is usually silent")
    return Answer(
      columns: ["what", "a_day", "usual_day", "times"],
      rows: changes.map(\.row)
        + [
          [
            .text("new destinations"), new.map { .count($0.destinationCount) } ?? .unknown,
            .unknown, .unknown,
          ]
        ] + (new?.rows ?? []),
      sentence: lead + "; "
        + (new.map {
          "it reached \(Quantity.counted($0.destinationCount, "destination")) for the first time."
        } ?? "which of its destinations are new is not known yet."))
  }
}

/// What a host reached on none of the earlier days.
private struct News {
  /// Addresses that no earlier day has: of a name that is asked for and then dealt with, only this
  /// is a destination.
  let destinationCount: Int
  /// Of these, and of other services of those that were known.
  let rows: [[Answer.Value]]

  /// Nil where too few earlier days are known.
  init?(_ host: String, days: [HostTables], before: [HostTables]) throws {
    guard before.count >= DayFacts.leastEarlierDays else { return nil }
    var (now, earlier) = ([PairTraffic.Key: PairTraffic](), [PairTraffic.Key: PairTraffic]())
    for day in days { try PairTraffic.read(day.pairs, into: &now) { $0.originator == host } }
    for day in before {
      try PairTraffic.read(day.pairs, into: &earlier) { $0.originator == host }
    }
    destinationCount =
      Set(now.keys.filter { $0.kind == .conversation }.map(\.responder))
      .subtracting(earlier.keys.map(\.responder)).count
    rows = now.filter { earlier[$0.key] == nil }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { pair, traffic in
        [
          .text("new: \(pair.end), \(pair.kind.noun)s"),
          .number(Double(traffic.count) / Double(days.count)), .count(0), .unknown,
        ]
      }
  }
}

/// A measure of a host's day beside what is usual for it.
private struct Change {
  typealias Measure = (name: String, value: @Sendable (HostTraffic) -> Int, isBytes: Bool)

  static let measures: [Measure] = [
    ("sent", { $0.bytesSent }, true), ("received", { $0.bytesReceived }, true),
    ("conversations begun", { $0.begun }, false),
    ("conversations that failed", { $0.failed }, false),
    ("conversations answered", { $0.answered }, false),
  ]

  let name: String
  let isBytes: Bool
  let actual: Double
  /// Nil where no earlier day is known.
  let usual: Double?

  /// Nil where nothing is usual.
  var times: Double? { usual.flatMap { $0 > 0 ? actual / $0 : nil } }

  /// How far it is from the usual, either way: 1 where it is as usual. One more on both sides keeps
  /// small counts from mattering most.
  var factor: Double {
    guard let usual else { return 1 }
    let ratio = (actual + 1) / (usual + 1)
    return max(ratio, 1 / ratio)
  }

  private func quantity(_ number: Double) -> Answer.Value {
    isBytes ? .bytes(Int(exactly: number.rounded()) ?? .max) : .number(number)
  }

  var row: [Answer.Value] {
    [
      .text(name), quantity(actual), usual.map(quantity) ?? .unknown,
      times.map(Answer.Value.number) ?? .unknown,
    ]
  }

  /// "sent: 4 kB a day, usually 1 kB, 4 times as much"
  var text: String {
    let cells = row.map(\.text)
    return "\(cells[0]): \(cells[1]) a day, usually \(cells[2]), \(cells[3]) times as much"
  }
}
