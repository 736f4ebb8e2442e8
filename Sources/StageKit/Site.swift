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
    let file = try TOMLReader(path: path)
    guard let site = try file.table("site") else {
      throw StageError("\(path): expected a table [site] with name, timezone and networks")
    }
    var warnings: [String] = []
    self.path = path
    name = try site.required("name", example: "\"Example Ltd\"")
    let zoneName = try site.required("timezone", example: "\"Europe/Berlin\"")
    let zone: TimeZoneRules
    do { zone = try TimeZoneDatabase.rules(named: zoneName) } catch {
      throw site.fail("timezone", "\(error)")
    }
    guard let blocks = try site.strings("networks"), !blocks.isEmpty else {
      throw site.fail("networks", "missing, expected for instance networks = [\"10.0.0.0/8\"]")
    }
    statedNetworks = SiteNetworks(
      try blocks.map { block in
        guard let network = Network(block) else {
          throw site.fail("networks", "expected address/prefix length, found \"\(block)\"")
        }
        return network
      })
    networks = statedNetworks
    let earliestText = try site.string("earliest") ?? "2000-01-01"
    guard let earliestDay = CivilDate(earliestText) else {
      throw site.fail("earliest", "expected a date such as 2000-01-01, found \"\(earliestText)\"")
    }
    let ownSeed = try site.string("seed")
    hasOwnSeed = ownSeed != nil && ownSeed != Site.sampleSeed
    if let text = ownSeed {
      seed = Site.seed(from: text)
    } else {
      seed = Site.seed(from: name)
      warnings.append(
        "\(site.place.text()) has no seed; add seed = \"…\" with a text of your own that stays secret"
      )
    }
    try site.finish()

    let calendarTable = try file.table("calendar")
    let holidays = try calendarTable?.strings("holidays") ?? []
    calendar = CivilCalendar(
      zone: zone,
      holidays: Set(
        try holidays.map { text in
          guard let day = CivilDate(text) else {
            throw (calendarTable ?? file).fail(
              "holidays", "expected dates such as 2026-12-25, found \"\(text)\"")
          }
          return day
        }))
    workingTimes = try calendarTable.flatMap(Site.workingTimes)
    try calendarTable?.finish()
    earliest = calendar.start(of: earliestDay)

    budget = try file.table("budget").map(Budget.init) ?? Budget()

    let baseline = try file.table("baseline")
    baselineDays = try baseline?.int("days") ?? 28
    guard (3...90).contains(baselineDays) else {
      throw (baseline ?? file).fail("days", "expected 3 to 90, found \(baselineDays)")
    }
    try baseline?.finish()

    let assets = try file.table("assets")
    assetsFile = try assets?.string("file")
    try assets?.finish()

    let evidence = try file.table("evidence")
    evidenceKeyFile = try evidence?.string("key_file") ?? "evidence.key"
    try evidence?.finish()

    inputs = try file.tables("input").map(Input.init)
    for (place, input) in inputs.enumerated() {
      let other = inputs[..<place].first { $0.source == input.source }
      guard other.map({ $0.observer == input.observer }) ?? true else {
        throw StageError(
          "\(input.place.text("observer")): differs from that of \(other?.place.text() ?? ""), which "
            + "has the same source; give each exporter a source of its own")
      }
    }
    indicatorLists = try file.tables("indicators").map(IndicatorList.init)
    let people = try file.tables("people")
    self.people = try people.map(Person.init)
    try Site.requireDistinct(self.people.map(\.name), of: "name", in: people)
    let reviews = try file.tables("review")
    self.reviews = try reviews.map(Review.init)
    try Site.requireDistinct(self.reviews.map(\.severity.description), of: "severity", in: reviews)
    let routes = try file.tables("routes")
    self.routes = try routes.map { try Route($0) { Site.resolve($0, beside: path) } }
    try Site.requireDistinct(self.routes.map(\.name), of: "name", in: routes)
    let contexts = try file.tables("context")
    self.contexts = try contexts.map { try Context($0, siteZone: zone) }
    try Site.requireDistinct(self.contexts.map(\.name), of: "name", in: contexts)
    privacy = try file.table("privacy").map(Privacy.init)
    wording = try file.table("wording").map(Wording.init)
    retention = try Retention(file.table("retention"), baselineDays: baselineDays)
    try file.finish()
    self.warnings = warnings
  }

  /// That of `pipelines/site.toml`, which everybody knows.
  private static let sampleSeed = "change me"

  private static func seed(from text: String) -> UInt64 {
    UInt64(ContentHasher.hash(text).prefix(16), radix: 16) ?? 0
  }
}

/// The system's time zone rules.
package enum TimeZoneDatabase {
  private static let folder = "/usr/share/zoneinfo"

  /// Rules of a zone such as `Europe/Berlin`.
  package static func rules(named name: String) throws -> TimeZoneRules {
    if name == "UTC" { return .utc }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard isPlain, FileBytes.exists("\(folder)/\(name)"), !FileBytes.isFolder("\(folder)/\(name)")
    else {
      throw StageError("expected a zone such as \"Europe/Berlin\" or \"UTC\", found \"\(name)\"")
    }
    return try TimeZoneRules(name: name, tzif: try FileBytes.read("\(folder)/\(name)"))
  }

  /// The release of the rules, for manifests; `unknown` where the system doesn't say.
  package static var version: String {
    guard let text = try? FileBytes.read(folder + "/tzdata.zi") else { return "unknown" }
    let first = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)
    return first.split(separator: " ").last.map(String.init) ?? "unknown"
  }
}
