import Foundation

/// A folder that is removed when the last test that holds it is done.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "tidemark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// In order.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  deinit {
    // A folder left behind in the system's temporary folder harms no test.
    try? FileManager.default.removeItem(atPath: path)
  }
}
