import Events
import StageKit

extension Report {
  struct Export: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write days' incidents as other programs read them.",
      discussion: """
        stix and misp are meant for others: they take the incidents to tell of, which somebody labelled
        as true positives, and leave out internal addresses, names of hosts and users, and all text
        that may hold them.

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

    @Flag(help: "With stix and misp: tell of incidents that nobody confirmed, too.")
    var unconfirmed = false

    func validate() throws {
      let isForOthers = format == .stix || format == .misp
      guard !isForOthers || !incident.isEmpty else {
        throw ValidationError("--format \(format.rawValue): name the incidents with --incident")
      }
      guard isForOthers || !includeInternal else {
        throw ValidationError("--include-internal: only stix and misp leave anything out")
      }
      guard isForOthers || !unconfirmed else {
        throw ValidationError("--unconfirmed: only stix and misp demand a label")
      }
    }

    func run() throws {
      let site = try common.openSite()
      let store = try common.openStore()
      let exporter = Exporter(
        site: site, store: store, reader: try Reporter(site: site, store: store).reader,
        incidents: Set(incident), includesInternal: includeInternal,
        includesUnconfirmed: unconfirmed)
      if format == .stix || format == .misp, !includeInternal, !site.hasOwnSeed {
        let note =
          "without a seed of your own in [site] of \(site.path), others can find out by trying which "
          + "host an identifier is of"
        common.logger("report").warning("\(note)")
      }
      let text = try exporter.text(
        format, days: try days.days(in: store, area: "reports", of: site))
      guard let output else { return print(text, terminator: "") }
      try FileBytes.replace(output, with: text.utf8)
    }
  }
}
