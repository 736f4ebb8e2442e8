import Columnar
import Features
import Foundation
import TestSupport
import Testing

@testable import Detectors

@Suite struct BeaconStatisticsTests {
  private func counted(_ values: [Double]) -> CountedValues {
    var counts: [Double: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return CountedValues(counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  private func interval(_ gaps: [Double]) -> Double? {
    BeaconScore.regularity(counted(gaps), smallMedian: 1)
  }

  @Test("equal gaps are perfectly regular") func equalGaps() {
    #expect(interval(.init(repeating: 60, count: 9)) == 1)
  }

  // Quartiles 99, 100, 101; MAD 1: ((1 − 0) + .99) / 2.
  @Test("a second of jitter costs half a percent") func closeGaps() {
    #expect(interval([98, 99, 99, 100, 100, 100, 101, 101, 102]) == 0.995)
  }

  // Quartiles 98, 199, 300: skewness 0; MAD 101: (1 + .492) / 2.
  @Test("alternating gaps are half regular") func alternatingGaps() {
    #expect(interval([98, 300, 98, 300, 98, 300, 98, 300, 98, 300]) == 0.746)
  }

  // Quartiles 13.5, 90, 1000: skewness .845; MAD 89: (.155 + .011) / 2.
  @Test("random gaps are irregular") func randomGaps() {
    #expect(interval([1, 299, 25, 4975, 90, 2, 42, 500, 1500]) == 0.083)
  }

  @Test("fewer than three gaps have no score") func fewGaps() {
    #expect(interval([60, 60]) == nil)
  }

  @Test("sizes of nothing are not regular, gaps of nothing are") func zeroMedian() {
    let zeros = counted([0, 0, 0, 0])
    #expect(BeaconScore.regularity(zeros, smallMedian: 0) == 0.5)
    #expect(BeaconScore.regularity(zeros, smallMedian: 1) == 1)
  }

  @Test("counts give the median that the written-out numbers have", arguments: 1...40)
  func medianOfCounts(count: Int) {
    var random = SplitMix(seed: UInt64(count))
    let values = (0..<count).map { _ in Double(Int.random(in: 0...9, using: &random)) }
    let sorted = values.sorted()
    let median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    #expect(counted(values).median == median)
    let distances = values.map { abs($0 - median) }.sorted()
    #expect(
      counted(values).medianDeviation
        == (distances[(count - 1) / 2] + distances[count / 2]) / 2)
  }

  @Test("a flat histogram scores 1, a single bar 0") func histogram() {
    #expect(BeaconScore.histogram(.init(repeating: 6, count: 24)) == 1)
    #expect(BeaconScore.histogram([9] + .init(repeating: 0, count: 23)) == 0)
  }

  // Mean 3, deviation 1: 1 − 1/3; the bars are of two heights, and (24) / (24 − 1) is capped.
  @Test("two heights of bars fit") func twoHeights() {
    #expect(BeaconScore.histogram((0..<24).map { $0 % 2 == 0 ? 2 : 4 }) == 1)
  }

  // 8 bars of 24: below 11 bars only the variation counts; 1 − √2 < 0.
  @Test("few bars are not judged by their heights") func fewBars() {
    #expect(BeaconScore.histogram((0..<24).map { $0 % 3 == 0 ? 5 : 0 }) == 0)
  }

  @Test("the longest run goes on over the end") func longestRun() {
    var bins = [Int](repeating: 0, count: 24)
    for hour in [22, 23, 0, 1, 2, 3] { bins[hour] = 1 }
    #expect(BeaconScore.duration(bins, spanShare: 0.1) == 0.5)
    #expect(BeaconScore.duration(bins, spanShare: 0.8881) == 0.889)
    bins[3] = 0
    #expect(BeaconScore.duration(bins, spanShare: 0.9) == 0)
  }

  @Test(
    "the proxy beacon of RITA's own samples has its published gaps",
    .enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"] != nil))
  func proxyBeacon() throws {
    let samples = try #require(ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"])
    let log = try String(
      contentsOfFile: "\(samples)/data/fixtures/zeek-rita/proxy/conn.log", encoding: .utf8)
    let times = log.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let isBeacon =
        fields[2] == "10.136.0.18" && fields[4] == "10.136.0.16" && fields[5] == "3128"
      return isBeacon ? Double(fields[0]) : nil
    }.sorted()
    #expect(times.count == 407)
    let gaps = zip(times.dropFirst(), times).map { $0.0 - $0.1 }
    let exact = counted(gaps)
    #expect(abs(exact.median - 247.6) < 0.1)
    #expect(abs(exact.medianDeviation - 22.5) < 0.1)
    let whole = zip(times.dropFirst(), times).map { $0.0.rounded(.down) - $0.1.rounded(.down) }
    let score = try #require(
      BeaconScore.regularity(counted(whole.filter { $0 > 0 }), smallMedian: 1))
    // RITA's definition on the same gaps, by its own arithmetic on the written-out list.
    let sorted = whole.filter { $0 > 0 }.sorted()
    func median(_ part: ArraySlice<Double>) -> Double {
      let list = Array(part)
      return (list[(list.count - 1) / 2] + list[list.count / 2]) / 2
    }
    let (low, middle, high) = (
      median(sorted[..<(sorted.count / 2)]), median(sorted[...]),
      median(sorted[((sorted.count + 1) / 2)...])
    )
    let skewness = (low + high - 2 * middle) / (high - low)
    let deviation = median(sorted.map { abs($0 - middle) }.sorted()[...])
    #expect(abs(score - (1 - abs(skewness) + (middle - deviation) / middle) / 2) <= 0.005)
  }
}
