import Forest
import Foundation

/// A folder in which a Python script and this program exchange numbers: float32 columns one after
/// the other in NAME.f32.
struct EvaluationFolder {
  let url: URL

  init(_ path: String) { url = URL(fileURLWithPath: path) }

  func matrix(_ name: String, featureCount: Int) throws -> FeatureMatrix {
    let values = try array(name + ".f32", of: Float.self)
    let rowCount = values.count / featureCount
    return FeatureMatrix(
      names: (0..<featureCount).map { "f\($0)" },
      columns: (0..<featureCount).map { Array(values[$0 * rowCount..<($0 + 1) * rowCount]) })
  }

  func array<Element: BitwiseCopyable>(_ name: String, of: Element.Type) throws -> [Element] {
    try Data(contentsOf: url.appendingPathComponent(name)).withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Element>.stride).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: Element.self)
      }
    }
  }

  func write<Element: BitwiseCopyable>(_ values: [Element], to name: String) throws {
    try values.withUnsafeBytes { Data($0) }.write(to: url.appendingPathComponent(name))
  }
}

func timed<Result>(_ work: () throws -> Result) rethrows -> (Result, seconds: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  return (result, (clock.now - start) / .seconds(1))
}
