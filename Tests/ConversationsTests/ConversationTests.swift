import Columnar
import Events
import Testing

@testable import Conversations

@Suite("Conversations")
struct ConversationTests {
  @Test("one-way records cut at the active timeout become one conversation and no beacon")
  func cutRecords() throws {
    // A download of 32 minutes as nfdump exports it: both directions, cut every 300 s.
    var rows: [FlowRow] = []
    for piece in 0..<7 {
      let start = daytime(9, 5 * piece)
      let end = piece == 6 ? start + 120 : start + 299.5
      rows.append(
        FlowRow("10.0.0.7:51515", "198.51.100.9:443", at: start, until: end).with { $0.bytes = 10 })
      rows.append(
        FlowRow("198.51.100.9:443", "10.0.0.7:51515", at: start + 0.02, until: end)
          .with { $0.bytes = 1000 })
    }
    let (batches, summary) = try normalize([file("a", rows)])
    #expect(
      written(batches) == [
        Written(
          time: 118_800_000_000, end: 120_720_000_000,
          tuple: "10.0.0.7:51515>198.51.100.9:443/6", sourceBytes: 70, destinationBytes: 7000,
          recordCount: 14, isDirectionKnown: true)
      ])
    #expect(summary.readCount == 14 && summary.recordCount == 14)
    #expect(batches[0][Event.durationMicroseconds][0] == 1_920_000_000)
    #expect(batches[0][Event.direction][0] == "outbound")
    #expect(batches[0][Event.logLine][0] == 1)
  }

  @Test("records further apart than the inactive gap are different conversations")
  func inactiveGap() throws {
    let rows = [
      FlowRow("10.0.0.7:5000", "10.0.0.1:53", at: daytime(8), until: daytime(8, 0, 10), proto: 17),
      FlowRow("10.0.0.7:5000", "10.0.0.1:53", at: daytime(8, 0, 40), proto: 17),
      FlowRow("10.0.0.7:5000", "10.0.0.1:53", at: daytime(8, 1, 10.000001), proto: 17),
    ]
    #expect(try written(normalize([file("a", rows)]).batches).map(\.recordCount) == [2, 1])
  }

  @Test("a handshake after a close begins a new conversation")
  func portReuse() throws {
    func connection(at second: Double) -> [FlowRow] {
      [
        FlowRow(
          "10.0.0.7:5000", "10.0.0.1:80", at: daytime(8, 0, second),
          until: daytime(8, 0, second + 1)
        )
        .with { $0.flags = 0x1B },
        FlowRow(
          "10.0.0.1:80", "10.0.0.7:5000", at: daytime(8, 0, second),
          until: daytime(8, 0, second + 1)
        ).with { $0.flags = 0x1B },
      ]
    }
    let rows = connection(at: 0) + connection(at: 5)
    #expect(try written(normalize([file("a", rows)]).batches).map(\.recordCount) == [2, 2])
  }

  @Test("the earlier start is the originator, whatever the ports")
  func earlierStart() throws {
    let rows = [
      FlowRow("10.0.0.1:40000", "10.0.0.2:22", at: daytime(8, 0, 0.1), proto: 17),
      FlowRow("10.0.0.2:22", "10.0.0.1:40000", at: daytime(8), proto: 17),
    ]
    let seen = try written(normalize([file("a", rows)]).batches)
    #expect(seen.map(\.tuple) == ["10.0.0.2:22>10.0.0.1:40000/17"])
    #expect(seen.map(\.isDirectionKnown) == [true])
  }

  @Test("equal starts go from the higher port to the service's, or are said to be unknown")
  func equalStarts() throws {
    func pair(_ a: String, _ b: String) -> [FlowRow] {
      [FlowRow(a, b, at: daytime(8)), FlowRow(b, a, at: daytime(8))]
    }
    let rows =
      pair("10.0.0.1:22", "10.0.0.2:40000") + pair("10.0.0.3:123", "10.0.0.4:123")
      + pair("10.0.0.5:40000", "10.0.0.6:50000") + pair("10.0.0.8:3389", "10.0.0.7:50000")
    let seen = try written(normalize([file("a", rows)]).batches)
    #expect(
      Dictionary(uniqueKeysWithValues: seen.map { ($0.tuple, $0.isDirectionKnown) }) == [
        "10.0.0.2:40000>10.0.0.1:22/6": true, "10.0.0.3:123>10.0.0.4:123/6": false,
        "10.0.0.5:40000>10.0.0.6:50000/6": false, "10.0.0.7:50000>10.0.0.8:3389/6": true,
      ])
  }

  @Test("an answer alone is turned round where the ports are clear, its question's size unknown")
  func answersAlone() throws {
    let rows = [
      FlowRow("198.51.100.9:443", "10.0.0.7:51515", at: daytime(8)),
      FlowRow("198.51.100.9:4444", "10.0.0.7:51516", at: daytime(9)),
    ]
    let (batches, _) = try normalize([file("a", rows)])
    let seen = written(batches)
    #expect(
      seen.map(\.tuple) == [
        "10.0.0.7:51515>198.51.100.9:443/6", "198.51.100.9:4444>10.0.0.7:51516/6",
      ])
    #expect(seen.map(\.isDirectionKnown) == [true, false])
    #expect(seen.map(\.sourceBytes) == [nil, 100])
    #expect(seen.map(\.destinationBytes) == [100, 0])
    #expect(batches[0][Event.direction][0] == "outbound")
    #expect(batches[0][Event.direction][1] == "inbound")
  }

  @Test("what sends only the first segment of a handshake is the originator")
  func scans() throws {
    let row = FlowRow("198.51.100.9:443", "10.0.0.7:51515", at: daytime(8)).with { $0.flags = 2 }
    let seen = try written(normalize([file("a", [row])]).batches)
    #expect(seen.map(\.tuple) == ["198.51.100.9:443>10.0.0.7:51515/6"])
    #expect(seen.map(\.isDirectionKnown) == [true])
  }

  @Test("a connection first seen in its middle goes by its ports, not by who speaks first")
  func midConnection() throws {
    let rows = [
      FlowRow("198.51.100.9:443", "10.0.0.7:51515", at: daytime(8)).with { $0.flags = 0x18 },
      FlowRow("10.0.0.7:51515", "198.51.100.9:443", at: daytime(8, 0, 1)).with { $0.flags = 0x10 },
    ]
    let (batches, _) = try normalize([file("a", rows)])
    #expect(written(batches).map(\.tuple) == ["10.0.0.7:51515>198.51.100.9:443/6"])
    #expect(batches[0][Event.tcpFlags][0] == 0x18)
  }

  @Test("an echo and its reply are one conversation, begun by who asked")
  func echoes() throws {
    let rows = [
      FlowRow("10.0.0.1", "10.0.0.2", at: daytime(8), proto: 1).with {
        $0.icmpType = 0; $0.icmpCode = 0
      },
      FlowRow("10.0.0.2", "10.0.0.1", at: daytime(8), proto: 1).with {
        $0.icmpType = 8; $0.icmpCode = 0
      },
      // As nfdump has it: type × 256 + code for a port.
      FlowRow("10.0.0.3:0", "10.0.0.4:2048", at: daytime(9), proto: 1),
      FlowRow("10.0.0.4:0", "10.0.0.3:0", at: daytime(9), proto: 1),
      FlowRow("10.0.0.5", "10.0.0.6", at: daytime(10), proto: 1).with {
        $0.icmpType = 3; $0.icmpCode = 1
      },
    ]
    let (batches, _) = try normalize([file("a", rows)])
    let seen = written(batches)
    #expect(
      seen.map(\.tuple) == [
        "10.0.0.2:0>10.0.0.1:0/1", "10.0.0.3:0>10.0.0.4:2048/1", "10.0.0.5:0>10.0.0.6:0/1",
      ])
    #expect(seen.map(\.recordCount) == [2, 2, 1])
    #expect(seen.map(\.isDirectionKnown) == [true, true, false])
    #expect(batches[0][Event.icmpType][0] == 8)
  }

  @Test("two-way records pass as they are; those with an active timeout are stitched")
  func biflows() throws {
    func rows() -> [FlowRow] {
      (0..<3).map { piece in
        FlowRow(
          "10.0.0.1:22", "10.0.0.2:50000", at: daytime(8, 0, Double(5 * piece)),
          until: daytime(8, 0, Double(5 * piece + 5))
        ).with { $0.replyBytes = 7 }
      }
    }
    let status = FlowExport(kind: .biflow, activeTimeoutMicroseconds: 5_000_000)
    let stitched = try written(normalize([file("a", rows(), export: status)]).batches)
    #expect(stitched.map(\.tuple) == ["10.0.0.1:22>10.0.0.2:50000/6"])
    #expect(stitched.map(\.sourceBytes) == [300] && stitched.map(\.destinationBytes) == [21])
    #expect(stitched.map(\.isDirectionKnown) == [true])
    let plain = try written(normalize([file("a", rows(), export: .init(kind: .biflow))]).batches)
    #expect(plain.map(\.recordCount) == [1, 1, 1])
    #expect(plain.map(\.destinationBytes) == [7, 7, 7])
  }

  @Test("rows without bytes keep nulls, and totals alone stay totals")
  func nulls() throws {
    let rows = [
      FlowRow("10.0.0.1:1025", "10.0.0.2:80", at: daytime(8)).with { $0.bytes = nil },
      FlowRow("10.0.0.1:1026", "10.0.0.2:80", at: daytime(8)).with {
        $0.bytes = nil; $0.networkBytes = 70
      },
    ]
    let totals = try normalize([file("a", rows, export: nil)]).batches[0]
    #expect(totals[Event.sourceBytes][0] == nil && totals[Event.networkBytes][0] == nil)
    #expect(totals[Event.sourceBytes][1] == nil && totals[Event.networkBytes][1] == 70)
    // In a one-way record the total is the sender's.
    let sent = try normalize([file("a", rows)]).batches[0]
    #expect(sent[Event.sourceBytes][0] == nil && sent[Event.destinationBytes][0] == nil)
    #expect(sent[Event.sourceBytes][1] == 70 && sent[Event.destinationBytes][1] == 0)
    #expect(!sent.hasColumn(Event.networkBytes))
  }

  @Test("hosts known by name alone are conversations of their names, and the site's own")
  func namedHosts() throws {
    let rows = [
      FlowRow("-:5000", "10.0.0.1:53", at: daytime(8)).with { $0.sourceHost = "c17" },
      FlowRow("10.0.0.1:53", "-:5000", at: daytime(8, 0, 1)).with { $0.destinationHost = "c17" },
      FlowRow("-:5000", "10.0.0.1:53", at: daytime(8)).with { $0.sourceHost = "c18" },
    ]
    let (batches, _) = try normalize([file("a", rows)])
    let seen = written(batches)
    #expect(seen.map(\.tuple) == ["c17:5000>10.0.0.1:53/6", "c18:5000>10.0.0.1:53/6"])
    #expect(seen.map(\.recordCount) == [2, 1])
    #expect(batches[0][Event.direction][0] == "internal")
  }

  @Test("a day has only the columns that its inputs have, and those that are derived")
  func columns() throws {
    let rows = [FlowRow("10.0.0.1:1025", "10.0.0.2:80", at: daytime(8))]
    let lacking: Set<String> = [
      Event.sourceBytes.name, Event.destinationBytes.name, Event.networkBytes.name,
      Event.end.name, Event.sourceHost.name, Event.destinationHost.name, Event.userName.name,
      Event.natSourcePort.name, Event.natDestinationPort.name, Event.sourceAS.name,
      Event.destinationAS.name,
    ]
    let (batches, _) = try normalize([file("a", rows, lacking: lacking)])
    let names = Set(batches[0].schema.fields.map(\.name))
    #expect(names.isDisjoint(with: lacking))
    #expect(!names.contains(Event.durationMicroseconds.name))
    #expect(
      names.isSuperset(of: [
        Event.direction.name, Event.isDirectionKnown.name, Event.recordCount.name,
        Event.source.name, Event.logFile.name, Event.destinationPackets.name,
      ]))
    #expect(batches[0][Event.source][0] == "router" && batches[0][Event.logFile][0] == "a")
  }

  @Test(
    "the first record says what was translated, which systems and interfaces; turned, the other way"
  )
  func way() throws {
    let rows = [
      FlowRow("10.0.0.1:5000", "192.0.2.1:443", at: daytime(8)).with {
        $0.natSource = "203.0.113.5"
        $0.natSourcePort = 6000
        ($0.ingress, $0.egress) = ("lan", "wan")
      },
      FlowRow("192.0.2.1:443", "10.0.0.1:5000", at: daytime(8, 0, 1)).with { $0.sourceAS = 7 },
      // Of this one the answer was seen first.
      FlowRow("192.0.2.2:443", "10.0.0.1:5001", at: daytime(9)).with {
        ($0.sourceAS, $0.ingress, $0.egress) = (65_551, "wan", "lan")
      },
    ]
    let batch = try #require(normalize([file("a", rows)]).batches.first)
    #expect(batch[Event.natSourceAddress][0] == Address("203.0.113.5"))
    #expect(batch[Event.natSourcePort][0] == 6000)
    #expect(batch[Event.natDestinationAddress][0] == nil && batch[Event.sourceAS][0] == nil)
    for row in 0..<2 {
      #expect(batch[Event.ingressInterface][row] == "lan")
      #expect(batch[Event.egressInterface][row] == "wan")
    }
    #expect(batch[Event.sourceAddress][1] == Address("10.0.0.1"))
    #expect(batch[Event.sourceAS][1] == nil && batch[Event.destinationAS][1] == 65_551)
  }

  @Test("rows are sorted by time; those of one time and five-tuple by log file and line")
  func order() throws {
    let rows = [
      FlowRow("10.0.0.2:5", "10.0.0.9:80", at: daytime(9)),
      FlowRow("10.0.0.1:7", "10.0.0.9:80", at: daytime(9)),
      FlowRow("10.0.0.1:6", "10.0.0.9:80", at: daytime(9)),
      FlowRow("10.0.0.1:6", "10.0.0.9:80", at: daytime(9)),
      FlowRow("10.0.0.1:6", "10.0.0.8:80", at: daytime(9)),
      FlowRow("10.0.0.3:6", "10.0.0.8:80", at: daytime(8)),
    ]
    let files = [file("b", rows, export: nil), file("a", [rows[2]], source: "s", export: nil)]
    func lines(_ files: [EventFile]) throws -> [String] {
      let batch = try normalize(files).batches[0]
      return (0..<batch.rowCount).map {
        "\(batch[Event.logFile][$0] ?? "")\(batch[Event.logLine].value($0))"
      }
    }
    let seen = try lines(files)
    #expect(seen.first == "b6")
    #expect(seen.sorted() == ["a1", "b1", "b2", "b3", "b4", "b5", "b6"])
    let first = try #require(seen.firstIndex(of: "a1"))
    #expect(seen[first...].prefix(3) == ["a1", "b3", "b4"])
    #expect(try lines(files.reversed()) == seen)
  }

  @Test("a record that is turned round keeps both ends, though its export has no column for them")
  func turnedNamedHost() throws {
    let row = FlowRow("203.0.113.5:80", "10.0.0.1:50000", at: daytime(9)).with {
      $0.destinationHost = "trap"
    }
    let lacking: Set = [Event.destinationAddress.name, Event.sourceHost.name]
    let (batches, _) = try normalize([file("a", [row], lacking: lacking)])
    #expect(written(batches).map(\.tuple) == ["trap:50000>203.0.113.5:80/6"])
  }

  @Test("a clock an hour wrong is reported, and nothing corrected")
  func clocks() throws {
    let rows = (0..<30).map {
      FlowRow("10.0.0.1:\(40000 + $0)", "10.0.0.2:80", at: daytime(8, $0))
    }
    let late = rows.map { row in row.with { $0.time += 3_600_000_000 } }
    let (batches, summary) = try normalize([
      file("a", rows, source: "east"), file("a", late, source: "west"),
    ])
    #expect(summary.clockOffsets.map(\.microseconds) == [3_600_000_000])
    #expect(summary.clockOffsets.map(\.matchCount) == [30])
    #expect(summary.clockOffsets.map(\.halfHours) == [2])
    #expect(summary.clockOffsets.map { [$0.source, $0.otherSource] } == [["east", "west"]])
    #expect(written(batches).count == 60)
    // Of 90 that each saw, 30 are the other's too.
    func others(_ port: Int) -> [FlowRow] {
      (0..<60).map { FlowRow("10.0.0.3:\(port + $0)", "10.0.0.2:80", at: daytime(9, $0)) }
    }
    let some = try normalize([
      file("a", rows + others(40000), source: "east"),
      file("a", rows + others(50000), source: "west"),
    ])
    #expect(some.summary.clockOffsets.map(\.fewerCount) == [90])
    #expect(some.summary.countedTwice.isEmpty)
    let same = try normalize([file("a", rows, source: "east"), file("a", rows, source: "west")])
    #expect(same.summary.clockOffsets.map(\.microseconds) == [0])
    #expect(same.summary.countedTwice == same.summary.clockOffsets)
    #expect(same.summary.countedTwice.map(\.sharedShare) == [1])
    // A clock that is wrong by some seconds is measured, too; chance meetings are not.
    let slow = rows.map { row in row.with { $0.time += 7_000_000 + ($0.time / 1_000_000) % 2 } }
    let drift = try normalize([file("a", rows, source: "east"), file("a", slow, source: "west")])
    #expect(drift.summary.clockOffsets.map { $0.microseconds / 1_000_000 } == [7])
    let others = rows.enumerated().map { index, row in
      row.with { $0.time += 61_000_000 * Int64(index) }
    }
    let chance = try normalize([file("a", rows, source: "east"), file("a", others, source: "west")])
    #expect(chance.summary.clockOffsets.isEmpty)
  }
}
