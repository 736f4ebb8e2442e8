import Foundation
import Testing

@testable import Simulator

@Suite("Sign-ins") struct SignInTests {
  private let options = ExportOptions(zone: Fixture.berlin, withSignIns: true)

  @Test("people sign in from their own machines, and all else is written as without")
  func export() throws {
    let simulation = Fixture.simulation(days: 1, attacks: .none)
    try Fixture.withFolder { folder in
      try simulation.export(to: "\(folder)/with", options)
      try simulation.export(to: "\(folder)/without", Fixture.options)
      let lines = try Fixture.lines("\(folder)/with/sign-ins/sign-ins.2026-03-02.csv")
      #expect(lines.first == "Time,User,From,To,Result" && lines.count > 50)
      let owners = Dictionary(
        uniqueKeysWithValues: try Fixture.lines("\(folder)/with/assets.csv").dropFirst().map {
          let cells = $0.split(separator: ",")
          return (cells[0], cells[2])
        })
      for line in lines.dropFirst() {
        let cells = line.split(separator: ",")
        #expect(owners[cells[2]] == cells[1] && cells[4] == "success", "\(line)")
        #expect(cells[0].hasPrefix("2026-03-02 "))
      }
      var files = try Fixture.contents(of: "\(folder)/with")
      let plain = try Fixture.contents(of: "\(folder)/without")
      files["sign-ins/sign-ins.2026-03-02.csv"] = nil
      files["sign-ins.toml"] = nil
      let site = try #require(files["site.toml"])
      files["site.toml"] = nil
      #expect(files == plain.filter { $0.key != "site.toml" })
      let plainSite = try #require(plain["site.toml"])
      #expect(site.starts(with: plainSite) && site != plainSite)
    }
  }

  @Test("guessed passwords fail, who moves from machine to machine gets in, scans sign nobody in")
  func attacks() {
    let simulation = Fixture.simulation(attacks: .all, scale: 1)
    let export = SignInExport(
      zone: Fixture.berlin, firm: simulation.firm, plan: simulation.plan)
    var outcomes: [AttackKind: Set<SignInOutcome>] = [:]
    for attack in simulation.plan.attacks {
      for day in attack.scope.days {
        var builder = DayBuilder(firm: simulation.firm, day: day)
        builder.add(attack)
        for conversation in builder.conversations {
          guard let signIn = export.signIn(conversation) else { continue }
          outcomes[attack.scope.kind, default: []].insert(signIn.outcome)
        }
      }
    }
    #expect(
      outcomes == [
        .passwordGuessing: [.failure], .lateralMovement: [.success], .nightActivity: [.success],
      ])
  }
}
