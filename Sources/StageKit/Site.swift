import Columnar
import Events

/// The site file: what is known of a firm's network and where its exports lie.
package struct Site: Sendable {
  /// The site file's own path.
  package let path: String
  package let name: String
  package let calendar: CivilCalendar
  /// When people work, if the site file says so.
  package let workingTimes: WorkingTimes?
  /// As the store shows them: pseudonyms' networks where it holds pseudonyms.
  package internal(set) var networks: SiteNetworks
  /// As the site file has them.
  package let statedNetworks: SiteNetworks
  package let inputs: [Input]
  package let indicatorLists: [IndicatorList]
  /// Other programs' exports that are shown beside incidents.
  package let contexts: [Context]
  /// Who is told of incidents.
  package let routes: [Route]
  package let budget: Budget
  package let people: [Person]
  package let reviews: [Review]
  package let privacy: Privacy?
  /// The language model that may reword explanations; none is asked where nil.
  package let wording: Wording?
  /// The models that challenge detectors; none are trained where nil.
  package let learned: Learned?
  /// Days of history that count as normal.
  package let baselineDays: Int
  /// For how long what is stored is kept.
  package let retention: Retention
  /// Rows before this are rejected.
  package let earliest: Instant
  /// Seeds the forests; secret, so that nobody can tune traffic against them.
  package let seed: UInt64
  /// Whether the site file states one of its own; else it is no secret.
  package let hasOwnSeed: Bool
  private let assetsFile: String?
  private let evidenceKeyFile: String
  /// What the user should know, for instance of a missing seed.
  package let warnings: [String]

  package var networksText: String {
    networks.networks.map(\.description).joined(separator: ",")
  }

  /// The first day of which rows are taken.
  package var earliestDay: CivilDate { calendar.day(of: earliest) }

  /// A CSV of what is known of hosts, if any.
  package var assetsPath: String? { assetsFile.map(resolve) }

  /// The key that evidence is signed with.
  package var evidenceKeyPath: String { resolve(evidenceKeyFile) }

  /// A path of the site file: absolute as it is, others from the site file's folder.
  package func resolve(_ other: String) -> String { Site.resolve(other, beside: path) }

  private static func resolve(_ other: String, beside path: String) -> String {
    other.hasPrefix("/") || !path.contains("/") ? other : FileBytes.parent(of: path) + "/" + other
  }
}

extension Site {
  /// Reads a site file.
  /// - Throws: `StageError` naming the file, the table and the key, and what was expected.
  package init(path: String) throws {
    let problems = Problems()
    let site = try Site(path: path, problems)
    if let first = problems.found.first { throw first }
    self = site
  }

  /// All that is wrong with a site file, table by table, in the order in which it is read.
  package static func problems(path: String) -> [String] {
    let problems = Problems()
    do { _ = try Site(path: path, problems) } catch { return ["\(error)"] }
    return problems.found.map { "\($0)" }
  }

  /// - Parameter problems: takes what is wrong; of that, the site has what would hold if it were
  ///   not said.
  /// - Throws: where the file is no TOML or has no table `[site]`.
  private init(path: String, _ problems: Problems) throws {
    let file = try TOMLReader(path: path)
    guard let site = try file.table("site") else {
      throw StageError("\(path): expected a table [site] with name, timezone and networks")
    }
    var warnings: [String] = []
    self.path = path
    let name = problems.value(else: "") { try site.required("name", example: "\"Example Ltd\"") }
    self.name = name
    let zone = problems.value(else: .utc) { try Site.zone(site) }
    statedNetworks = problems.value(else: SiteNetworks([])) { try Site.networks(site) }
    networks = statedNetworks
    let earliestDay = problems.value(else: CivilDate(dayNumber: 0)) { try Site.earliestDay(site) }
    let ownSeed = problems.value(else: nil) { try site.string("seed") }
    hasOwnSeed = ownSeed != nil && ownSeed != Site.sampleSeed
    if let text = ownSeed {
      seed = Site.seed(from: text)
    } else {
      seed = Site.seed(from: name)
      warnings.append(
        "\(site.place.text()) has no seed; add seed = \"…\" with a text of your own that stays secret"
      )
    }
    problems.value(else: ()) { try site.finish() }

    let calendarTable = problems.table("calendar", of: file)
    calendar = CivilCalendar(
      zone: zone, holidays: problems.value(else: []) { try calendarTable.map(Site.holidays) ?? [] })
    workingTimes = problems.value(else: nil) { try calendarTable.flatMap(Site.workingTimes) }
    problems.value(else: ()) { try calendarTable?.finish() }
    earliest = calendar.start(of: earliestDay)

    budget = problems.value(else: Budget()) {
      try file.table("budget").map(Budget.init) ?? Budget()
    }

    let baselineDays = problems.value(else: Site.usualBaselineDays) {
      try file.table("baseline").map(Site.baselineDays) ?? Site.usualBaselineDays
    }
    self.baselineDays = baselineDays

    assetsFile = problems.value(else: nil) {
      try file.table("assets").flatMap { try Site.only("file", $0) }
    }
    evidenceKeyFile =
      problems.value(else: nil) {
        try file.table("evidence").flatMap { try Site.only("key_file", $0) }
      } ?? "evidence.key"

    inputs = problems.all("input", of: file) { try Input($0) }
    for (place, input) in inputs.enumerated() {
      let other = inputs[..<place].first { $0.source == input.source }
      guard other.map({ $0.observer == input.observer }) ?? true else {
        problems.add(
          StageError(
            "\(input.place.text("observer")): differs from that of \(other?.place.text() ?? ""), which "
              + "has the same source; give each exporter a source of its own"))
        continue
      }
    }
    indicatorLists = problems.all("indicators", of: file) { try IndicatorList($0) }
    people = problems.all("people", of: file, distinct: ("name", { $0.name })) { try Person($0) }
    reviews = problems.all("review", of: file, distinct: ("severity", { $0.severity.description }))
    {
      try Review($0)
    }
    routes = problems.all("routes", of: file, distinct: ("name", { $0.name })) {
      try Route($0) { Site.resolve($0, beside: path) }
    }
    contexts = problems.all("context", of: file, distinct: ("name", { $0.name })) {
      try Context($0, siteZone: zone)
    }
    privacy = problems.value(else: nil) { try file.table("privacy").map(Privacy.init) }
    wording = problems.value(else: nil) { try file.table("wording").map(Wording.init) }
    learned = problems.value(else: nil) { try file.table("learned").flatMap(Learned.init) }
    retention = problems.value(else: Retention()) {
      try Retention(file.table("retention"), baselineDays: baselineDays)
    }
    problems.value(else: ()) { try file.finish() }
    self.warnings = warnings
  }

  /// That of `pipelines/site.toml`, which everybody knows.
  private static let sampleSeed = "change me"

  private static func seed(from text: String) -> UInt64 {
    UInt64(ContentHasher.hash(text).prefix(16), radix: 16) ?? 0
  }
}
