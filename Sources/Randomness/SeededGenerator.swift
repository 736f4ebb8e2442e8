/// SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195): the same numbers on every
/// platform.
package struct SeededGenerator: Sendable {
  private var state: UInt64

  /// A stream of its own for each `stream` of a seed.
  package init(seed: UInt64, stream: Int) {
    state = Self.mix(seed) &+ Self.mix(UInt64(stream) &+ 0x9E37_79B9_7F4A_7C15)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A whole number in 0 ..< bound, each as likely as any other (Lemire 2019,
  /// doi:10.1145/3230636).
  package mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    let threshold = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// A multiple of 2^-53 in 0 ..< 1.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// `count` of the whole numbers 0 ..< bound without repetition, each set as likely as any other
  /// (Floyd's algorithm; Bentley, Floyd 1987, doi:10.1145/30401.315746); O(count).
  package mutating func distinct(_ count: Int, below bound: Int) -> [Int] {
    var drawn: [Int] = []
    drawn.reserveCapacity(count)
    var isDrawn: Set<Int> = []
    for last in bound - count..<bound {
      let candidate = below(last + 1)
      let number = isDrawn.insert(candidate).inserted ? candidate : last
      isDrawn.insert(number)
      drawn.append(number)
    }
    return drawn
  }
}
