import Columnar
import Events
import Testing

@testable import Features

struct OutcomeTests {
  let day = CivilDate(dayNumber: 20_000)

  /// Whether the first flow counts as failed; the others only show what its exporter reports.
  private func isFailed(_ flow: Flow, beside others: [Flow] = []) throws -> Bool {
    let written = try Written(
      day, CivilCalendar(),
      [.flow: flowTable([flow] + others, from: CivilCalendar().start(of: day))])
    let failed = try #require(Pair.schema.index(of: "failed"))
    return written[Pair.schema].first { $0[1] == "10.0.0.1" }?[failed] == "1"
  }

  private let flow = Flow(0, "10.0.0.1", "10.0.0.2")
  /// A flow of the same exporter with an answer.
  private let answered = Flow(1, "10.0.0.8", "10.0.0.9").with { $0.packetsBack = 3 }

  @Test(
    "Zeek's states that never saw a connection established failed",
    arguments: [
      ("S0", true), ("REJ", true), ("RSTOS0", true), ("RSTRH", true), ("SH", true),
      ("S1", false), ("S2", false), ("S3", false), ("SF", false), ("RSTO", false),
      ("RSTR", false), ("SHR", false), ("OTH", false),
    ])
  func states(state: String, expected: Bool) throws {
    #expect(try isFailed(flow.with { $0.state = state }) == expected)
  }

  @Test("denied, dropped and reset conversations failed, whatever their state says")
  func actions() throws {
    for action in ["deny", "drop", "reset"] {
      #expect(
        try isFailed(
          flow.with {
            $0.action = action
            $0.state = "SF"
          }))
    }
    #expect(try !isFailed(flow.with { $0.action = "allow" }))
  }

  @Test("no packets back is a failure only where the exporter reports answers")
  func answers() throws {
    for ianaNumber: UInt8 in [6, 17] {
      let silent = flow.with {
        $0.ianaNumber = ianaNumber
        $0.packetsBack = 0
      }
      #expect(try !isFailed(silent))
      #expect(try isFailed(silent, beside: [answered]))
      #expect(try !isFailed(silent, beside: [answered.with { $0.exporter = "other" }]))
      #expect(try !isFailed(silent, beside: [answered.with { $0.exporter = nil }]))
    }
  }

  @Test("a ping without an answer fails, whatever its state says; other ICMP messages don't")
  func pings() throws {
    for (ianaNumber, echo, unreachable): (UInt8, UInt8, UInt8) in [(1, 8, 3), (58, 128, 1)] {
      let ping = flow.with {
        $0.ianaNumber = ianaNumber
        $0.icmpType = echo
        $0.state = "OTH"
        $0.packetsBack = 0
      }
      #expect(try isFailed(ping, beside: [answered]))
      #expect(try !isFailed(ping.with { $0.packetsBack = 1 }, beside: [answered]))
      #expect(try !isFailed(ping.with { $0.icmpType = unreachable }, beside: [answered]))
      #expect(try !isFailed(ping))
    }
  }

  @Test("packets to many don't fail for want of an answer")
  func toMany() throws {
    let silent = flow.with { $0.packetsBack = 0 }
    for group in ["224.0.0.251", "ff02::fb", "255.255.255.255"] {
      let toMany = silent.with {
        $0.destination = group
        $0.ianaNumber = 17
        $0.state = "S0"
      }
      #expect(try !isFailed(toMany, beside: [answered]))
    }
  }

  @Test("TCP flags without ACK, and resets for each packet sent, are failures")
  func flags() throws {
    #expect(try isFailed(flow.with { $0.flags = 0x02 }))
    #expect(try !isFailed(flow.with { $0.flags = 0x12 }))
    // SYN answered by RST+ACK, thrice.
    let refused = flow.with {
      $0.flags = 0x16
      $0.packets = 3
      $0.packetsBack = 3
    }
    #expect(try isFailed(refused))
    #expect(try !isFailed(refused.with { $0.flags = 0x1E }))
    #expect(try !isFailed(refused.with { $0.packets = 5 }))
  }
}
