import ArrowFile
import Foundation
import TestSupport
import Testing

/// The python that has numpy, pyarrow and polars, from the environment.
let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

struct PythonTests {
  @Test(
    "pyarrow and polars read the values that were written, for every kind of file",
    .enabled(
      if: python != nil, "set TIDEMARK_PYTHON to a python with numpy, pyarrow and polars"))
  func compare() throws {
    let folder = try TemporaryFolder()
    var arguments = [fixture("compare.py")]
    for kind in FileKind.all {
      let path = folder.file("\(kind.name).arrow")
      try EveryType(hasNulls: kind.hasNulls).write(
        to: path, rowCount: kind.rowCount, compression: kind.compression)
      arguments.append(path)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.split(separator: "\n").count == FileKind.all.count, "\(text)")
  }
}

/// Checks what pyarrow reads from a file: `statement` is Python on the table `t`. Does nothing
/// without a python.
func expectPyArrow(reads path: String, _ statement: String) throws {
  guard let python else { return }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: python)
  process.arguments = [
    "-c", "import sys, pyarrow.feather as f; t = f.read_table(sys.argv[1]); \(statement)", path,
  ]
  let output = Pipe()
  process.standardError = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "\(text)")
}
