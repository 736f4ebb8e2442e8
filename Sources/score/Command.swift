import StageKit

@main
struct Score: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Let the detectors judge days, and turn their votes to decisions.",
    discussion: """
      Writes votes/day=D, what each detector says of the day, and scores/day=D, the same calibrated
      against the days before, with a verdict for each host that has a vote.

        score --site site.toml --store data/store --day 2026-03-29
        score --site site.toml --store data/store --from 2026-03-02 --to 2026-03-29

      What other settings would have said is tried in a store beside the one in use:

        score rescore --site changed.toml --from 2026-03-02 --to 2026-03-29 --into data/tried

      Lists of what is bad may be held against all that is stored:

        score hunt feed.txt --site site.toml --store data/store

      The isolation forest is there for any table of numbers, too:

        score table rows.csv                    train on a table, and score its rows
        score model forest.arrow                what a model is, and what it was trained on
        score import-model dump.arrow --output forest.arrow
        score export-model forest.arrow --onnx forest.onnx
      """,
    subcommands: [
      Run.self, Rescore.self, Hunt.self, ScoreTable.self, ShowModel.self, ImportModel.self,
      ExportModel.self,
    ],
    defaultSubcommand: Run.self)
}

extension Score {
  struct Run: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Judge days of the store (the default).",
      discussion: """
        Votes rest on what is known as of their day, so several runs may make those of several days at a
        time; scores compare a day's votes with those of the days before:

          score --site site.toml --store data/store --day 2026-03-29 --votes-only
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    @OptionGroup var detectors: DetectorOptions

    @Flag(help: "Write votes/day=D only.")
    var votesOnly = false

    func run() throws {
      let clock = StageClock()
      let site = try common.openSite()
      let store = try common.openStore(for: .writing)
      let wanted = try days.days(making: .votes, in: store, of: site) { _ in
        try store.days(in: "profiles")
      }
      let judging = Judging(
        site: site, store: store, settings: try detectors.settings(for: site), options: common)
      if votesOnly {
        try judging.vote(wanted)
      } else {
        try judging.judge(wanted, renewing: days.until != nil)
      }
      clock.record("score", in: store)
    }
  }
}

struct DetectorOptions: ParsableArguments {
  @Option(help: "The folder of the detectors' settings files, if not that of this installation.")
  var detectors: String?

  func settings(for site: Site) throws -> DetectorSettings {
    guard let folder = detectors ?? InstalledFolder.path("detectors") else {
      throw StageError(
        "no detectors' settings: expected them in pipelines/detectors; name their folder with "
          + "--detectors", code: .usage)
    }
    return try DetectorSettings(folder: folder, challenging: site.learned != nil)
  }
}
