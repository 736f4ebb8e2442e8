import Columnar
import Events
import Foundation
import Testing

@testable import Simulator

@Suite("Flow records")
struct FlowRecordTests {
  @Test("records of a long conversation are cut at 300 s and add up to it")
  func cutAndWhole() throws {
    let day = Fixture.simulation().traffic(on: 1)
    let long = day.conversations.filter { $0.durationMicroseconds > 1_000_000_000 }
    #expect(long.count > 20)
    for conversation in long {
      var records: [FlowRecord] = []
      FlowRecord.records(of: conversation) { records.append($0) }
      for isReply in [false, true] {
        let side = records.filter { $0.isReply == isReply }
        #expect(side.count >= 3)
        #expect(side.allSatisfy { $0.end.microseconds - $0.start.microseconds <= 300_000_000 })
        #expect(
          side.reduce(0) { $0 + $1.bytes }
            == (isReply ? conversation.bytesReceived : conversation.bytesSent))
        #expect(
          side.reduce(0) { $0 + $1.packets }
            == (isReply ? conversation.packetsReceived : conversation.packetsSent))
        for (before, after) in zip(side, side.dropFirst()) {
          // Stitched again by whoever allows for 30 s of silence.
          #expect(after.start > before.end)
          #expect(after.start.microseconds - before.end.microseconds <= 30_000_000)
        }
        #expect(side.first.map { $0.flags & 2 } == (conversation.transport == .tcp ? 2 : 0))
        #expect(side.dropFirst().allSatisfy { $0.flags & 2 == 0 })
      }
    }
  }

  @Test("a day's conversations leave the cache within two days, each direction once")
  func pairing() throws {
    let simulation = Fixture.simulation()
    let day = simulation.traffic(on: 2)
    let seen = day.conversations.filter {
      Vantage.seeing($0, overlap: false).contains(.coreSwitch)
    }
    var flows = 0
    var sums: [String: Int64] = [:]
    let export = NfdumpExport(zone: Fixture.berlin)
    for clock in [day.clock, DayBuilder(firm: simulation.firm, day: 3).clock] {
      var text: [UInt8] = []
      flows += try export.write([seen], of: clock) { text += $0.bytes }
      for row in Self.rows(text) {
        sums["\(row[3]) \(row[5]) \(row[4]) \(row[6]) \(row[7])", default: 0] += Int64(row[12]) ?? 0
      }
    }
    var expected: [String: Int64] = [:]
    var records = 0
    for conversation in seen {
      let (a, b) = (Address(ipv4: conversation.client), Address(ipv4: conversation.server))
      let name: String
      let ports: (out: String, back: String)
      switch conversation.transport {
      case .icmp: (name, ports) = ("ICMP", ("0 \(b) 2048", "0 \(a) 0"))
      case .tcp, .udp:
        name = conversation.transport == .tcp ? "TCP" : "UDP"
        ports = (
          "\(conversation.clientPort) \(b) \(conversation.serverPort)",
          "\(conversation.serverPort) \(a) \(conversation.clientPort)"
        )
      }
      expected["\(a) \(ports.out) \(name)", default: 0] += conversation.bytesSent
      if conversation.packetsReceived > 0 {
        expected["\(b) \(ports.back) \(name)", default: 0] += conversation.bytesReceived
      }
      FlowRecord.records(of: conversation) { _ in records += 1 }
    }
    #expect(flows == records)
    #expect(sums == expected)
  }

  /// The cells of an export's data rows.
  static func rows(_ text: [UInt8]) -> [[Substring]] {
    String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
      .prefix { $0 != "Summary" }.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test("the file has nfdump 1.7.1's header, 48 cells a row and a true summary")
  func layout() throws {
    try Fixture.withFolder { folder in
      try Fixture.simulation(days: 1).export(to: folder, Fixture.options)
      let path = "\(folder)/netflow/nfdump.2026-03-02.csv"
      let lines = try Fixture.lines(path)
      let genuine = try Fixture.lines(Self.sample("two-hosts.nfdump-1.7.1.csv"))
      #expect(lines.first == genuine.first)
      let rows = Self.rows(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
      #expect(rows.allSatisfy { $0.count == 48 })
      #expect(lines.suffix(3).first == "Summary")
      #expect(lines.suffix(2).first == genuine.suffix(2).first)
      let totals = lines.last?.split(separator: ",").compactMap { Int($0) } ?? []
      #expect(totals.count == 6)
      #expect(totals.first == rows.count)
      #expect(totals[1] == rows.reduce(0) { $0 + (Int($1[12]) ?? 0) })
      #expect(totals[2] == rows.reduce(0) { $0 + (Int($1[11]) ?? 0) })
    }
  }

  /// A genuine export of the repository.
  static func sample(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("data/samples/\(name)").path
  }
}
