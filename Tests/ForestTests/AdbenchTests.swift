import Foundation
import Testing

@testable import Forest

/// A folder with the data sets of ADBench (Han et al. 2022, doi:10.48550/arXiv.2206.09426).
private let adbench = ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"]
  .map { $0 + "/data/tune/adbench" }

@Suite(
  .enabled(
    if: adbench != nil && python != nil,
    "needs TIDEMARK_SAMPLES and TIDEMARK_PYTHON, a python with numpy"))
struct AdbenchTests {
  /// Mean AUC of scikit-learn's forest over three seeds, 100 trees of 256 rows.
  private static let references: [(name: String, areaUnderCurve: Double)] = [
    ("23_mammography", 0.8612), ("2_annthyroid", 0.8323), ("28_pendigits", 0.9473),
    ("30_satellite", 0.6953), ("6_cardio", 0.9261), ("4_breastw", 0.9875),
    ("18_Ionosphere", 0.8417), ("27_PageBlocks", 0.9036),
  ]

  @Test("AUC is scikit-learn's within the noise of seeds, on each set and in the mean")
  func quality() throws {
    var differences: [Double] = []
    for (name, expected) in Self.references {
      let (matrix, isAnomaly) = try load(name)
      let areas = try (1...5).map { seed in
        let forest = try IsolationForest.train(
          matrix, options: ForestOptions(seed: UInt64(seed)), threads: 2)
        return areaUnderCurve(try forest.scores(matrix, threads: 2), isAnomaly: isAnomaly)
      }
      let mean = areas.reduce(0, +) / 5
      differences.append(mean - expected)
      #expect(abs(mean - expected) <= 0.03, "\(name): expected \(expected) ± 0.03, found \(mean)")
    }
    #expect(abs(differences.reduce(0, +) / Double(differences.count)) <= 0.01)
  }

  /// A set's features and labels, converted by Fixtures/npz_to_floats.py.
  private func load(_ name: String) throws -> (FeatureMatrix, [Bool]) {
    let path = NSTemporaryDirectory() + "tidemark-adbench-\(UUID().uuidString).f32"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let shape = try run([
      fixtures + "/npz_to_floats.py", "\(try #require(adbench))/\(name).npz", path,
    ])
    let sizes = shape.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    var reader = LittleEndianReader(data: try Data(contentsOf: URL(fileURLWithPath: path)))
    let columns = (0..<sizes[1]).map { _ in reader.array(of: Float.self, count: sizes[0]) }
    let labels = reader.array(of: Float.self, count: sizes[0])
    let names = columns.indices.map { "f\($0)" }
    return (FeatureMatrix(names: names, columns: columns), labels.map { $0 == 1 })
  }
}
