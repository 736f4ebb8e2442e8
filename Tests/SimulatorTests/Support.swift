import Columnar
import Events
import Foundation
import TestSupport

@testable import Simulator

/// Simulations and their files, for tests.
enum Fixture {
  static let berlin: TimeZoneRules = {
    do {
      let file = URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")
      return try TimeZoneRules(name: "Europe/Berlin", tzif: Array(try Data(contentsOf: file)))
    } catch {
      preconditionFailure("tzdata is not installed: \(error)")
    }
  }()

  static func date(_ text: String) -> CivilDate {
    guard let date = CivilDate(text) else { preconditionFailure("no date: \(text)") }
    return date
  }

  static func simulation(
    seed: UInt64 = 1, start: String = "2026-03-02", days: Int = 28,
    attacks: AttackPlan.Choice = .demo, scale: Double = 0.2, contamination: Double = 0
  ) -> Simulation {
    Simulation(
      seed: seed, start: date(start), dayCount: days, zone: berlin, attacks: attacks, scale: scale,
      contamination: contamination)
  }

  static let options = ExportOptions(zone: berlin)

  /// Runs a body with a folder that is removed afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) { try body(folder.path) }
  }

  /// Every file of a folder by its path within it.
  static func contents(of folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let url = URL(fileURLWithPath: folder).appendingPathComponent(path)
      guard !url.hasDirectoryPath else { continue }
      files[path] = try Data(contentsOf: url)
    }
    return files
  }

  static func lines(_ path: String) throws -> [Substring] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
  }
}

/// A conversation's whole identity, for comparing days.
struct Print: Hashable {
  let start, duration, sent, received: Int64
  let client, server: UInt32
  let ports: [UInt16]

  init(_ conversation: Conversation) {
    start = conversation.start.microseconds
    duration = conversation.durationMicroseconds
    sent = conversation.bytesSent
    received = conversation.bytesReceived
    client = conversation.client
    server = conversation.server
    ports = [conversation.clientPort, conversation.serverPort]
  }
}
