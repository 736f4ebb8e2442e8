import Columnar
import Events
import Incidents
import Rendering
import StageKit

@main
struct Report: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write what needs a decision, and why, as a page, markdown and CSV.",
    discussion: """
      Writes reports/day=D: report.html, report.md, incidents.csv, incidents.jsonl and quality.csv;
      and reports/index.html, the list of all days.

        report --site site.toml --store data/store --day 2026-03-29
        report period --site site.toml --store data/store --day 2026-03-29 --kind monthly
        report verify --site site.toml --store data/store --day 2026-03-29
        report notify --site site.toml --store data/store --day 2026-03-29
        report reword --site site.toml --store data/store --day 2026-03-29
        report diff data/store data/tried
        report export --site site.toml --store data/store --day 2026-03-29 --format ecs
      """,
    subcommands: [
      Write.self, Verify.self, PeriodPages.self, Notify.self, Deliver.self, Export.self,
      Ask.self, Diff.self, Reword.self, Index.self, Metrics.self,
    ],
    defaultSubcommand: Write.self)
}

extension Report {
  struct Write: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "write", abstract: "Write the reports of days (the default).")

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    func run() throws {
      let clock = StageClock()
      let site = try common.openSite()
      let store = try common.openStore(for: .writing)
      let logger = common.logger("report")
      let reporter = try Reporter(site: site, store: store)
      if site.assetsPath != nil, let note = try site.missingKeyNote(for: store.path, "assets") {
        logger.warning("\(note)")
      }
      if !site.contexts.isEmpty,
        let note = try site.missingKeyNote(for: store.path, "files of context")
      {
        logger.warning("\(note)")
      }
      let wanted = try days.days(making: .reports, in: store, of: site) { _ in
        try store.days(in: "scores")
      }
      let outcomes = try parallelMap(wanted, threads: common.threads) { try reporter.make($0) }
      for (day, outcome) in zip(wanted, outcomes) {
        let faults = try store.dataFindings(day).filter { $0.fault != nil }
        if !faults.isEmpty {
          let notes = faults.map { "\($0.source): \($0.note)" }.joined(separator: "; ")
          logger.warning("\(day): not all could be judged: \(notes)")
        }
        if let remark = try WordingFile(store: store, day: day).remark() {
          logger.warning("\(day): \(remark)")
        }
        logger.info(
          "\(day): \(outcome == .written ? store.reports(day) + "/report.html" : "\(outcome)")")
        if common.json {
          print(
            "{\"day\":\"\(day)\",\"outcome\":\"\(outcome)\",\"folder\":\"\(store.reports(day))\"}")
        }
      }
      try PeriodReader(site: site, store: store).writeIndex()
      clock.record("report", in: store)
    }
  }

  struct Verify: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Check every file that days' reports rest on, and recompute the reports.",
      discussion: """
        Recomputes the pages of the weeks and months that the days lie in, and the list of all days, too.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    func run() throws {
      let site = try common.openSite()
      let store = try common.openStore()
      let logger = common.logger("report")
      let verifier = Verifier(try Reporter(site: site, store: store))
      let wanted = try days.days(in: store, area: "reports", of: site)
      for day in wanted {
        let verified = try verifier.verify(day)
        let files = "\(verified.fileCount) files are as they were written"
        if let entry = verified.missing {
          let reason = "its inputs were pruned on \(entry.date): \(entry.folder)"
          logger.warning("\(day): \(files); the report can't be recomputed, since \(reason)")
        } else {
          logger.info("\(day): \(files), the report recomputes")
        }
      }
      for period in try verifier.verifyPages(of: wanted) {
        logger.warning(
          "\(period.title): reported before its days were; run report period for it again")
      }
    }
  }
}
