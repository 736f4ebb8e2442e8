import Events
import Incidents

extension PeriodReport {
  /// Figures and trend, without an address, a host's name or a user's.
  var manager: [Document.Block] {
    let days = facts.days
    let recurring = facts.runs.count { $0.days.count > 1 }
    let faultyDays = days.count { $0.faultySources > 0 }
    let figures: [(String, String)] = [
      ("decisions a day", PeriodFacts.decisionsPerDay(days) ?? "–"),
      ("decisions", Quantity.count(PeriodFacts.total(.decide, of: days))),
      ("incidents that went on", Quantity.count(recurring)),
      ("days reported", "\(days.count) of \(facts.period.dayCount)"),
      (
        "hours without a silent source",
        "\(Quantity.count(days.reduce(0) { $0 + $1.coveredHours })) of "
          + Quantity.count(days.reduce(0) { $0 + $1.dayHours })
      ),
      ("days with late or faulty data", Quantity.count(faultyDays)),
      (
        "suppressed or closed by rule",
        Quantity.count(
          PeriodFacts.total(.suppressed, of: days) + PeriodFacts.total(.closed, of: days))
      ),
    ]
    return [
      .paragraph(summary), .figures(figures.map { (name: $0.0, value: $0.1) }), trend,
      .heading("What it was about", id: nil), severityTable, tactics,
      .heading("What was watched", id: nil), coverage,
      .paragraph(
        "A decision is something that the firm's IT was asked to look at. This page names no "
          + "machine and no person; the analyst's page does."),
    ]
  }

  private var tactics: Document.Block {
    let rows = facts.tactics.map { tactic, count -> [Document.Cell] in
      [.text(tactic), .number(Quantity.count(count))]
    }
    return rows.isEmpty
      ? .paragraph("0 found of an attacker's steps that MITRE ATT&CK names.")
      : .table(
        caption: "What they may be signs of, by MITRE ATT&CK tactic",
        columns: ["Tactic", "Decisions"], rows: rows)
  }

  /// How many machines and sources each day's verdict rests on.
  var coverage: Document.Block {
    .table(
      caption: "What each day rests on",
      columns: [
        "Day", "Posture", "Machines checked", "Hours without a silent source", "Sources",
        "Of them faulty", "Detectors run",
      ],
      rows: facts.days.map { day in
        [
          .text(day.day.description), .posture(day.headline.posture),
          .number(Quantity.count(day.headline.hostsChecked)),
          .number("\(day.coveredHours) of \(day.dayHours)"), .number(Quantity.count(day.sources)),
          .number(Quantity.count(day.faultySources)),
          .number("\(day.detectorsRun) of \(day.detectors)"),
        ]
      })
  }
}
