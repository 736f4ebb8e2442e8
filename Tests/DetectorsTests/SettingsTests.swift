import Foundation
import Testing

@testable import Detectors

@Suite struct SettingsTests {
  @Test("every detector has a settings file with a floor and a ceiling")
  func files() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: TestSettings.folder.path)
    let detectors = allDetectors + contests.map(\.challenger)
    #expect(names.sorted() == detectors.map { "\($0.name).toml" }.sorted())
    for detector in detectors {
      let numbers = try TestSettings.numbers(detector.name)
      let floor = try #require(numbers["floor"])
      #expect(try #require(numbers["ceiling"]) > floor)
    }
  }

  @Test("every number is explained by the lines above it") func comments() throws {
    for detector in allDetectors + contests.map(\.challenger) {
      let lines = try TestSettings.lines(detector.name)
      for (index, line) in lines.enumerated() where line.contains("=") && !line.hasPrefix("#") {
        #expect(lines[max(0, index - 1)].hasPrefix("# "), "\(detector.name): \(line)")
      }
    }
  }

  @Test("a missing number names the detector, the number and the file") func missing() throws {
    var settings = try TestSettings.all()
    settings["scan"]?["floor"] = nil
    #expect(throws: MissingSetting.self) {
      try QuietOffice.site(days: 1).votes(settings: settings)
    }
    #expect(
      MissingSetting(detector: "scan", name: "floor").description
        == "detector scan: expected the setting floor, found none; add it to scan.toml")
  }
}
