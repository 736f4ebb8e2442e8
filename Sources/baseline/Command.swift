import Columnar
import Events
import Features
import Quality
import StageKit

@main
struct Baseline: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Summarise days, and fold the days before each to what is normal.",
    discussion: """
      Writes profiles/day=D, a summary of the day's events, quality/day=D, what is wrong with its
      data, and baseline/asof=D, what the days before D say is usual; where the site file has
      [learned], learned/asof=D, too, with models that challenge detectors. Folders that are up to
      date are left alone.

        baseline --site site.toml --store data/store --day 2026-03-29
        baseline --site site.toml --store data/store --from 2026-03-02 --to 2026-03-29

      Summaries rest on a day's events alone, so several runs may make those of several days at a time;
      the rest needs that of the day before:

        baseline --site site.toml --store data/store --day 2026-03-29 --summaries-only
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var days: DayOptions

  @Flag(help: "Write profiles/day=D only.")
  var summariesOnly = false

  @Option(help: "The folder of limits.toml for data quality, if not that of this installation.")
  var quality: String?

  func run() throws {
    let clock = StageClock()
    let site = try common.openSite()
    let store = try common.openStore(for: .writing)
    let logger = common.logger("baseline")
    let judging = DataQuality(site: site, store: store, limits: try limits())
    let wanted = try days.days(making: .profiles, in: store, of: site) { _ in
      try store.days(in: "events")
    }
    let concurrentDays = max(1, min(common.threads, wanted.count))
    let summary = DayProfile(
      site: site, store: store, concurrentDays: concurrentDays,
      // More tables at a time would need more memory than one stage may take.
      threads: min(2, common.threads / concurrentDays))
    let summaries = try parallelMap(wanted, threads: common.threads) { try summary.make($0) }
    if summariesOnly {
      for (day, summary) in zip(wanted, summaries) {
        logger.info("\(day): summary \(summary)")
        if common.json { print("{\"day\":\"\(day)\",\"summary\":\"\(summary)\"}") }
      }
      return clock.record("baseline", in: store)
    }
    let judged = try judging.make(wanted)
    let state = SiteBaseline(site: site, store: store, threads: common.threads)
    let learning = LearnedModels(site: site, store: store, threads: common.threads)
    let features = DayFeatures(site: site, store: store)
    for (day, (summary, quality)) in zip(wanted, zip(summaries, judged)) {
      let folded = try state.make(asOf: day)
      let learned = try learning.make(asOf: day)
      let described = try features.make(day)
      logger.info(
        """
        \(day): summary \(summary); quality \(quality); baseline \(folded); features \(described)\
        \(learned.map { "; learned \($0)" } ?? "")
        """)
      if common.json {
        print(
          "{\"day\":\"\(day)\",\"summary\":\"\(summary)\",\"quality\":\"\(quality)\","
            + "\"baseline\":\"\(folded)\",\"features\":\"\(described)\""
            + (learned.map { ",\"learned\":\"\($0)\"" } ?? "") + "}")
      }
    }
    clock.record("baseline", in: store)
  }

  private func limits() throws -> [String: Double] {
    guard let folder = quality ?? InstalledFolder.path("quality") else {
      throw StageError(
        "no limits of data quality: expected pipelines/quality/limits.toml; name its folder with "
          + "--quality", code: .usage)
    }
    let numbers = try TOMLReader(path: "\(folder)/limits.toml").numbers()
    // What is missing is said before any day is summarised.
    _ = try QualityLimits(numbers)
    return numbers
  }
}
