import Glibc
import Randomness

extension SeededGenerator {
  /// A standard normal deviate, by inversion.
  mutating func normal() -> Double { normalQuantile(unit() + 0x1p-54) }

  /// `count` of the weights' indices without repetition, as if drawn one after the other, each with
  /// a likelihood in proportion to its weight among those left (Efraimidis, Spirakis 2006,
  /// doi:10.1016/j.ipl.2005.11.003); O(n log n).
  ///
  /// - Precondition: weights are finite and not negative, and at least `count` above 0.
  mutating func distinct(_ count: Int, weights: [Float]) -> [Int] {
    var waits: [(wait: Double, index: Int)] = []
    for (index, weight) in weights.enumerated() where weight > 0 {
      waits.append((-log(unit() + 0x1p-54) / Double(weight), index))
    }
    return waits.sorted { ($0.wait, $0.index) < ($1.wait, $1.index) }.prefix(count).map(\.index)
  }
}
