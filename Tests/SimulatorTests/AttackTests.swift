import Columnar
import Testing

@testable import Simulator

@Suite("Attacks")
struct AttackTests {
  @Test(
    "each kind of the demo comes once, on hosts of its own, after 18 clean days", arguments: 1...6)
  func plan(seed: UInt64) {
    let simulation = Fixture.simulation(seed: seed, scale: 1)
    let scopes = simulation.plan.attacks.map(\.scope)
    #expect(scopes.map(\.kind) == AttackKind.demo)
    #expect(Set(scopes.map(\.host.index)).count == scopes.count)
    #expect(scopes.allSatisfy { $0.days.lowerBound >= 18 && $0.days.upperBound <= 27 })
    let attacked = scopes.reduce(into: Set<Int>()) { $0.formUnion($1.days) }
    #expect(attacked.count < 10)
    let truth = simulation.truth()
    #expect(Set(truth.map(\.kind)) == Set(AttackKind.demo))
  }

  @Test("all seventeen kinds leave rows")
  func allKinds() {
    let truth = Fixture.simulation(seed: 2, attacks: .all, scale: 1).truth()
    #expect(Set(truth.map(\.kind)) == Set(AttackKind.allCases))
    #expect(truth.allSatisfy { $0.conversations > 0 && $0.start <= $0.end })
  }

  @Test("a fifth of the days of machines is attacked before the eighteenth, and the rest as ever")
  func contamination() {
    let clean = Fixture.simulation(attacks: .all, scale: 1).plan.attacks.map(\.scope)
    let simulation = Fixture.simulation(attacks: .all, scale: 1, contamination: 0.2)
    let scopes = simulation.plan.attacks.map(\.scope)
    let early = scopes.filter { $0.days.lowerBound < 17 }
    #expect(scopes.dropFirst(early.count).map(\.number) == clean.map(\.number))
    #expect(early.allSatisfy { $0.days.upperBound < 17 })
    let hostDays = early.reduce(into: Set<String>()) { days, scope in
      for day in scope.days {
        let on = simulation.firm.presence(of: scope.host, on: day).on
        guard on.contains(where: { $0.upperBound - $0.lowerBound >= 6 }) else { continue }
        days.insert("\(scope.host.index) \(day)")
      }
    }
    let all = (simulation.firm.personal + simulation.firm.hosts(.camera)).reduce(0) { sum, host in
      sum
        + (0..<17).count { day in
          simulation.firm.presence(of: host, on: day).on.contains {
            $0.upperBound - $0.lowerBound >= 6
          }
        }
    }
    #expect(abs(Double(hostDays.count) / Double(all) - 0.2) < 0.01)
  }

  @Test("without its attacks a day is the day of a firm that is not attacked")
  func onlyAdded() {
    let quiet = Fixture.simulation(attacks: .none)
    let attacked = Fixture.simulation(attacks: .all)
    for day in [20, 22] {
      let before = quiet.traffic(on: day).conversations.map(Print.init)
      let after = attacked.traffic(on: day).conversations
      #expect(after.filter { $0.attack == nil }.map(Print.init) == before)
      #expect(after.count > before.count)
    }
  }

  @Test("the truth file states what the days' conversations hold")
  func truth() {
    let simulation = Fixture.simulation(attacks: .all)
    var counts: [String: (Int, Int64)] = [:]
    for day in 18..<28 {
      for conversation in simulation.traffic(on: day).conversations {
        guard let attack = conversation.attack, !conversation.isForwarding else { continue }
        let key = "\(attack) \(conversation.client)"
        let (count, bytes) = counts[key] ?? (0, 0)
        counts[key] = (count + 1, bytes + conversation.bytesSent)
      }
    }
    let truth = simulation.truth()
    #expect(truth.count == counts.count)
    for row in truth {
      #expect(counts["\(row.attack) \(row.entity)"]?.0 == row.conversations)
      #expect(counts["\(row.attack) \(row.entity)"]?.1 == row.bytesSent)
    }
  }

  @Test("a ten-minute beacon's gaps stay within its jitter")
  func beacon() throws {
    let simulation = Fixture.simulation(scale: 1)
    let row = try #require(simulation.truth().first { $0.kind == .tenMinuteBeacon })
    var calls = 0
    var starts: [Int64] = []
    for day in 18..<28 {
      let own = simulation.traffic(on: day).conversations.filter {
        $0.client == row.entity && $0.attack == Int32(row.attack)
      }
      calls += own.count
      starts += own.filter { $0.server == row.peer }.map(\.start.microseconds)
    }
    // The rest are questions for the peer's name.
    #expect(calls == row.conversations)
    #expect(starts.count > calls * 9 / 10)
    let gaps = zip(starts.dropFirst(), starts).map { Double($0 - $1) / 1_000_000 }
    let short = gaps.filter { $0 < 1800 }
    #expect(short.count > 20)
    #expect(short.allSatisfy { (420.0...780).contains($0) || (840.0...1560).contains($0) })
  }
}
