import Testing

@testable import Features

struct DistinctCounterTests {
  /// The count of elements that are each taken in twice.
  private func count(_ elements: some Sequence<UInt64>) -> Int64 {
    var pool = BlockPool()
    var counter = DistinctCounter()
    var repeatsTakenForNew = 0
    for element in elements {
      counter.insert(element, in: &pool)
      let seemsNew = counter.insert(element, in: &pool)
      if seemsNew && !counter.isEstimate { repeatsTakenForNew += 1 }
    }
    #expect(repeatsTakenForNew == 0)
    let value = counter.value
    counter.release(to: &pool)
    #expect(pool.bytesInUse == 0)
    return value
  }

  @Test("counts are exact up to 200, the element 0 included")
  func exact() {
    for size in [0, 1, 2, 3, 4, 7, 50, 199, 200] {
      #expect(count((0..<UInt64(size)).map { $0 == 0 ? 0 : mix($0) }) == Int64(size))
    }
  }

  @Test(
    "estimates are unbiased with the error of 2,048 registers",
    arguments: [201, 1000, 6000])
  func estimates(size: Int) {
    let trials = 40
    var sum = 0.0
    var squares = 0.0
    for trial in 0..<trials {
      let start = UInt64(trial) << 32
      let error = Double(count((0..<UInt64(size)).map { mix(start + $0) })) / Double(size) - 1
      sum += error
      squares += error * error
    }
    // The standard error of one estimate is at most 2.3 %; of the mean of 40, .36 %.
    #expect(abs(sum / Double(trials)) < 0.012)
    #expect((squares / Double(trials)).squareRoot() < 0.030)
  }

  @Test("registers depend on the set only, not on order or repeats")
  func orderDoesNotShow() {
    let elements = (0..<5000 as Range<UInt64>).map { mix($0) }
    #expect(count(elements) == count(elements.reversed()))
    #expect(count(elements) == count(elements + elements))
  }
}
