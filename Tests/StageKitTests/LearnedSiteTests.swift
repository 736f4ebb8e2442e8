import Events
import TestSupport
import Testing

@testable import StageKit

private func site(_ table: String) throws -> Site {
  let folder = try TemporaryFolder()
  let path = folder.path + "/site.toml"
  try FileBytes.write(
    "[site]\nname = \"x\"\ntimezone = \"UTC\"\nnetworks = [\"10.0.0.0/8\"]\n\(table)".utf8, to: path
  )
  return try Site(path: path)
}

@Test("models challenge detectors only where the site file says so")
func challenged() throws {
  #expect(try site("").learned == nil)
  #expect(try site("[learned]\ncompare = false\n").learned == nil)
  let learned = try #require(try site("[learned]\ncompare = true\n").learned)
  #expect(learned.rounds(atMost: 16) == 16)
  #expect(try site("[learned]\ncompare = true\nrounds = 3\n").learned?.rounds(atMost: 16) == 3)
  for (wrong, problem) in [
    ("rounds = 0", "rounds: expected 1 to 1000, found 0"),
    ("campare = true", "campare: not a known"),
  ] {
    #expect { _ = try site("[learned]\n\(wrong)\n") } throws: { "\($0)".contains(problem) }
  }
}

@Test("the models of a day are those of the Saturday before, or of itself")
func modelDays() throws {
  let folder = try TemporaryFolder()
  let store = try Store(path: folder.path + "/store")
  let saturday = try #require(CivilDate("2026-03-14"))
  for daysAfter in 0..<7 {
    #expect(store.modelDay(for: saturday.advanced(by: daysAfter)) == saturday)
  }
  #expect(store.modelDay(for: saturday.advanced(by: 7)) == saturday.advanced(by: 7))
}
