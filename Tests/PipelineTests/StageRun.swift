import Foundation
import StageKit
import TestSupport

/// The repository's folder.
let repository = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// A stage's built executable, run to its end.
struct StageRun {
  /// -N where signal N ended it.
  let exitCode: Int32
  let standardOutput: String
  let standardError: String

  /// - Parameters:
  ///   - workingFolder: where it runs, if not here.
  ///   - environment: beside this process's own.
  ///   - runner: a program that runs it, with that program's own arguments.
  ///   - meanwhile: is called with the process once it runs.
  init(
    _ stage: String, _ arguments: [String], in workingFolder: String? = nil,
    environment: [String: String] = [:], by runner: [String] = [],
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws {
    // Files, since a full pipe would stop the process.
    let output = try TemporaryFolder()
    let process = Process()
    let words = runner + [try builtPrograms().appending(path: stage).path] + arguments
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    if let workingFolder { process.currentDirectoryURL = URL(filePath: workingFolder) }
    func file(_ name: String) throws -> FileHandle {
      let path = output.path + "/" + name
      try FileBytes.write("".utf8, to: path)
      return try FileHandle(forWritingTo: URL(filePath: path))
    }
    process.standardOutput = try file("stdout")
    process.standardError = try file("stderr")
    try process.run()
    try meanwhile(process)
    process.waitUntilExit()
    standardOutput = String(decoding: try FileBytes.read(output.path + "/stdout"), as: UTF8.self)
    standardError = String(decoding: try FileBytes.read(output.path + "/stderr"), as: UTF8.self)
    exitCode = process.terminationStatus * (process.terminationReason == .exit ? 1 : -1)
  }
}
