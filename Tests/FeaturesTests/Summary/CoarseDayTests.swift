import Columnar
import Events
import Testing

@testable import Features

@Suite("Days with more hosts or peers than can be told apart") struct CoarseDayTests {
  private let day = CivilDate(dayNumber: 20_000)
  private let calendar = CivilCalendar()

  private func table(_ flows: [Flow]) -> Table {
    flowTable(flows, from: calendar.start(of: day))
  }

  /// 10.1.0.0 and on.
  private func address(_ number: Int) -> String { "10.1.\(number / 256).\(number % 256)" }

  /// Each of many hosts once, and of twenty fifty times.
  private func flood(of count: Int) -> [Flow] {
    (0..<count).map { Flow(Double($0) / 10, address($0), "8.8.8.8") }
      + (0..<1000).map { Flow(5000 + Double($0), "10.0.0.\($0 % 20)", "8.8.4.4") }
  }

  @Test("a crowd is those that do least, whatever the order of the day's rows")
  func crowd() throws {
    let masks = SiteMasks(RandomDay.networks)
    let flows = flood(of: 5000)
    for limit in [5010, 6000] {
      #expect(try Crowd(table(flows), masks: masks, hostLimit: limit) == nil, "limit \(limit)")
    }
    for rows in [flows, flows.reversed()] {
      let crowd = try #require(try Crowd(table(rows), masks: masks, hostLimit: 100))
      #expect(abs(crowd.size.addressCount - 5020) < 5020 / 10)
      #expect(crowd.size.conversationLimit < 50)
      let busy = try (0..<20).map { try #require(Address("10.0.0.\($0)")) }
      let others = try (0..<5000).map { try #require(Address(address($0))) }
      #expect(busy.allSatisfy { !crowd.contains($0) })
      // Known from other logs only.
      #expect(!crowd.contains(try #require(Address("10.9.9.9"))))
      #expect(others.count(where: crowd.contains) >= 4990)
    }
  }

  @Test(
    "a flood of forged senders is the Internet's, and the hosts that work that day are told apart")
  func flooded() throws {
    let flows = flood(of: Crowd.hostLimit + 5000).sorted { $0.second < $1.second }
    let written = try Written(day, calendar, [.flow: table(flows)])
    let hosts = Set(written[HostHour.schema].map { $0[0] })
    #expect(hosts.isSuperset(of: (0..<20).map { "10.0.0.\($0)" } + [HostHour.internet]))
    #expect(hosts.count < 200)
    let size = try #require(written.counts.coarseness.crowd)
    #expect(abs(size.addressCount - flows.count + 980) < flows.count / 20)
    // Nobody's conversation is lost.
    let column = try #require(HostHour.schema.index(of: "out_conversations"))
    #expect(written[HostHour.schema].reduce(0) { $0 + (Int($1[column]) ?? 0) } == flows.count)
  }

  @Test("who sweeps a crowd meets each of it, and has edges to none")
  func sweptCrowd() throws {
    let count = Crowd.hostLimit + 5000
    let flows = (0..<count).map { Flow(Double($0) / 10, "10.0.0.1", address($0)) }
    let written = try Written(day, calendar, [.flow: table(flows)])
    // But for those that share both counters.
    #expect(written[Edge.schema].count < 200)
    let column = try #require(HostHour.schema.index(of: "out_conversations"))
    let hosts = Dictionary(grouping: written[HostHour.schema]) { $0[0] }
    #expect(hosts.count < 200)
    let mine = try #require(hosts["10.0.0.1"])
    #expect(mine.reduce(0) { $0 + (Int($1[column]) ?? 0) } == count)
    let external = try #require(HostHour.schema.index(of: "out_external_bytes"))
    #expect(mine.allSatisfy { $0[external] == "0" })
  }

  @Test("of a host's sweep about as many pairs are kept as fit, and all of everybody else's")
  func sweep() throws {
    // Half of it scans addresses, half of it an address's ports.
    var flows = (0..<5000).map { Flow(Double($0), "10.0.0.1", "8.\($0 / 250).0.\($0 % 250)") }
    flows += (0..<5000).map { number in
      Flow(6000 + Double(number), "10.0.0.1", "8.8.8.8").with { $0.port = UInt16(number) }
    }
    flows += (0..<90).map { Flow(20_000 + Double($0), "10.0.0.2", "8.0.1.\($0)") }
    let context = try ReadingContext(table(flows), networks: RandomDay.networks)
    for rows in [flows, flows.reversed()] {
      let sweeps = try Sweeps(table(rows), context: context, pairLimit: 100)
      let sweep = try #require(sweeps.all.first)
      #expect(sweeps.all.count == 1)
      #expect(sweep.host == "10.0.0.1" && sweep.oneOf == 128)
      #expect(abs(sweep.pairCount - 10_000) < 500)
      func kept(_ host: String) throws -> Int {
        let originator = Endpoint(try #require(Address(host)), .inside)
        return try flows.count { flow in
          let responder = try #require(flow.destination.flatMap { Address($0) })
          let element = Sweeps.element(
            Endpoint(responder, .outside), port: flow.port, ianaNumber: flow.ianaNumber)
          return flow.source == host && sweeps.keeps(originator, element)
        }
      }
      #expect((40...120).contains(try kept("10.0.0.1")))
      #expect(try kept("10.0.0.2") == 90)
    }
    #expect(try Sweeps(table(flows), context: context).isEmpty)
  }

  @Test("hours of a host that sweeps count all whom it met, pairs those that were drawn")
  func swept() throws {
    let flows = (0..<80_000).map {
      Flow(Double($0) / 100, "10.0.0.1", "8.\($0 / 62_500).\($0 / 250 % 250).\($0 % 250)")
    }
    let written = try Written(day, calendar, [.flow: table(flows)])
    let sweep = try #require(written.counts.coarseness.sweeps.first)
    #expect(sweep.oneOf == 2)
    #expect(abs(written[Pair.schema].count - 40_000) < 1000)
    let column = try #require(HostHour.schema.index(of: "out_conversations"))
    #expect(written[HostHour.schema].map { $0[column] } == ["80000"])
  }

  @Test("a manifest says what was coarse, and ordinary days say nothing")
  func facts() {
    let coarse = Coarseness(
      crowd: Crowd.Size(addressCount: 1_000_000, conversationLimit: 7),
      sweeps: [
        Sweeps.Sweep(host: "10.0.0.1", pairCount: 9_999, oneOf: 8),
        Sweeps.Sweep(host: "a name", pairCount: 999, oneOf: 2),
      ])
    #expect(Coarseness(facts: coarse.facts) == coarse)
    #expect(Coarseness().facts.isEmpty)
    #expect(Coarseness(facts: ["pairs": "7"]) == Coarseness())
  }
}
