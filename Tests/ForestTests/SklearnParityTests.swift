import Foundation
import Testing

@testable import Forest

@Suite struct SklearnParityTests {
  private let forest: IsolationForest
  /// Of the first 2,000 rows.
  private let goldenScores: [Double]
  /// Sums of the scores of each 1,000 rows.
  private let blockSums: [Double]
  private let rows = makeRows(seed: 12, rowCount: 100_000)

  init() throws {
    forest = try ForestDump(path: fixtures + "/sklearn_forest.arrow").forest
    let url = URL(fileURLWithPath: fixtures + "/sklearn_scores.f64")
    var reader = LittleEndianReader(data: try Data(contentsOf: url))
    goldenScores = reader.array(of: Double.self, count: 2_000)
    blockSums = reader.array(of: Double.self, count: 100)
  }

  @Test("2,000 scores on its trees are scikit-learn's to 1e-6, and sums of each 1,000 to 5e-5")
  func parity() throws {
    let scores = try forest.scores(rows, threads: 2)
    for (row, expected) in goldenScores.enumerated() {
      #expect(abs(Double(scores[row]) - expected) <= 1e-6)
    }
    // An edge in one tree moves a row's score by some 3e-4. Leaves of about as many rows at the
    // same depth are too alike for a sum to tell: `confirmation` looks at each row.
    for (block, expected) in blockSums.enumerated() {
      let sum = scores[block * 1_000..<(block + 1) * 1_000].reduce(0) { $0 + Double($1) }
      #expect(abs(sum - expected) <= 5e-5)
    }
  }

  @Test(
    "scikit-learn itself confirms every one of 100,000 scores",
    .enabled(if: python != nil, "needs TIDEMARK_PYTHON, a python with scikit-learn"))
  func confirmation() throws {
    let scores = try forest.scores(rows, threads: 2)
    let path = NSTemporaryDirectory() + "tidemark-forest-\(UUID().uuidString).f32"
    try scores.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let output = try run([fixtures + "/make_sklearn_forest.py", path])
    let difference = try #require(Double(output.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(difference <= 1e-6)
  }
}

/// A python with numpy and scikit-learn.
let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

/// What a python script prints.
func run(_ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(python))
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return String(decoding: output, as: UTF8.self)
}
