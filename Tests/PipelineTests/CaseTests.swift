import Foundation
import StageKit
import TestSupport
import Testing

/// A folder of `Cases`: a site with its inputs, the commands that are run in a copy of it, and all
/// that they must say.
struct CommandLineCase: CustomTestStringConvertible, Sendable {
  let folder: String

  var testDescription: String { FileBytes.name(of: folder) }

  static var all: [CommandLineCase] {
    get throws {
      let cases = repository.path + "/Tests/PipelineTests/Cases"
      return try FileBytes.names(in: cases).map { CommandLineCase(folder: "\(cases)/\($0)") }
    }
  }

  private static let expectations = ["expected.stdout", "expected.stderr", "exit-code"]

  /// What the commands say and how each ends, by the name of the file that states it.
  func run(in copy: String) throws -> [String: String] {
    for name in try FileBytes.names(in: folder) {
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
    }
    var found = Dictionary(uniqueKeysWithValues: CommandLineCase.expectations.map { ($0, "") })
    let commands = String(decoding: try FileBytes.read("\(folder)/command"), as: UTF8.self)
    for command in commands.split(separator: "\n") {
      let words = command.split(separator: " ").map(String.init)
      let run = try StageRun(words[0], Array(words.dropFirst()), in: copy)
      found["expected.stdout"]? += run.standardOutput
      found["expected.stderr"]? += run.standardError
      found["exit-code"]? += "\(run.exitCode)\n"
    }
    return found
  }

  /// The text of an expectation; empty where the folder has none.
  func expected(_ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    return FileBytes.exists(path) ? String(decoding: try FileBytes.read(path), as: UTF8.self) : ""
  }
}

/// With the variable `TIDEMARK_WRITE_EXPECTED` set, what is found becomes what is expected: look at
/// the difference before it is committed.
@Test("a command says just what it should, and ends so", arguments: try CommandLineCase.all)
func commandLine(_ example: CommandLineCase) throws {
  let copy = try TemporaryFolder()
  let found = try example.run(in: copy.path)
  for (name, text) in found {
    if ProcessInfo.processInfo.environment["TIDEMARK_WRITE_EXPECTED"] != nil {
      let path = "\(example.folder)/\(name)"
      try text.isEmpty ? FileBytes.remove(path) : FileBytes.write(text.utf8, to: path)
    }
    #expect(text == (try example.expected(name)), "\(name)")
  }
  let left = try FileManager.default.subpathsOfDirectory(atPath: copy.path)
    .filter { FileBytes.name(of: $0).hasPrefix(".") }
  #expect(left == [], "nothing unfinished is left")
}
