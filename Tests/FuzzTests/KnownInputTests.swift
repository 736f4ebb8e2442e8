import Foundation
import FuzzChecks
import Testing

/// Inputs that fuzzers start from, and what they found, kept: by what they are taken for.
@Suite("Inputs that fuzzers start from or found")
struct KnownInputTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz").path

  @Test("are read or refused as each check states", arguments: FuzzTarget.allCases)
  func inputs(_ target: FuzzTarget) throws {
    for kind in ["Corpus", "Found"] {
      let folder = "\(Self.folder)/\(kind)/\(target.rawValue)"
      guard FileManager.default.fileExists(atPath: folder) else { continue }
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        #expect(try target.fault(Array(bytes)) == nil, "\(kind)/\(target)/\(name)")
      }
    }
  }
}
