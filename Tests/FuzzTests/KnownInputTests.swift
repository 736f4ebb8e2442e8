import Foundation
import FuzzChecks
import Testing

/// Inputs that fuzzers start from, and what they found, kept: by what they are taken for.
@Suite("Inputs that fuzzers start from or found")
struct KnownInputTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Where a target's inputs are; what it found is there once it found something.
  private static func folders(_ target: FuzzTarget) -> (seeds: String?, found: String) {
    let seeds: String? =
      switch target {
      // The fuzzer makes its own of the formats' samples.
      case .text: nil
      case .format: "\(tests)/../pipelines/formats"
      case .packed: "\(tests)/LogReadersTests/Fixtures/packed"
      default: "\(tests)/Fuzz/Corpus/\(target)"
      }
    return (seeds, "\(tests)/Fuzz/Found/\(target)")
  }

  @Test("are read or refused as each check states", arguments: FuzzTarget.allCases)
  func inputs(_ target: FuzzTarget) throws {
    let (seeds, found) = Self.folders(target)
    var paths: [String] = []
    for folder in [seeds, FileManager.default.fileExists(atPath: found) ? found : nil] {
      guard let folder else { continue }
      paths += try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
    }
    #expect(seeds == nil || !paths.isEmpty)
    for path in paths.sorted() {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(try target.fault(Array(bytes)) == nil, "\(path)")
    }
  }
}
