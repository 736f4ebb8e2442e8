import Checkup
import Events
import StageKit

extension Ingest {
  struct Doctor: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Say whether all is well: settings, inputs, keys, the store and its days.",
      discussion: """
        Prints a line for each thing: ok, warning or error, where, what was found, and what to do. Ends with 1
        where anything is an error, else with 0. Changes nothing; what is new is told by the data, not
        by the clock.

          ingest doctor --site site.toml --store data/store
          ingest doctor --site site.toml --store data/store --checksums
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var formats: FormatOptions

    @Flag(help: "Read every file of the store and compare it with its checksums.")
    var checksums = false

    func run() throws {
      let results = Checkup(
        site: common.site, store: common.store, formatFolders: try formats.folders(),
        readsAll: checksums
      ).results()
      for result in results {
        print(common.json ? try JSONText.compact(result) : result.line)
      }
      let errors = results.count { $0.level == .error }
      let warnings = results.count { $0.level == .warning }
      let summary =
        "\(Quantity.counted(errors, "error")), \(Quantity.counted(warnings, "warning"))"
      guard errors == 0 else { throw StageError(summary) }
      common.logger("ingest").info("\(summary)")
    }
  }
}
