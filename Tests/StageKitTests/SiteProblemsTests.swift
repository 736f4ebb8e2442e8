import Events
import TestSupport
import Testing

@testable import StageKit

@Suite("All that is wrong with a site file")
struct SiteProblemsTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/site.toml" }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws { try FileBytes.write(text.utf8, to: path) }

  @Test(
    "each table's first problem is said with its line, and the first of all is what reading throws")
  func all() throws {
    try write(
      """
      [site]
      name = "Example"
      timezone = "Nowhere"
      networks = ["10.0.0.0/99"]
      [calendar]
      holidays = ["Easter"]
      [baseline]
      days = 2
      [[input]]
      source = "a b"
      glob = "x"
      [[input]]
      source = "a"
      glob = "x"
      observer = "one"
      [[input]]
      source = "a"
      glob = "y"
      [[people]]
      name = "anna"
      may = ["view"]
      [[people]]
      name = "anna"
      may = ["view"]
      [retention]
      events_days = 1
      [stray]
      x = 1
      """)
    let problems = Site.problems(path: path)
    let places = problems.map { $0.dropFirst(path.utf8.count + 1).prefix { $0 != " " } }
    #expect(places == ["3:", "4:", "6:", "8:", "10:", "16:", "23:", "26:", ""])
    let error = #expect(throws: StageError.self) { try Site(path: path) }
    #expect(error?.description == problems.first)
  }

  @Test("a sound file has none, and one that is no TOML one")
  func none() throws {
    try write("[site]\nname = \"x\"\ntimezone = \"UTC\"\nnetworks = [\"10.0.0.0/8\"]\n")
    #expect(Site.problems(path: path) == [])
    try write("[site\n")
    #expect(Site.problems(path: path).count == 1)
  }
}
