import Events
import Foundation
import ReaderChecks
import Testing

@testable import LogReaders

private let folder = fixtures + "/fuzz"

/// What fuzzers found, kept: they look for the same faults, with the same checks.
@Suite("Inputs that fuzzing found")
struct FoundByFuzzingTests {
  @Test(
    "are the same rows by libcsv and in two pieces, wherever these meet, with every line counted")
  func texts() throws {
    let settings = try ReaderSettings.ofAnyFormat()
    for id in try FileManager.default.contentsOfDirectory(atPath: folder + "/text").sorted() {
      let check = try TextCheck(builtIn(id), settings)
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/text/\(id)") {
        let text = try bytes(of: "\(folder)/text/\(id)/\(name)")
        #expect(try check.fault(text) == nil, "\(id)/\(name)")
        for boundary in stride(from: 0, through: text.count, by: max(1, text.count / 24)) {
          #expect(try check.fault(text, boundary: boundary) == nil, "\(id)/\(name), \(boundary)")
        }
      }
    }
  }
}
