import Events
import StageKit

@main
struct Baseline: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Summarise days of events: what each host and pair did.",
    discussion: """
      Reads the events of a day and writes profiles/day=D. A day whose events did not change is \
      left alone.

      baseline --site site.toml --store data/store --day 2026-03-29
      baseline --site site.toml --store data/store --from 2026-03-01 --to 2026-03-29
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var days: DayOptions

  func run() throws {
    let site = try common.openSite()
    let store = try common.openStore()
    let logger = common.logger("baseline")
    let wanted = try days.days(in: store, area: "profiles")
    let concurrentDays = max(1, min(common.threads, wanted.count))
    let reports = try parallelMap(wanted, threads: common.threads) { day in
      try ProfileFolder(day: day, site: site, store: store, concurrentDays: concurrentDays)
        .summarise()
    }
    for report in reports {
      logger.info("\(report.day): \(report.sentence)")
      if common.json { print(try report.json()) }
    }
  }
}
