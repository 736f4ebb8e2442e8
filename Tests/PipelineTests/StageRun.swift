import Foundation
import StageKit

/// A stage's built executable, run to its end.
struct StageRun {
  let exitCode: Int32
  let standardOutput: String
  let standardError: String

  init(_ stage: String, _ arguments: [String]) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    let process = Process()
    process.executableURL = root.appending(path: ".build/\(configuration)/\(stage)")
    process.arguments = arguments
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    standardOutput = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    standardError = String(
      decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    exitCode = process.terminationStatus
  }
}

/// A folder that is removed when the last test that holds it is done.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "tidemark-\(UUID().uuidString)").path
    try FileBytes.makeFolder(path)
  }

  deinit { try? FileBytes.remove(path) }
}
