import Events
import StageKit

extension Score {
  struct Rescore: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "rescore",
      abstract: "Judge days again in another store, by the site file and settings as they are now.",
      discussion: """
        The store in use is only read. The other one shares its files where the file system can, and takes
        over what people decided; nobody is told what it says. Votes of the days before are made again
        where settings of detectors changed. Then run report for it, and compare:

          score rescore --site changed.toml --store data/store --from 2026-03-02 --to 2026-03-29 --into data/tried
          report --site changed.toml --store data/tried --from 2026-03-02 --to 2026-03-29
          report diff data/store data/tried
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions
    @OptionGroup var detectors: DetectorOptions

    @Option(help: "The folder of the other store; nothing may be there yet.")
    var into: String

    func run() throws {
      let site = try common.openSite()
      let settings = try detectors.settings(for: site)
      let store = try common.openStore()
      // Nothing may be pruned while its files are shared.
      try StoreLock.adding.hold(store.path, patience: 10_000)
      let wanted = Set(try days.days(in: store, area: Area.scores.rawValue, of: site))
      let scored = try store.days(in: Area.scores.rawValue).filter(wanted.contains)
      guard let first = scored.first, let last = scored.last else {
        throw StageError("\(store.path): none of these days has scores; run score for them first")
      }
      let lacking = wanted.subtracting(scored).sorted()
      if let day = lacking.first {
        common.logger("score").warning(
          "\(Quantity.counted(lacking.count, "day")) without scores, from \(day) on: left out")
      }
      try store.copy(of: first...last, to: into, site: site) { copy in
        try AuditLog(copy).recordRun(site: common.site)
        try warn(of: scored, site: site, in: copy)
        try Judging(site: site, store: copy, settings: settings, options: common)
          .judge(scored, renewing: true)
      }
    }

    /// Says which changes have no effect, since days are not learned from again.
    private func warn(of days: [CivilDate], site: Site, in store: Store) throws {
      let logger = common.logger("score")
      let stated = site.baselineOptions
      for day in days {
        guard let made = try Manifest.read(folder: store.baseline(asOf: day))?.options,
          case let others = Set(stated.keys).union(made.keys).filter({ stated[$0] != made[$0] }),
          !others.isEmpty
        else { continue }
        let note =
          "its baseline was made with other values of \(others.sorted().joined(separator: ", ")) than "
          + "the site file has now, and stays; to try those, replay the days in a new store"
        logger.warning("\(day): \(note)")
        return
      }
    }
  }
}
