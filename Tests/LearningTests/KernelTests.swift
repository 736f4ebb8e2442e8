import CKernels
import Glibc
import Randomness
import Testing

@Suite struct KernelTests {
  private static let bodies = [forest_plain, forest_avx2].filter {
    $0.rawValue <= forest_best_instructions().rawValue
  }

  private func drawn(_ count: Int, stream: Int) -> [Float] {
    var generator = SeededGenerator(seed: 3, stream: stream)
    return (0..<count).map { _ in Float(generator.unit() * 2 - 1) }
  }

  @Test(
    "products are sums in ascending order, to the bit, whatever the instructions",
    arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 13], [0, 1, 7, 8, 9, 15, 16, 17, 33])
  func products(rows: Int, columns: Int) {
    for (inner, adds) in [(0, false), (1, true), (5, false), (19, true)] {
      let (left, right) = (drawn(rows * inner, stream: 1), drawn(inner * columns, stream: 2))
      let before = drawn(rows * columns, stream: 3)
      let expected = (0..<rows * columns).map { place in
        var sum: Float = 0
        for k in 0..<inner {
          sum += left[place / columns * inner + k] * right[k * columns + place % columns]
        }
        return adds ? before[place] + sum : sum
      }
      for body in KernelTests.bodies {
        var packed = [Float](repeating: 0, count: max(1, inner * Int(matrix_panel_width)))
        var result = before
        matrix_multiply(body, left, right, rows, inner, columns, adds, &packed, &result)
        #expect(result == expected, "\(body), inner \(inner)")
      }
    }
  }

  @Test("exponentials are within two units in the last place, and the same of all instructions")
  func exponentials() {
    let values = (0..<20_001).map { Float($0 - 10_000) * 0.0087 } + [-1e9, 1e9, 0, -0.0]
    let results = KernelTests.bodies.map { body in
      var result = values
      matrix_exponentials(body, values, values.count, &result)
      return result
    }
    for result in results { #expect(result == results[0]) }
    for (value, found) in zip(values, results[0]) {
      let exact = exp(Double(min(88, max(-87, value))))
      #expect(abs(Double(found) - exact) <= 2 * exact * 0x1p-23, "e^\(value)")
    }
  }
}
