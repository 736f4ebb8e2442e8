import ArrowFile
import Columnar
import Detectors
import Events
import Features
import Forest
import Indicators
import StageKit

/// Makes `votes/day=D`: what the detectors say, before it is compared with other days.
struct Voting: Sendable {
  /// Raised when the same inputs give other votes.
  static let algorithm = 22

  let site: Site
  let store: Store
  let settings: DetectorSettings
  /// Nil where the site has no lists.
  let indicators: [Indicator]?
  /// Detectors that run at a time, and batches of conversations that are judged.
  let threads: Int

  /// Whether a day's votes were made by another algorithm or by other settings.
  static func isOutdated(_ day: CivilDate, in store: Store, _ settings: DetectorSettings) throws
    -> Bool
  {
    guard let made = try Manifest.read(folder: store.votes(day)) else { return false }
    // Days before anything was compared have no challengers' votes, and need none.
    let isOtherChallenge =
      made.options["challengers"] != nil && settings.challengersText != nil
      && made.options["challengers"] != settings.challengersText
    return made.algorithm != algorithm || made.options["detectors"] != settings.text
      || isOtherChallenge
  }

  func make(_ day: CivilDate) throws -> Outcome {
    if let outcome = try store.settled(.votes, day, site: site) { return outcome }
    func made(_ folder: String) throws -> Manifest.Input {
      guard let input = try store.input(folder) else {
        throw StageError(
          "\(folder): expected what baseline makes of \(day), found none; run it first")
      }
      return input
    }
    let profile = try made(store.profiles(day))
    let baseline = try made(store.baseline(asOf: day))
    let set = indicators.map { IndicatorSet($0, on: day) }
    var options = ["detectors": settings.text, "timezone": site.calendar.zone.name]
    options["challengers"] = settings.challengersText
    let plan = Manifest(
      stage: "score", algorithm: Voting.algorithm, subject: "votes on \(day)", options: options,
      inputs: try [profile, baseline]
        + [store.quality(day), store.features(day), store.events(day)].compactMap(store.input)
        + (set.map { [listsInput($0)] } ?? []) + learnedSources(day))
    return try store.make(store.votes(day), plan: plan) { folder in
      let faults = try store.dataFindings(day).compactMap(\.sourceFault)
      let tables = try DayTables(day: day, faults: faults) {
        try store.requiredTable($0, in: store.profiles(day))
      }
      let state = try SiteState(asOf: day) {
        try store.requiredTable($0.schema, in: store.baseline(asOf: day), name: $0.rawValue)
      }
      let inputs = try ScoringInputs(
        day: day, calendar: site.calendar, tables: tables, state: state,
        models: try models(day),
        indicators: try set.map {
          IndicatorInputs(set: $0, events: try store.namesAndHandshakes(day))
        }, learned: try learnedInputs(day),
        threads: threads)
      let votes = try folder.table(Vote.schema, name: "raw")
      let runs = try rawVotes(inputs, settings: settings.numbers, threads: threads, to: votes)
      try votes.finish()
      let challenged = try challenge(inputs, to: folder)
      let coverage = try folder.table(DetectorRun.schema)
      try (runs + challenged).write(to: coverage)
      try coverage.finish()
      try folder.write(try hostDays(tables.hostHours, state: state))
      try writeDrift(day, to: folder.table(FeatureDrift.schema))
      return ["history_days": "\(state.dayCount)", "votes": "\(votes.rowCount)"]
    }
  }

  /// Stands for the indicators that count on the day: what is listed later changes no earlier day.
  private func listsInput(_ set: IndicatorSet) -> Manifest.Input {
    let text = set.text
    return Manifest.Input(
      name: "indicators", byteCount: text.utf8.count, sha256: ContentHasher.hash(text))
  }

  /// Empty where nothing was learned from yet.
  private func writeDrift(_ day: CivilDate, to writer: ArrowWriter) throws {
    let name = FeatureBin.schema.name
    if let bins = try store.table(
      name, in: store.baseline(asOf: day), expecting: FeatureBin.schema)
    {
      try FeatureBins(bins).writeDrift(
        of: store.requiredTable(HostHourFeature.schema, in: store.features(day)), to: writer)
    }
    try writer.finish()
  }

  /// The forests as of the day; nil while there are none.
  private func models(_ day: CivilDate) throws -> ForestModels? {
    let folder = store.baseline(asOf: day)
    func model(_ name: String) throws -> TrimmedForest? {
      let path = "\(folder)/\(name).arrow"
      guard FileBytes.exists(path) else { return nil }
      return TrimmedForest(
        forest: try StoredTable.opened { try IsolationForest(path: path) },
        tails: try GroupTails(metadata: try ArrowReader(path: path).metadata))
    }
    let neighbours = "\(folder)/neighbours_hosts.arrow"
    let local =
      FileBytes.exists(neighbours)
      ? try StoredTable.opened {
        try LocalModel(path: neighbours, featureNames: HostHourFeature.names)
      } : nil
    let (hosts, flows) = (try model("forest_hosts"), try model("forest_flows"))
    guard hosts != nil || flows != nil else { return nil }
    return ForestModels(
      hostHours: hosts, flows: flows, local: local,
      features: try store.requiredTable(HostHourFeature.schema, in: store.features(day)),
      conversations: try store.table(
        EventClass.flow.rawValue, in: store.events(day), expecting: EventClass.flow.schema),
      networks: site.networks)
  }

  /// A row per entity that was seen, in the order of `host_hours.arrow`.
  private func hostDays(_ hostHours: any BatchSource, state: SiteState) throws -> Table {
    let table = TableBuilder(HostDay.schema)
    var batches: [Batch] = []
    var last: String?
    try hostHours.forEachBatch { batch in
      let hosts = batch[HostHour.host]
      for row in 0..<batch.rowCount {
        guard let host = hosts[row], host != last else { continue }
        last = host
        let isInside = host != HostHour.internet
        let kind = isInside ? EntityKind.host : .internet
        let record = state.hosts[host]
        table.column(HostDay.entityKind).append(kind.rawValue)
        table.column(HostDay.entity).append(host)
        table.column(HostDay.entityClass).append(
          isInside ? (record?.entityClass ?? .other).rawValue : HostHour.internet)
        table.column(HostDay.daysOfHistory).append(UInt32(record?.daysSeen ?? 0))
        if table.rowCount == maximumBatchRowCount { batches.append(table.finishBatch()) }
      }
    }
    batches.append(table.finishBatch())
    return Table(schema: HostDay.schema, batches: batches)
  }
}
