import Detectors
import Foundation

/// The settings files that ship with the detectors.
enum TestSettings {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "pipelines/detectors")

  static func lines(_ detector: String) throws -> [Substring] {
    try String(contentsOf: folder.appending(path: "\(detector).toml"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  static func numbers(_ detector: String) throws -> [String: Double] {
    var numbers: [String: Double] = [:]
    for line in try lines(detector) where !line.hasPrefix("#") {
      let parts = line.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2 else { continue }
      numbers[parts[0]] = Double(parts[1].replacing("_", with: ""))
    }
    return numbers
  }

  static func all() throws -> [String: [String: Double]] {
    var settings: [String: [String: Double]] = [:]
    for detector in allDetectors + contests.map(\.challenger) {
      settings[detector.name] = try numbers(detector.name)
    }
    return settings
  }
}
