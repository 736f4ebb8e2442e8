import Columnar
import Detectors
import Events
import Indicators
import StageKit

/// Asks the stored past about indicators that became known later.
struct Hunt: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Look for what lists say is bad in all days of the store.",
    discussion: """
      The dates in the lists, from when to when an indicator counts, are left aside on purpose: what \
      is known to be bad today may have been met long before anybody knew. Nothing in the store \
      changes, and no decision does.

        score hunt feed.txt --site site.toml --store data/store
        score hunt lists/ feed.csv --value ioc --note threat --from 2026-03-02 --to 2026-03-29
        score hunt bundle.json --format csv > contacts.csv

      Looked up are conversations and requests that hosts of the site began, names that they asked \
      for, names and fingerprints of their TLS handshakes, and sign-ins from outside that \
      succeeded; not connections that came in. The last line says how much was looked through, so \
      that nothing found means something; with --format csv it goes to stderr.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, csv, json

    static let usual = Format.text
  }

  @OptionGroup var common: CommonOptions

  @OptionGroup var period: PeriodOptions

  @Option(help: "How findings are printed: text, csv or json. (default: \(Format.usual))")
  var format: Format?

  @Option(
    help: """
      What the lists are: plain, csv, stix or misp, if their content and names are not to tell.
      """)
  var listFormat: IndicatorFile.Format?

  @Option(help: "The column of a CSV that holds what is bad.")
  var value: String?

  @Option(help: "The column of a CSV that says what it is.")
  var note: String?

  @Argument(help: "The lists; a folder means all files in it.")
  var indicators: [String]

  func validate() throws {
    guard !common.json || format == nil || format == .json else {
      throw ValidationError("--json: expected without --format")
    }
    guard note == nil || value != nil else {
      throw ValidationError("--note: expected with --value, for a CSV")
    }
  }

  func run() throws {
    let site = try common.openSite()
    let store = try common.openStore()
    let logger = common.logger("score")
    let lists = try readLists(site) { logger.warning("\($0)") }
    let search = HuntSearch(store: store)
    let sought = try site.asStored(lists.indicators, in: store) { logger.warning("\($0)") }
    let listing = HuntListing(
      try search.run(sought, from: period.first, to: period.last) {
        logger.warning("\($0)")
      },
      lists: lists, calendar: site.calendar)
    switch format ?? (common.json ? .json : .usual) {
    case .text: print(listing.text, terminator: "")
    case .csv:
      print(listing.csv, terminator: "")
      logger.info("\(listing.closing)")
    case .json: print(try listing.json())
    }
  }

  private func readLists(_ site: Site, warn: (String) -> Void) throws -> HuntLists {
    var lists = HuntLists()
    for path in try Glob.files(named: indicators) {
      let isTable = listFormat.map { $0 == .csv } ?? IndicatorFile.isTable(path)
      guard !isTable || value != nil else {
        throw StageError(
          "\(path): expected --value (with make: VALUE=…) with the name of the column that holds "
            + "what is bad",
          code: .usage)
      }
      let file = IndicatorFile(
        try FileBytes.read(path), path: path, format: listFormat,
        columns: value.map { IndicatorFile.Columns(value: $0, note: note) },
        site: site.statedNetworks)
      file.report(path: path, to: warn)
      lists.add(file)
    }
    guard !lists.indicators.isEmpty else {
      throw StageError(
        "\(indicators.joined(separator: ", ")): expected indicators of networks, found none")
    }
    return lists
  }
}

extension IndicatorFile.Format: ExpressibleByArgument {}

/// What the lists of a hunt hold.
struct HuntLists {
  private(set) var indicators: [Indicator] = []
  private(set) var wrongLineCount = 0
  private(set) var unusedCount = 0

  mutating func add(_ file: IndicatorFile) {
    indicators += file.indicators
    wrongLineCount += file.problems.count
    unusedCount += file.unusedCount
  }
}
