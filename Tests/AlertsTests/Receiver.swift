import Foundation
import StageKit
import TestSupport
import Testing

/// A python 3, of which the standard library does.
let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

private let testFolder = URL(filePath: #filePath).deletingLastPathComponent()

/// `Fixtures/receiver.py`, listening on loopback until it is stopped.
final class Receiver {
  struct Request: Decodable {
    var path: String?
    var headers: [String: String]?
    var body: String?
    var problems: [String]?
    var answer: String?
    /// Seconds of a clock of its own.
    var at: Double?
    var frame: String?
    var envelope: Envelope?
    var defects: [String]?
    /// Bytes of the longest line, and lines without CR LF.
    var longest: Int?
    var bare: Int?

    struct Envelope: Decodable {
      var from: String
      var to: [String]
      var auth: String?
    }
  }

  let port: Int
  private let process = Process()
  private let log: String

  /// - Parameters:
  ///   - port: of a receiver before, or any.
  ///   - answers: as the script takes them.
  init(_ kind: String, port: Int = 0, log: String, answers: [String] = ["ok"]) throws {
    self.log = log
    process.executableURL = URL(filePath: try #require(python))
    process.arguments =
      [testFolder.path + "/Fixtures/receiver.py", kind, "\(port)", log] + answers
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    self.port = try #require(Int(line.trimmingCharacters(in: .newlines)), "it did not start")
  }

  func stop() {
    guard process.isRunning else { return }
    // The threads of tests, and so their children, may have other signals blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit { stop() }

  func received() throws -> [Request] { try Receiver.received(log) }

  static func received(_ log: String) throws -> [Request] {
    guard FileBytes.exists(log) else { return [] }
    let text = String(decoding: try FileBytes.read(log), as: UTF8.self)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  /// Receivers of syslog answer nothing: what they have shows a moment later.
  func received(count: Int) throws -> [Request] {
    for _ in 0..<200 where try received().count < count { usleep(10_000) }
    return try received()
  }

  /// A port on which nobody listens.
  static func unusedPort() throws -> Int {
    let folder = try TemporaryFolder()
    let receiver = try Receiver("webhook", log: folder.path + "/log")
    receiver.stop()
    return receiver.port
  }
}
