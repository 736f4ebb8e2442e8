import CKernels
import Foundation

/// Prints thousand millions of operations a second for products of the sizes that the models have.
func compareProducts() {
  let sizes = [
    (64, 64, 64), (1024, 64, 192), (1024, 64, 128), (1024, 128, 64), (1024, 64, 59),
    (64, 1024, 64), (64, 16, 64), (4000, 96, 32),
  ]
  for (rows, inner, columns) in sizes {
    func drawn(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 17) / 17 - 0.5 } }
    let (left, right) = (drawn(rows * inner), drawn(inner * columns))
    var packed = drawn(inner * Int(matrix_panel_width))
    var result = drawn(rows * columns)
    let operations = 2 * Double(rows * inner * columns)
    let rounds = Int(2e8 / operations) + 1
    let best =
      (0..<7).map { _ in
        seconds {
          for _ in 0..<rounds {
            matrix_multiply(
              forest_best_instructions(), left, right, rows, inner, columns, false, &packed, &result
            )
          }
        }
      }.min() ?? 1
    print(
      "product", rows, inner, columns,
      String(format: "%.1f", operations * Double(rounds) / best / 1e9), separator: "\t")
  }
}
