import Events
import Incidents
import Registry
import StageKit

extension Triage {
  struct List: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Incidents, last seen first.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    @Flag(help: "Closed ones, and those that rules keep back, too.")
    var all = false

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      let cases = try casebook.cases().filter { all || $0.isPending(casebook.site.calendar) }
      if common.json {
        for item in cases { print(try CaseJSON.line(item)) }
        return
      }
      guard !cases.isEmpty else {
        print("0 incidents wait for you\(all ? "" : "; --all lists closed ones, too")")
        return
      }
      for item in cases {
        let incident = item.latest
        print(
          incident.id.prefix(8), incident.day, pad(item.severity.description, 8),
          pad(item.statusText(casebook.site.calendar), 12), pad(item.record.assignee ?? "-", 8),
          PlainText.visible(incident.title), separator: "  ")
      }
    }

    private func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
  }

  struct Show: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "All that is known of an incident.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    @Argument(help: "The incident's id, or as much of its beginning as is needed.")
    var incident: String

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      let item = try casebook.find(incident)
      if common.json {
        print(try CaseJSON.line(item))
        return
      }
      for line in lines(item, casebook) { print(PlainText.visible(line)) }
    }

    private func lines(_ item: Case, _ casebook: Casebook) -> [String] {
      let (latest, record) = (item.latest, item.record)
      var lines = [
        latest.title, "id: \(latest.id)",
        "status: \(item.statusText(casebook.site.calendar))"
          + (record.revision == 0 ? "" : ", \(record.text)"),
        "severity: \(latest.severity), confidence \(Quantity.number(latest.confidence)), "
          + "p = \(Quantity.scientific(latest.pValue))"
          + (latest.severity == item.severity
            ? "" : "; it was \(item.severity) on \(item.worstDay), see that day's report"),
        "seen: \(item.days.map(\.description).joined(separator: ", "))",
        "advice: \(latest.recommendation.rawValue): "
          + latest.recommendationReasons.joined(separator: "; "),
      ]
      if !latest.peers.isEmpty { lines.append("with: \(latest.peers.joined(separator: ", "))") }
      if !latest.techniques.isEmpty {
        lines.append("ATT&CK: \(latest.techniques.joined(separator: ", "))")
      }
      lines.append(latest.explanation)
      lines += record.notes.map { "note of \($0)" }
      lines.append("report: \(casebook.store.reports(latest.day))/report.html#\(latest.id)")
      return lines
    }
  }
}

extension Case {
  /// What people or their rules made of it.
  func statusText(_ calendar: CivilCalendar) -> String {
    if record.closing != nil, isPending(calendar) { return "asked again" }
    return record.status == .open && !isPending(calendar)
      ? "\(latest.decision.rawValue) by \(latest.rule ?? "a rule")" : record.status.rawValue
  }
}
