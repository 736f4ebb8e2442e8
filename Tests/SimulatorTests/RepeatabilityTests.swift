import Foundation
import Testing

@testable import Simulator

@Suite("Repeatability")
struct RepeatabilityTests {
  @Test("the same seed gives the same bytes, another seed others")
  func sameBytes() throws {
    func export(_ seed: UInt64) throws -> [String: Data] {
      try Fixture.withFolder { folder in
        try Fixture.simulation(seed: seed, days: 2).export(to: folder, Fixture.options)
        return try Fixture.contents(of: folder)
      }
    }
    let once = try export(3)
    #expect(once.keys.count == 2 + 2 * 2 + 2 + 4)
    #expect(once == (try export(3)))
    let other = try export(4)
    for (name, bytes) in once where name.hasSuffix(".csv") || name.hasSuffix(".log") {
      if name != "truth.csv" { #expect(other[name] != bytes, "\(name)") }
    }
  }

  @Test("a day's files do not depend on how many days follow")
  func range() throws {
    func days(_ count: Int) throws -> [String: Data] {
      try Fixture.withFolder { folder in
        try Fixture.simulation(days: count).export(to: folder, Fixture.options)
        return try Fixture.contents(of: folder)
      }
    }
    let short = try days(2)
    let long = try days(3)
    for (name, bytes) in short where name.contains("2026-") { #expect(long[name] == bytes) }
    #expect(short.keys.filter { $0.contains("2026-") }.count == 8)
  }

  @Test("a late day can be made without the days before it")
  func lateDay() {
    let one = Fixture.simulation(days: 22).traffic(on: 21)
    let simulation = Fixture.simulation(days: 28)
    _ = simulation.traffic(on: 20)
    #expect(
      simulation.traffic(on: 21).conversations.map(Print.init) == one.conversations.map(Print.init))
  }

  @Test("a firm of another scale has as many more people and devices")
  func scale() {
    let whole = Fixture.simulation(scale: 1).firm
    #expect(whole.hosts.count == 76)
    #expect(Fixture.simulation(scale: 3).firm.personal.count == 3 * whole.personal.count)
    #expect(Set(whole.hosts.map(\.address)).count == whole.hosts.count)
    #expect(Set(whole.hosts.map(\.role)) == Set(Role.allCases))
  }
}
