import Events
import Incidents
import Registry
import StageKit

extension Triage {
  struct WhatIf: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "what-if",
      abstract: "What a rule, or another line, would have changed over the last days.",
      discussion: """
          triage what-if --host 10.0.0.7 --detector beacon
          triage what-if --line 0.001 --days 60
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var scope: ScopeOptions
    @Option(help: "The p at or below which a person is asked.") var line: Double?
    @Option(help: "How many days.") var days = 30
    @Option(name: .customLong("to"), help: "The last of them; by default the last with scores.")
    var last: String?

    func validate() throws {
      guard scope.isGiven != (line != nil) else {
        throw ValidationError("expected the scope of a rule (--host, --detector, --peer) or --line")
      }
      if line == nil { try scope.check() }
      guard (1...366).contains(days) else { throw ValidationError("--days: expected 1 to 366") }
      if let last, CivilDate(last) == nil {
        throw ValidationError("--to: expected a date such as 2026-03-29, found \(last)")
      }
      if let line, !(0...1).contains(line) {
        throw ValidationError("--line: expected a p from 0 to 1, found \(line)")
      }
    }

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      let scored = try casebook.store.days(in: "scores")
      let end = last.flatMap { CivilDate($0) } ?? scored.last
      let tried = scored.filter { day in
        end.map { day <= $0 && day > $0.advanced(by: -days) } ?? false
      }
      guard let first = tried.first, let final = tried.last else {
        throw StageError("\(casebook.store.path): no scored days to try it on; run score first")
      }
      let state = RegistryState(try casebook.log.events())
      let incidents = try IncidentReader(site: casebook.site, store: casebook.store)
        .incidents(of: tried)
      let rules = tried.map { state.rules(on: $0, calendar: casebook.site.calendar) }
      let trial: Trial
      if let line {
        trial = Trial(
          ofLine: line, incidentsPerDay: casebook.site.budget.incidentsPerDay, days: incidents,
          rules: rules)
      } else {
        let rule = Rule(
          id: "tried", scope: scope.scope, firstDay: first, lastDay: final, reason: "what-if")
        trial = Trial(
          of: RegistryState.StandingRule(rule, .suppress, by: actor.name), days: incidents,
          rules: rules)
      }
      for text in lines(trial, state, first...final) { print(PlainText.visible(text)) }
    }

    private func lines(
      _ trial: Trial, _ state: RegistryState, _ range: ClosedRange<CivilDate>
    ) -> [String] {
      let confirmed = trial.confirmed(state)
      var lines = [
        "\(range.lowerBound) to \(range.upperBound): of \(trial.askedCount) decisions on "
          + "\(Quantity.counted(trial.dayCount, "day")), \(decisions(trial.hidden)) would not have been "
          + "asked, with \(sightings(trial.hidden)); \(decisions(trial.added)) more would have been"
      ]
      lines += trial.hidden.map { "not asked: \($0.day)  \($0.id.prefix(8))  \($0.title)" }
      lines += trial.added.map { "asked: \($0.day)  \($0.id.prefix(8))  \($0.title)" }
      lines += confirmed.map {
        "WARNING: hides a confirmed incident: \($0.day)  \($0.id.prefix(8))  \($0.title)"
      }
      if confirmed.isEmpty, !trial.hidden.isEmpty {
        lines.append("no incident that somebody labelled TP is among those not asked")
      }
      return lines
    }

    private func decisions(_ incidents: [Incident]) -> Int {
      incidents.count { $0.verdict.decision != .sighting }
    }

    private func sightings(_ incidents: [Incident]) -> String {
      Quantity.counted(incidents.count { $0.verdict.decision == .sighting }, "sighting")
    }
  }

  struct Tune: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "tune",
      abstract: "How often each detector was right, and what could be changed; changes nothing.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      let state = RegistryState(try casebook.log.events())
      let cases = try casebook.cases(state)
      print("detector, incidents, labelled, attacks among them (95 % interval)")
      for row in DetectorPrecision.all(cases) {
        let interval = row.interval
        print(
          "\(row.detector), \(row.asked), \(row.labelled), \(row.truePositives) "
            + "(\(share(interval.lowerBound)) to \(share(interval.upperBound)))")
      }
      let today = casebook.site.calendar.day(of: casebook.moment)
      let rules = state.rules(on: today, calendar: casebook.site.calendar)
      for text in TuningProposals.lines(cases, rules, today: today) {
        print(PlainText.visible(text))
      }
    }

    private func share(_ value: Double) -> String {
      Quantity.decimal(value * 100, places: 0) + " %"
    }
  }
}
