import Foundation

@testable import Forest

/// What Fixtures/make_sklearn_forest.py wrote.
struct SklearnForest {
  let forest: IsolationForest
  /// Of the first rows.
  let scores: [Double]
  /// Sums of the scores of each 1,000 rows.
  let blockSums: [Double]

  init(path: String) throws {
    var reader = LittleEndianReader(data: try Data(contentsOf: URL(fileURLWithPath: path)))
    let header = reader.array(of: Int32.self, count: 5).map(Int.init)
    var trees: [IsolationTree] = []
    for index in 0..<header[1] {
      trees.append(
        try IsolationTree(nodes: Self.nodes(&reader), featureCount: header[0], index: index))
    }
    forest = try IsolationForest(
      featureNames: (0..<header[0]).map { "f\($0)" },
      options: ForestOptions(treeCount: header[1], sampleCount: header[2], seed: 1),
      sampleCount: header[2], trees: trees)
    scores = reader.array(of: Double.self, count: header[3])
    blockSums = reader.array(of: Double.self, count: header[4])
  }

  private static func nodes(_ reader: inout LittleEndianReader) -> [IsolationTree.Node] {
    let count = Int(reader.array(of: Int32.self, count: 1)[0])
    let features = reader.array(of: Int8.self, count: count)
    let thresholds = reader.array(of: Float.self, count: count)
    let rightChildren = reader.array(of: UInt16.self, count: count)
    let sampleCounts = reader.array(of: UInt16.self, count: count)
    return (0..<count).map { node in
      features[node] < 0
        ? .init(leafOf: Int(sampleCounts[node]))
        : .init(
          feature: Int(features[node]), threshold: thresholds[node], left: node + 1,
          right: Int(rightChildren[node]), sampleCount: Int(sampleCounts[node]))
    }
  }
}

struct LittleEndianReader {
  let data: Data
  private var offset = 0

  init(data: Data) { self.data = data }

  mutating func array<Element: BitwiseCopyable>(of: Element.Type, count: Int) -> [Element] {
    defer { offset += count * MemoryLayout<Element>.stride }
    return data.withUnsafeBytes { bytes in
      (0..<count).map {
        bytes.loadUnaligned(
          fromByteOffset: offset + $0 * MemoryLayout<Element>.stride, as: Element.self)
      }
    }
  }
}

let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"
