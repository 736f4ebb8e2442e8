import Testing

@testable import LogReaders

@Suite("The format files that come with Tidemark")
struct BuiltInFormatTests {
  @Test("every sample becomes what its file states")
  func samples() throws {
    let library = try knownFormats.get()
    #expect(library.formats.count >= 60)
    for format in library.formats {
      let failures = format.runTests(zoneRules: zoneRules)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
  }
}
