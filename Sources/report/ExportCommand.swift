import Events
import StageKit

extension Report {
  struct Export: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write days' incidents as other programs read them.",
      discussion: """
        stix and misp are meant for others: they take the incidents to tell of, and leave out internal
        addresses, names of hosts and users, and all text that may hold them.

          report export --day 2026-03-29 --format navigator --output layer.json
          report export --existing --format misp --incident 6f1c… --output event.json
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
      case ocsf, ecs, csv, navigator, stix, misp
      case ocsfIncident = "ocsf-incident"
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    @Option(help: "The format.")
    var format: Format

    @Option(help: "Only this incident; may be given several times.")
    var incident: [String] = []

    @Option(help: "The file to write, instead of stdout.")
    var output: String?

    @Flag(help: "With stix and misp: tell internal addresses, names and all text, too.")
    var includeInternal = false

    func validate() throws {
      let isForOthers = format == .stix || format == .misp
      guard !isForOthers || !incident.isEmpty else {
        throw ValidationError("--format \(format.rawValue): name the incidents with --incident")
      }
      guard isForOthers || !includeInternal else {
        throw ValidationError("--include-internal: only stix and misp leave anything out")
      }
    }

    func run() throws {
      let site = try common.openSite()
      let store = try common.openStore()
      let exporter = Exporter(
        site: site, store: store, reader: try Reporter(site: site, store: store).reader,
        incidents: Set(incident))
      let text = try exporter.text(
        format, days: try days.days(in: store, area: "reports"), includesInternal: includeInternal)
      guard let output else { return print(text, terminator: "") }
      try FileBytes.replace(output, with: text.utf8)
    }
  }
}
