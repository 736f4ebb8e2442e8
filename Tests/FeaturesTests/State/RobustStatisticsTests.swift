import TestSupport
import Testing

@testable import Features

@Suite struct RobustStatisticsTests {
  @Test("median and MAD by hand") func center() {
    var odd = [5.0, 1, 9, 3, 4]
    #expect(Center(of: &odd) == Center(median: 4, deviation: 1))
    var even = [1.0, 2, 4, 10]
    #expect(Center(of: &even) == Center(median: 3, deviation: 1.5))
  }

  @Test("the spread is never below the floor nor below a Poisson count's")
  func spread() {
    #expect(Center(median: 0, deviation: 0).spread(atLeast: 0.15) == 0.9)
    #expect(Center(median: 9, deviation: 0).spread(atLeast: 0.15) == 0.15)
    #expect(Center(median: 9, deviation: 1).spread(atLeast: 0.15) == 1.4826)
  }

  @Test("a histogram's centre is the lower median of its values, to half a step", arguments: 1...20)
  func histogram(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let values = (0..<Int.random(in: 1...300, using: &random)).map { _ in
      Double.random(in: 0...12, using: &random)
    }
    var histogram = LogHistogram()
    for value in values { histogram.add(value) }
    let found = try #require(histogram.center)
    let middle = (values.count + 1) / 2 - 1
    #expect(abs(found.median - values.sorted()[middle]) <= 0.0251)
    let distances = values.map { abs($0 - found.median) }.sorted()
    #expect(abs(found.deviation - distances[middle]) <= 0.0251)
  }
}
