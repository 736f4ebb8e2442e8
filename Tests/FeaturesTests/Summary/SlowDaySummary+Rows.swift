import Columnar
import Events

/// The sums as rows of the tables.
extension SlowDaySummary {
  mutating func finish() {
    let hosts = hostDays.filter { $0.value.hasSpoken }.sorted {
      ($0.key.host, $0.key.hour) < ($1.key.host, $1.key.hour)
    }
    for (key, entry) in hosts {
      func count(_ name: String) -> Int64 {
        Int64(entry.sets[name]?.count ?? 0) + (entry.counters[name] ?? 0)
      }
      // What a resolver was asked it may have asked on.
      let queries = max(0, count("dns_queries") - entry.relayed.queriesIn)
      let conversations =
        count("out_conversations")
        - min(entry.relayed.conversationsIn, entry.relayed.conversationsOut)
      let cells = HostHour.counters.map { counter in
        switch counter.name {
        case "dns_queries", "dns_names", "dns_failed": "\(min(count(counter.name), queries))"
        case "out_conversations", "out_failed": "\(min(count(counter.name), conversations))"
        default: "\(count(counter.name))"
        }
      }
      hostHours.append(
        [
          key.host.text, "\(hours[key.hour].lowerBound.microseconds)",
          (hostSources[key.host] ?? []).sorted().joined(separator: " "),
        ] + cells)
    }
    for (key, service) in serviceDays.sorted(by: {
      ($0.key.host, $0.key.port, $0.key.ianaNumber) < ($1.key.host, $1.key.port, $1.key.ianaNumber)
    }) {
      services.append([
        key.host.text, "\(key.port)", "\(key.ianaNumber)", "\(service.times.count)",
        "\(service.clients.count)", "\(service.externalClients.count)", "\(service.bytes)",
        "\(service.times.min() ?? 0)",
      ])
    }
    for (key, counts) in coverageDays.sorted(by: { $0.key < $1.key }) {
      let parts = key.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let hour = hours[Int(parts[2]) ?? 0].lowerBound.microseconds
      coverage.append([parts[0], parts[1], "\(hour)", "\(counts[0])", "\(counts[1])"])
    }
    nulls = nullDays.map { key, counts in
      key.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        + counts.map { "\($0)" }
    }
    finishPairs()
  }

  private mutating func finishPairs() {
    let sorted = pairDays.sorted {
      let (a, b) = ($0.key, $1.key)
      if a.kind != b.kind { return a.kind < b.kind }
      return (a.originator, a.responder, a.port, a.ianaNumber)
        < (b.originator, b.responder, b.port, b.ianaNumber)
    }
    for (row, (key, pair)) in sorted.enumerated() {
      let first = pair.times.min() ?? 0
      let last = pair.times.max() ?? 0
      pairs.append([
        key.kind, key.originator.text, key.responder.text, "\(pair.isExternal)", "\(key.port)",
        "\(key.ianaNumber)", "\(pair.times.count)", "\(pair.failed)",
        "\(pair.bytes.reduce(0) { $0 + ($1 ?? 0) })", "\(pair.received)",
        "\(pair.durations.reduce(0, +))", "\(pair.durations.max() ?? 0)", "\(first)", "\(last)",
      ])
      if key.kind == "conversation" && !pair.isExternal {
        edges.append([
          key.originator.text, key.responder.text, "\(key.port)", "\(key.ianaNumber)",
          "\(pair.times.count)", "\(pair.failed)", "\(first)",
        ])
      }
      guard pair.times.count >= 4 else { continue }
      let seconds = Set(pair.times.map { $0.flooredQuotient(by: 1_000_000) }).sorted()
      let gaps = zip(seconds.dropFirst(), seconds).map { $0 - $1 }
      let measures: [[Int64]] = [
        gaps, pair.bytes.compactMap { $0 }, pair.hours.map { Int64($0) },
      ]
      for (measure, values) in measures.enumerated() {
        let isRounded = Set(values).count > 512
        var counts: [Int64: Int] = [:]
        for value in values { counts[isRounded ? rounded(value) : value, default: 0] += 1 }
        for (value, count) in counts.sorted(by: { $0.key < $1.key }) {
          pairValues.append(["\(row)", "\(measure)", "\(value)", "\(count)"])
        }
      }
    }
  }

  /// The number with all but its first six binary digits zero.
  private func rounded(_ value: Int64) -> Int64 {
    let digits = Array(String(value, radix: 2))
    let kept = digits.prefix(6) + digits.dropFirst(6).map { _ in "0" }
    return Int64(String(kept), radix: 2) ?? 0
  }
}
