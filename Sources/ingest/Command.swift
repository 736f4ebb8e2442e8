import Columnar
import LogReaders
import StageKit
import Synchronization

/// Reads exports as they come into the store.
@main
struct Ingest: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Reads the exports that the site file names into the store, file by file.",
    discussion: """
      A file that is in the store already is known by its content and left alone.

        ingest --site site.toml --store data/store
        ingest files --site site.toml  list the files that it would look at
        ingest check export.csv        what a file is, and what it would give
        ingest test nfdump.csv48       run a format file's samples
        ingest doctor                  whether all is well: settings, keys, the store
        ingest formats                 list the formats
        ingest keygen privacy.key      make the key of the site's pseudonyms
        ingest reveal 10.83.201.7      turn a pseudonym back, with the key
      """,
    subcommands: [
      Run.self, Files.self, Check.self, Doctor.self, Test.self, Formats.self, Keygen.self,
      Reveal.self,
    ], defaultSubcommand: Run.self)
}

extension Ingest {
  struct Run: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Reads all inputs of the site file (the default).")

    @OptionGroup var common: CommonOptions
    @OptionGroup var formats: FormatOptions

    @Option(help: "The share of records of a file, and of each format in it, that may be rejected.")
    var maxBad = 1.0

    @Option(help: "Only this one of the site's files; may be given several times.")
    var file: [String] = []

    @Option(help: "fast, or libcsv for all text; both give the same.")
    var parser = "fast"

    func validate() throws {
      guard (0...1).contains(maxBad) else { throw ValidationError("--max-bad: expected 0 to 1") }
      guard parser == "fast" || parser == "libcsv" else {
        throw ValidationError("--parser: expected fast or libcsv")
      }
    }

    func run() throws {
      let clock = StageClock()
      let site = try common.openStatedSite()
      let pseudonymiser = try site.pseudonymiser(for: common.store)
      let store = try common.openStore(for: .making)
      try store.note(pseudonymiser, of: site)
      let logger = common.logger("ingest")
      for warning in site.warnings { logger.warning("\(warning)") }
      var ingestion = Ingestion(
        site: site, store: store, library: try formats.library(), pseudonymiser: pseudonymiser,
        forcesLibCSV: parser == "libcsv", mostRejects: maxBad)
      try ingestion.checkInputs()
      let ledger = try Ledger(store: store)
      let (files, missing) = try inputs(of: site)
      let groups = try InputFile.groups(files)
      ingestion.readsAhead = groups.count < common.threads
      // What is missing of an input is the same for each of its files: said once.
      let said = Mutex<Set<String>>([])
      let results = try parallelMap(groups, threads: common.threads) { [ingestion] files in
        files.map { file in
          let result = ingestion.ingest(file, ledger)
          if let line = result.line(asJSON: common.json) {
            if common.json {
              print(line)
            } else if said.withLock({ $0.insert(line).inserted }) {
              logger.info("\(line)")
            }
          }
          return result
        }
      }.flatMap(\.self)
      try Ledger.add(results.compactMap(\.entry), to: store)
      // What others sent is read all the same.
      for result in missing {
        if let line = result.line(asJSON: common.json) {
          if common.json { print(line) } else { logger.info("\(line)") }
        }
      }
      try finish(missing + results)
      clock.record("ingest", in: store)
    }

    /// The files asked for, and, where that is all, a failure for each input that has none.
    private func inputs(of site: Site) throws -> (files: [InputFile], missing: [FileResult]) {
      let (files, missing) = try InputFile.all(of: site)
      if file.isEmpty { return (files, missing) }
      let wanted = Set(file)
      let strangers = wanted.subtracting(files.map(\.path)).sorted().map { path -> FileResult in
        var result = FileResult(path: path, source: "")
        result.state = .failed(
          "\(path): no [[input]] of \(common.site) matches it now; ingest files lists those that do"
        )
        return result
      }
      return (files.filter { wanted.contains($0.path) }, strangers)
    }

    private func finish(_ results: [FileResult]) throws {
      let failed = results.filter { $0.failure != nil }
      guard failed.isEmpty else {
        throw StageError("\(failed.count) of \(results.count) files could not be read")
      }
      let bad = results.count(where: \.isTooBad)
      guard bad == 0 else {
        throw StageError(
          "\(bad) of \(results.count) files have more rejects than --max-bad \(maxBad) allows; "
            + "mend or remove them, or raise it", code: .badData)
      }
    }
  }
}
