import Columnar
import Events

/// Generates a firm's traffic day by day. A day depends on the seed, the start and the scale only,
/// not on which other days are generated.
package struct Simulation: Sendable {
  /// Changes whenever the same options begin to give other bytes.
  package static let version = 2

  package let firm: Firm
  let plan: AttackPlan
  package let dayCount: Int

  package init(
    seed: UInt64, start: CivilDate, dayCount: Int, zone: TimeZoneRules,
    attacks: AttackPlan.Choice, scale: Double = 1, contamination: Double = 0
  ) {
    firm = Firm(
      seed: seed, start: start, calendar: CivilCalendar(zone: zone), scale: scale)
    self.dayCount = dayCount
    plan = AttackPlan(
      attacks, firm: firm, dayCount: dayCount, contamination: contamination)
  }

  /// All conversations that begin on a day, by start.
  func traffic(on day: Int) -> DayBuilder {
    var builder = DayBuilder(firm: firm, day: day)
    builder.addOrdinaryTraffic()
    for attack in plan.attacks { builder.add(attack) }
    builder.sort()
    return builder
  }

  /// What the attacks do within the simulated days.
  package func truth() -> [TruthRow] {
    var truth = Truth()
    for day in 0..<dayCount where plan.attacks.contains(where: { $0.scope.days.contains(day) }) {
      var builder = DayBuilder(firm: firm, day: day)
      for attack in plan.attacks { builder.add(attack) }
      for conversation in builder.conversations { truth.add(conversation) }
    }
    return truth.rows(plan)
  }
}
