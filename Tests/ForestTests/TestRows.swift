@testable import Forest

/// Numbers made from a seed, the same as `rows` in Fixtures/make_sklearn_forest.py.
func makeRows(seed: UInt64, rowCount: Int, featureCount: Int = 8) -> FeatureMatrix {
  func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  func value(_ bits: UInt64, _ feature: Int) -> Float {
    let low = Float(bits & 0xFFFF)
    switch feature % 4 {
    case 0: return Float(Double(bits >> 32) / 0x1p32)
    case 1: return low * Float(1 << (bits >> 16 & 15))
    case 2: return (low / 4096).rounded(.down)
    default: return low < 32768 ? 0 : low - 32768
    }
  }
  return FeatureMatrix(
    names: (0..<featureCount).map { "f\($0)" },
    columns: (0..<featureCount).map { feature in
      (0..<rowCount).map { row in
        let cell = UInt64(row * featureCount + feature)
        return value(mix(mix(seed) &+ cell &* 0x9E37_79B9_7F4A_7C15), feature)
      }
    })
}

extension FeatureMatrix {
  /// The rows with every value passed through `change`, which is told its feature and row.
  func mapValues(_ change: (Float, _ feature: Int, _ row: Int) -> Float) -> FeatureMatrix {
    FeatureMatrix(
      names: names,
      columns: columns.enumerated().map { feature, column in
        column.enumerated().map { row, value in change(value, feature, row) }
      })
  }

  func prefix(_ rowCount: Int) -> FeatureMatrix {
    FeatureMatrix(names: names, columns: columns.map { Array($0.prefix(rowCount)) })
  }
}

/// Area under the ROC curve, ties counted half.
func areaUnderCurve(_ scores: [Float], isAnomaly: [Bool]) -> Double {
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  var rankSum = 0.0
  var start = 0
  while start < order.count {
    var end = start
    while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2
    rankSum += rank * Double(order[start..<end].filter { isAnomaly[$0] }.count)
    start = end
  }
  let anomalies = Double(isAnomaly.filter { $0 }.count)
  let others = Double(isAnomaly.count) - anomalies
  return (rankSum - anomalies * (anomalies + 1) / 2) / (anomalies * others)
}
