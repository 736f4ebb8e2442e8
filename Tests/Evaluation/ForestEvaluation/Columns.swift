import Forest
import Foundation

/// Reads float32 columns, one after the other, of a file that a script wrote.
func readColumns(_ path: String, featureCount: Int) throws -> FeatureMatrix {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  let columnByteCount = data.count / featureCount
  let columns = (0..<featureCount).map { feature in
    let bytes = feature * columnByteCount..<(feature + 1) * columnByteCount
    return data[bytes].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
  return FeatureMatrix(names: (0..<featureCount).map { "f\($0)" }, columns: columns)
}

func writeColumn(_ values: [Float], to path: String) throws {
  try values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
}
