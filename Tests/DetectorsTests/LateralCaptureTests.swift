import Columnar
import Events
import Features
import Foundation
import Testing

@testable import Detectors

/// Captures of one attack technique each, laid over the last day of an office whose desks ask their
/// server for log-ons, files and remote procedures every hour.
@Suite struct LateralCaptureTests {
  private static let server = QuietOffice.server
  /// The capture's machines as those of the office.
  private static let roles = [
    "172.18.38.5": server, "172.18.39.5": QuietOffice.workstation(3),
    "172.18.39.6": QuietOffice.workstation(7), "172.18.39.8": QuietOffice.workstation(9),
  ]

  private func day(_ number: Int) -> [TestFlow] {
    let flows = QuietOffice.day(number)
    return flows
      + flows.filter { $0.port == 445 }.flatMap { flow in
        [UInt16(88), 135, 389].map { port in
          var flow = flow
          flow.port = port
          return flow
        }
      }
  }

  /// The conversations between machines of the office in one of argus's tables.
  private func flows(_ path: String) throws -> [TestFlow] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    return lines.dropFirst().compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard fields.count > 12, fields[2] == "tcp",
        var from = LateralCaptureTests.roles[fields[3]],
        var to = LateralCaptureTests.roles[fields[6]], let source = UInt16(fields[4]),
        var port = UInt16(fields[7])
      else { return nil }
      if source < port && port >= 32768 { ((from, to), port) = ((to, from), source) }
      return TestFlow(second: 36_000, from: from, to: to, port: port)
    }
  }

  @Test(
    "each capture in which a desk works on another is voted for, and no other",
    .enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"] != nil))
  func captures() throws {
    let samples = try #require(ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"])
    let folder = "\(samples)/data/tune/otrf-lateral/argus"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    var site = TestSite()
    for number in 0..<15 { try site.add(day(number)) }
    let state = try site.state(asOf: 15)
    var found = 0
    for name in names {
      let flows = try flows("\(folder)/\(name)")
      var site = site
      try site.add(day(15) + flows)
      let sink = TableSink()
      _ = try rawVotes(
        ScoringInputs(
          day: site.tables[15].day, calendar: site.calendar, tables: site.tables[15], state: state),
        settings: TestSettings.all(), detectors: [EdgesDetector()], to: sink)
      let votes = sink.batches.flatMap { ReadVote.read($0) }
      let isBetweenDesks = flows.contains { flow in
        flow.to != LateralCaptureTests.server
          && EdgeService(port: flow.port, ianaNumber: 6).isAdministrative
      }
      #expect(
        votes.isEmpty != isBetweenDesks,
        "\(name): \(votes.map { ($0.entity, $0.score, $0.peer ?? "") })")
      found += votes.isEmpty ? 0 : 1
    }
    #expect(found >= 8 && names.count == 24)
  }
}
