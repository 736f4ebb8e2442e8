import Columnar
import Events
import Testing

@testable import Simulator

@Suite("Ordinary traffic")
struct TrafficTests {
  @Test("a whole firm's workday and Sunday have the volume of a small office")
  func volume() {
    let simulation = Fixture.simulation(attacks: .none, scale: 1)
    func records(_ day: Int) -> Int {
      var count = 0
      for conversation in simulation.traffic(on: day).conversations
      where Vantage.seeing(conversation, overlap: false) == .coreSwitch {
        FlowRecord.records(of: conversation) { _ in count += 1 }
      }
      return count
    }
    #expect((35_000...70_000).contains(records(2)))
    #expect((15_000...35_000).contains(records(6)))
  }

  @Test(
    "the night on which clocks change has no hour twice as busy as the next",
    arguments: [("2026-03-29", 23), ("2026-10-25", 25)])
  func clockChange(date: String, hours: Int) {
    let simulation = Fixture.simulation(start: date, days: 1, attacks: .none)
    let day = simulation.traffic(on: 0)
    var counts = [Int](repeating: 0, count: hours)
    for conversation in day.conversations {
      let passed = conversation.start.microseconds - day.clock.start.microseconds
      if passed < Int64(hours) * 3_600_000_000 { counts[Int(passed / 3_600_000_000)] += 1 }
    }
    // Backups begin at 1.
    let night = [counts[0]] + counts[2..<5]
    #expect(night.max()! < night.min()! * 3 / 2, "\(counts)")
    #expect(counts[hours - 1] > night.min()! / 2)
  }

  @Test("while the line is down nothing comes from outside")
  func outage() throws {
    let simulation = Fixture.simulation(attacks: .none)
    let timeline = simulation.firm.timeline
    let days = (0..<28).filter { timeline.outage(on: $0) != nil }
    #expect(days.count == 1)
    let day = try #require(days.first)
    let hours = try #require(timeline.outage(on: day))
    let traffic = simulation.traffic(on: day)
    let down = traffic.clock.at(hours.lowerBound)...traffic.clock.at(hours.upperBound)
    let outside = traffic.conversations.filter {
      !Addressing.isInternal($0.server) || !Addressing.isInternal($0.client)
    }
    let begun = outside.filter { down.contains($0.start) }
    #expect(begun.count > 50)
    #expect(begun.allSatisfy { $0.packetsReceived == 0 && $0.outcome == .unanswered })
    #expect(
      outside.allSatisfy {
        $0.start >= down.lowerBound || $0.end <= down.lowerBound
          || $0.start > down.upperBound
      })
  }

  @Test("people come, go, fall ill and stay away; some machines stay on")
  func presence() {
    let firm = Fixture.simulation(scale: 1).firm
    let workday = firm.personal.map { firm.presence(of: $0, on: 3) }
    let sunday = firm.personal.map { firm.presence(of: $0, on: 6) }
    let working = workday.filter { !$0.work.isEmpty }.count
    #expect((20...34).contains(working))
    #expect(sunday.filter { !$0.work.isEmpty }.count <= 6)
    #expect(sunday.filter { $0.isOn(0...24) }.count >= 4)
    for presence in workday {
      #expect(presence.work.allSatisfy { presence.isOn($0) })
    }
    let newcomers = firm.personal.filter { $0.firstDay > 0 }
    #expect(newcomers.count == 2)
    for host in newcomers { #expect(firm.presence(of: host, on: host.firstDay - 1).on.isEmpty) }
  }

  @Test("every workday every person who works meets new destinations")
  func novelty() {
    let simulation = Fixture.simulation(attacks: .none)
    var known: [UInt32: Set<UInt32>] = [:]
    for day in 0..<5 {
      var fresh: [UInt32: Int] = [:]
      for conversation in simulation.traffic(on: day).conversations
      where !Addressing.isInternal(conversation.server) {
        if known[conversation.client, default: []].insert(conversation.server).inserted {
          fresh[conversation.client, default: 0] += 1
        }
      }
      let busy = simulation.firm.personal.filter {
        simulation.firm.presence(of: $0, on: day).work.reduce(0) {
          $0 + $1.upperBound - $1.lowerBound
        } > 5
      }
      #expect(!busy.isEmpty)
      for host in busy { #expect(fresh[host.address, default: 0] > 3, "\(host.name), day \(day)") }
    }
  }

  @Test("no conversation outlasts the next day or begins before its own")
  func bounds() {
    let simulation = Fixture.simulation(attacks: .all)
    for day in [0, 19, 26, 27] {
      let traffic = simulation.traffic(on: day)
      let next = DayBuilder(firm: simulation.firm, day: day + 1).clock.end
      #expect(traffic.conversations.allSatisfy { $0.start >= traffic.clock.start && $0.end < next })
    }
  }
}
