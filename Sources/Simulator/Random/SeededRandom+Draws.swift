extension SeededRandom {
  /// 0 ..< `bound`.
  package mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  package mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  package mutating func within(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// Mean 0, deviation 1: twelve uniform numbers summed, so never beyond 6.
  package mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }

  /// A long-tailed positive number; `spread` is the deviation of its logarithm.
  package mutating func lognormal(median: Double, spread: Double) -> Double {
    median * Elementary.exp(spread * normal())
  }

  /// The wait for an event that comes on average every `mean`.
  package mutating func exponential(mean: Double) -> Double {
    -mean * Elementary.log(1 - unit())
  }

  /// How many events of a mean number happen.
  package mutating func poisson(_ mean: Double) -> Int {
    var count = 0
    var elapsed = exponential(mean: 1)
    while elapsed < mean {
      count += 1
      elapsed += exponential(mean: 1)
    }
    return count
  }

  /// A rank 0 ..< `count`, rank r about 1/(r + 1) as likely as the first.
  package mutating func zipf(_ count: Int) -> Int {
    min(count - 1, Int(Elementary.exp(unit() * Elementary.log(Double(count + 1)))) - 1)
  }

  /// Spread evenly around `mean` by at most `share` of it.
  package mutating func jittered(_ mean: Double, by share: Double) -> Double {
    mean * (1 + share * (2 * unit() - 1))
  }

  package mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// Fisher and Yates.
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for index in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(index, below(index + 1))
    }
    return result
  }
}
