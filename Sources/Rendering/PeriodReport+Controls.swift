import Events
import Incidents

extension PeriodReport {
  /// What keeps the reports honest, and the hashes that show it.
  var auditor: [Document.Block] {
    let controls: [[Document.Cell]] = [
      [
        .text("Reports follow from the stored data"),
        .code("report verify --from \(facts.period.first) --to \(facts.period.last)"),
      ],
      [.text("Files are as they were written"), .code("the same, by each manifest's SHA-256")],
      [
        .text("Every line of an export is accounted for"),
        .code("ingested/ledger.arrow, rejects.arrow of each file"),
      ],
      [.text("People's decisions can't be changed unseen"), .code("triage verify")],
      [
        .text("Nothing is dropped silently"),
        .code("reports/day=…/incidents.csv: decided, watched, suppressed and closed"),
      ],
    ]
    let hashes = facts.days.map { day -> [Document.Cell] in
      [
        .links([(day.day.description, "../day=\(day.day)/manifest.json")]),
        .number(Quantity.count(day.incidents.count)),
        .number(Quantity.count(day.count(.decide))), .code(day.manifestSHA256),
      ]
    }
    return [
      .paragraph(summary), .heading("Controls", id: nil),
      .table(
        caption: "What is assured, and how to check it", columns: ["Control", "Check"],
        rows: controls),
      .heading("Hashes", id: nil),
      .paragraph(
        "A day's manifest.json holds the SHA-256 of every file of its report and of everything that "
          + "it was made from. Its own SHA-256 is below; sha256sum prints the same."),
      days(
        .table(
          caption: "Manifests of the days' reports",
          columns: ["Day", "Incidents", "Decided", "SHA-256 of manifest.json"], rows: hashes)),
      .heading("Coverage", id: nil), days(coverage),
    ]
  }

  /// A table of days, unless there is none.
  private func days(_ table: Document.Block) -> Document.Block {
    facts.days.isEmpty
      ? .paragraph("0 found of \(facts.period.dayCount) days checked.") : table
  }

  /// Which controls the stored artefacts support. It never says that a control is met: that is for
  /// those who run the firm, and their auditor, to judge.
  var compliance: [Document.Block] {
    let frameworks = Control.all.flatMap { framework, controls -> [Document.Block] in
      [
        .heading(framework, id: nil),
        .table(
          caption: "\(framework): controls that the artefacts support",
          columns: ["Control", "It asks for", "Tidemark supports it by", "Artefacts"],
          rows: controls.map { control in
            [
              .text(control.id), .text(control.asks), .text(control.support),
              .links(control.artefacts.map { ($0.title, "#artefacts") }),
            ]
          }),
      ]
    }
    return [
      .paragraph(
        "What is stored supports the controls below with evidence. Whether a control is met depends "
          + "on more than this program, and is not claimed."),
      .paragraph(summary),
    ] + frameworks + [
      .heading("Artefacts in the store", id: "artefacts"),
      days(
        .table(
          caption: "Files of each day", columns: ["Day"] + Artefact.allCases.map(\.title),
          rows: facts.days.map { day in
            [.text(day.day.description)]
              + Artefact.allCases.map { artefact in
                let path = artefact.path(day.day)
                return .links([(path, "../../\(path)")])
              }
          })),
      .table(
        caption: "What they hold", columns: ["Artefact", "Contents"],
        rows: Artefact.allCases.map { [.text($0.title), .text($0.contents)] }),
    ]
  }
}
