import Events
import Incidents
import StageKit

extension Report {
  struct PeriodPages: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "period",
      abstract: "Write the reports of the weeks or months that days lie in, for each reader.",
      discussion: """
        Writes reports/week=2026-W13 or reports/month=2026-03 from the days' reports: a page and \
        markdown each for the analyst, the manager (without addresses and names), the auditor and \
        for compliance.

          report period --site site.toml --store data/store --day 2026-03-29
          report period --kind monthly --from 2026-02-01 --to 2026-03-31
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    @Option(help: "weekly or monthly.")
    var kind = Period.Kind.weekly

    func run() throws {
      let reader = PeriodReader(
        site: try common.openSite(), store: try common.openStore(for: .writing))
      let logger = common.logger("report")
      let wanted = try days.days(in: reader.store, area: "reports", of: reader.site)
      guard let first = wanted.first, let last = wanted.last else { return }
      for period in Period.all(kind, from: first, to: last) {
        let (outcome, folder) = try reader.make(period)
        logger.info("\(period.title): \(outcome == .written ? folder : "\(outcome)")")
        if common.json {
          print(
            "{\"period\":\"\(period.folderName)\",\"outcome\":\"\(outcome)\",\"folder\":\"\(folder)\"}"
          )
        }
      }
      try reader.writeIndex()
    }
  }

  struct Index: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "index", abstract: "Write the list of all days, weeks and months again.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      try PeriodReader(site: try common.openSite(), store: try common.openStore()).writeIndex()
    }
  }
}

extension Period.Kind: ExpressibleByArgument {}
