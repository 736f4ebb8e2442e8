/// xoshiro256** (Blackman, Vigna 2018, doi:10.1145/3460772), seeded by SplitMix64.
///
/// The standard library's algorithms over a generator may change between releases, so every draw is
/// made here.
package struct SeededRandom: Sendable {
  private var s0, s1, s2, s3: UInt64

  /// A stream of its own for every different list of parts: streams are split, never shared, so
  /// that what one host does on one day depends on no other.
  package init(seed: UInt64, _ parts: UInt64...) {
    var state = seed
    for part in parts {
      state = SeededRandom.mix(state &+ 0x9E37_79B9_7F4A_7C15) ^ SeededRandom.mix(part)
    }
    func word(_ index: UInt64) -> UInt64 {
      SeededRandom.mix(state &+ index &* 0x9E37_79B9_7F4A_7C15)
    }
    self.init(state: (word(1), word(2), word(3), word(4)))
  }

  /// From a state, which may not be all zeros.
  init(state: (UInt64, UInt64, UInt64, UInt64)) { (s0, s1, s2, s3) = state }

  /// SplitMix64's finaliser: a bijection that scatters neighbouring numbers.
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  package mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// Uniform in [0, 1).
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
