/// How the clocks of two sources compare, by conversations that both saw.
package struct ClockOffset: Hashable, Sendable {
  package let source: String
  package let otherSource: String
  /// The median of how far the other source's times lie after those of `source`.
  package let microseconds: Int64
  /// Five-tuples seen once by each source, within 5 s of that far apart.
  package let matchCount: Int
  /// Five-tuples seen once by the source that saw fewer of them so.
  package let fewerCount: Int

  /// Share of the conversations of the source that has fewer which the other has too; 0 … 1.
  package var sharedShare: Double { Double(matchCount) / Double(max(1, fewerCount)) }

  /// The number of half hours that it is, as a wrong zone makes it; 0 for less than a quarter.
  package var halfHours: Int { ClockCheck.halfHours(microseconds) }
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

  private struct Pair: Hashable, Comparable {
    let first: Int
    let second: Int

    static func < (a: Pair, b: Pair) -> Bool { (a.first, a.second) < (b.first, b.second) }
  }

  private static let sampleLimit = 65_536
  private static let halfHour: Int64 = 1_800_000_000
  private static let longestOffset: Int64 = 14 * 3_600_000_000
  private static let tolerance: Int64 = 5_000_000
  /// Fewer matches than this may be chance.
  private static let leastMatchCount = 20

  /// What the sources saw of each other's five-tuples.
  private struct Comparison {
    /// How far apart each pair of sources saw a five-tuple that each saw once.
    var differences: [Pair: [Int64]] = [:]
    /// By source.
    var onceCounts: [Int]
  }

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

  /// Pairs of sources that saw enough of the same conversations, in order of their names.
  func offsets() -> [ClockOffset] {
    let comparison = comparison()
    return comparison.differences.sorted { $0.key < $1.key }.compactMap { pair, differences in
      guard let (offset, count) = ClockCheck.agreed(differences) else { return nil }
      return ClockOffset(
        source: sources[pair.first], otherSource: sources[pair.second], microseconds: offset,
        matchCount: count,
        fewerCount: min(comparison.onceCounts[pair.first], comparison.onceCounts[pair.second]))
    }
  }

  private func comparison() -> Comparison {
    var comparison = Comparison(onceCounts: .init(repeating: 0, count: sources.count))
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
      for sighting in once { comparison.onceCounts[sighting.source] += 1 }
      for (place, first) in once.enumerated() {
        for second in once.dropFirst(place + 1) {
          let difference = second.start - first.start
          guard abs(difference) <= ClockCheck.longestOffset + ClockCheck.tolerance else { continue }
          let pair = Pair(first: first.source, second: second.source)
          comparison.differences[pair, default: []].append(difference)
        }
      }
      from = to
    }
    return comparison
  }

  /// The offset on which most differences agree: the median of those around the half hour that has
  /// most of them. Five-tuples that were used again lie anywhere, so more than half of those around
  /// it must agree.
  private static func agreed(_ differences: [Int64]) -> (offset: Int64, count: Int)? {
    let byHalfHour = Dictionary(grouping: differences, by: halfHours)
    let most = byHalfHour.max {
      ($0.value.count, -abs($0.key), $0.key) < ($1.value.count, -abs($1.key), $1.key)
    }
    guard let sorted = most?.value.sorted() else { return nil }
    let median = sorted[sorted.count / 2]
    let count = sorted.count { abs($0 - median) <= tolerance }
    return count >= leastMatchCount && 2 * count > sorted.count ? (median, count) : nil
  }

  /// The nearest number of half hours.
  fileprivate static func halfHours(_ difference: Int64) -> Int {
    Int((Double(difference) / Double(halfHour)).rounded())
  }
}
