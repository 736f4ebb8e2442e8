import Columnar
import Conversations
import Events
import StageKit

@main
struct Normalize: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "normalize",
    abstract: "Merge the sources' rows to conversations, one folder per civil day.",
    discussion: """
      Reads the ingested files that hold rows of a day and of the margins at its edges, joins \
      flow records to conversations, drops what overlapping files hold twice, and writes \
      events/day=D. A day that is up to date is left alone.

      normalize --site site.toml --store data/store --day 2026-03-29
      normalize --site site.toml --store data/store --from 2026-03-01 --to 2026-03-29
      normalize --site site.toml --store data/store --until yesterday
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var days: DayOptions

  func run() throws {
    let clock = StageClock()
    let site = try common.openSite()
    let store = try common.openStore(for: .writing)
    let logger = common.logger("normalize")
    let files = try store.ingestedFiles().map { try DayInput($0.folder, $0.manifest, $0.file) }
    if files.isEmpty { logger.warning("\(store.ingested): no rows yet; run ingest first") }
    let wanted = try days.days(making: .events, in: store, of: site) { last in
      let hours = files.flatMap(\.file.rowsByHour).map(\.hour)
      let days = try store.daysOfEvents(
        withRowsOn: Set(hours.map(site.calendar.day)), until: last)
      if days.isEmpty, let newest = hours.max().map(site.calendar.day) {
        logger.warning(
          "no rows lead up to \(last), the newest are of \(newest); name days with --from and --to")
      }
      return days
    }
    let concurrentDays = max(1, min(common.threads, wanted.count))
    let reports = try parallelMap(wanted, threads: common.threads) { day in
      try DayFolder(day: day, site: site, store: store, concurrentDays: concurrentDays)
        .make(from: files)
    }
    for report in reports {
      for warning in report.warnings { logger.warning("\(report.day): \(warning)") }
      logger.info("\(report.day): \(report.sentence)")
      if common.json { print(try report.json()) }
    }
    clock.record("normalize", in: store)
  }
}
