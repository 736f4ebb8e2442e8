/// Two sources whose clocks differ by whole half hours, as a wrong zone makes them.
package struct ClockOffset: Hashable, Sendable {
  package let source: String
  package let otherSource: String
  /// How far the other source's times lie after those of `source`.
  package let microseconds: Int64
  /// Five-tuples seen once by each source, that far apart.
  package let matchCount: Int
  /// Five-tuples seen once by each source, at the same time.
  package let agreementCount: Int
}

/// Compares the times at which sources saw the same five-tuple.
///
/// Keeps a sample of five-tuples, those with the least hashes, so that memory is bounded and the
/// sample doesn't depend on any order.
struct ClockCheck {
  private struct Sighting {
    let hash: UInt64
    let source: Int
    let start: Int64
  }

  private static let sampleLimit = 65_536
  private static let halfHour: Int64 = 1_800_000_000
  private static let longestOffset: Int64 = 14 * 3_600_000_000
  private static let tolerance: Int64 = 2_000_000
  /// Fewer matches than this may be chance.
  private static let leastMatchCount = 20

  private let sources: [String]
  private var sightings: [Sighting] = []
  private var threshold = UInt64.max

  init(sources: [String]) { self.sources = sources }

  mutating func note(_ key: ConversationKey, start: Int64) {
    guard sources.count > 1, key.protocolNumber == 6 || key.protocolNumber == 17 else { return }
    let hash = key.hashWithoutSource
    guard hash <= threshold else { return }
    sightings.append(Sighting(hash: hash, source: key.source, start: start))
    while sightings.count > ClockCheck.sampleLimit {
      threshold >>= 1
      sightings.removeAll { $0.hash > threshold }
    }
  }

  /// Pairs of sources of which more five-tuples lie whole half hours apart than agree.
  func offsets() -> [ClockOffset] {
    struct Pair: Hashable {
      let first: Int
      let second: Int
      let halfHours: Int64
    }
    var counts: [Pair: Int] = [:]
    let sorted = sightings.sorted {
      ($0.hash, $0.source, $0.start) < ($1.hash, $1.source, $1.start)
    }
    var from = 0
    while from < sorted.count {
      var to = from + 1
      while to < sorted.count, sorted[to].hash == sorted[from].hash { to += 1 }
      let once = sorted[from..<to].filter { sighting in
        sorted[from..<to].count { $0.source == sighting.source } == 1
      }
      for (place, first) in once.enumerated() {
        for second in once.dropFirst(place + 1) {
          guard let halfHours = ClockCheck.halfHours(second.start - first.start) else { continue }
          counts[
            Pair(first: first.source, second: second.source, halfHours: halfHours), default: 0] += 1
        }
      }
      from = to
    }
    let found = counts.compactMap { pair, count -> ClockOffset? in
      let agreed = counts[Pair(first: pair.first, second: pair.second, halfHours: 0)] ?? 0
      guard pair.halfHours != 0, count >= ClockCheck.leastMatchCount, count > agreed else {
        return nil
      }
      return ClockOffset(
        source: sources[pair.first], otherSource: sources[pair.second],
        microseconds: pair.halfHours * ClockCheck.halfHour, matchCount: count,
        agreementCount: agreed)
    }
    return found.sorted {
      ($0.source, $0.otherSource, $0.microseconds) < ($1.source, $1.otherSource, $1.microseconds)
    }
  }

  /// The number of half hours that a difference is, nil if it isn't near a whole one.
  private static func halfHours(_ difference: Int64) -> Int64? {
    guard abs(difference) <= longestOffset + tolerance else { return nil }
    let nearest = (Double(difference) / Double(halfHour)).rounded()
    let rest = difference - Int64(nearest) * halfHour
    return abs(rest) <= tolerance ? Int64(nearest) : nil
  }
}
