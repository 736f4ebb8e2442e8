import ArrowFile
import Columnar
import Events
import Incidents
import Registry
import StageKit

/// Reads all that a day's report says from the store.
struct DayReader: Sendable {
  let incidents: IncidentReader
  /// What people decided, all of it.
  let events: [RegistryEvent]
  let playbooks: [String: Playbook]
  private let context: ContextReader

  init(incidents: IncidentReader, events: [RegistryEvent], playbooks: [String: Playbook]) throws {
    self.incidents = incidents
    self.events = events
    self.playbooks = playbooks
    context = try ContextReader(incidents)
  }

  private var site: Site { incidents.site }
  private var store: Store { incidents.store }

  /// Folders that the report of a day is made from, as inputs for its manifest.
  func inputs(_ day: CivilDate) throws -> [Manifest.Input] {
    guard let scores = try store.input(store.scores(day)) else {
      throw StageError("\(store.scores(day)): no scores of \(day); run score for it first")
    }
    let history = try incidents.history(day).compactMap { try store.input(store.scores($0)) }
    let profiles = try (days(before: day, within: site.baselineDays, in: "profiles") + [day])
      .compactMap { try store.input(store.profiles($0)) }
    let folders = [store.votes(day), store.events(day), store.quality(day)]
    return try [scores] + history + profiles + folders.compactMap(store.input)
      + incidents.assetsInput + context.inputs(day) + WordingFile(store: store, day: day).input()
  }

  func people(_ day: CivilDate) -> PeopleReader { PeopleReader(incidents, events, day) }

  /// The day's incidents as people's rules leave them, by rank.
  func judged(_ day: CivilDate) throws -> [Incident] { try judged(day, by: people(day)) }

  private func judged(_ day: CivilDate, by people: PeopleReader) throws -> [Incident] {
    people.judged(try incidents.incidents(of: [day])[0])
  }

  func facts(_ day: CivilDate, inputs: [Manifest.Input]) throws -> DayFacts {
    let people = people(day)
    let incidents = try judged(day, by: people)
    let asked = incidents.filter(\.decision.isAsked)
    let profiled = try days(before: day, within: site.baselineDays, in: "profiles")
    var facts = DayFacts(
      siteName: site.name, day: day, calendar: site.calendar, incidents: incidents,
      details: try details(day, of: asked, profiled: profiled), line: try self.incidents.line(day),
      incidentsPerDay: site.budget.incidentsPerDay,
      falseAlarmsPerDay: site.budget.falseAlarmsPerDay,
      historyDays: try self.incidents.historyDays(day),
      scoredEntities: try store.requiredTable(HostDay.schema, in: store.votes(day)).rowCount,
      picture: try NetworkPicture.read(
        try picture(day), earlier: try profiled.map(picture), calendar: site.calendar),
      sources: try SourceReader(site: site, store: store).sources(day),
      dataFindings: try store.dataFindings(day),
      detectors: try store.detectorRuns(day), inputHashes: inputs.map { ($0.name, $0.sha256) })
    let trends = DayTrends(
      day: day,
      days: try (self.incidents.history(day) + [day])
        .filter(DayTrends.days(to: day).contains)
        .map { ($0, try self.incidents.verdicts($0)) },
      incidents: incidents)
    facts.recentDays = trends.counts
    for incident in asked { facts.details[incident.id]?.days = trends.days(of: incident.verdict) }
    facts.playbooks = playbooks
    facts.context = try context.context(
      day, of: incidents,
      hasIndicators: facts.detectors.contains { $0.detector == "indicators" && $0.ran })
    facts.drift = try DayDrift(
      features: store.table(
        FeatureDrift.schema.name, in: store.votes(day), expecting: FeatureDrift.schema),
      votes: store.table(VoteDrift.schema.name, in: store.scores(day), expecting: VoteDrift.schema))
    facts.duties =
      try store.table(
        DetectorCharge.schema.name, in: store.scores(day), expecting: DetectorCharge.schema
      ).map(DetectorDuty.read) ?? []
    facts.rewordings = try WordingFile(store: store, day: day).paragraphs(
      of: facts.decided, calendar: site.calendar)
    try people.describe(&facts)
    return facts
  }

  private func days(before day: CivilDate, within count: Int, in area: String) throws
    -> [CivilDate]
  {
    try store.days(in: area).filter { $0 < day && $0 >= day.advanced(by: -count) }
  }

  private func picture(_ day: CivilDate) throws -> PictureTables {
    let folder = store.profiles(day)
    return PictureTables(
      day: day, hostHours: try store.requiredTable(HostHour.schema, in: folder),
      services: try store.requiredTable(Service.schema, in: folder),
      edges: try store.requiredTable(Edge.schema, in: folder))
  }

  private func details(_ day: CivilDate, of incidents: [Incident], profiled: [CivilDate]) throws
    -> [String: IncidentDetail]
  {
    let folder = store.profiles(day)
    return try DetailReader(day: day, calendar: site.calendar, incidents: incidents).details(
      hostHours: try (profiled + [day]).map {
        ($0, try store.requiredTable(HostHour.schema, in: store.profiles($0)))
      },
      pairs: (
        try store.requiredTable(Pair.schema, in: folder),
        try store.requiredTable(PairValue.schema, in: folder)
      ),
      flows: try store.table(
        EventClass.flow.rawValue, in: store.events(day), expecting: EventClass.flow.schema))
  }
}

extension Store {
  /// What each detector made of each source on a day.
  func detectorRuns(_ day: CivilDate) throws -> [DayFacts.DetectorCoverage] {
    let table = try requiredTable(DetectorRun.schema, in: votes(day))
    var rows: [DayFacts.DetectorCoverage] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (detectors, sources) = (batch[DetectorRun.detector], batch[DetectorRun.source])
      let (ran, reasons) = (batch[DetectorRun.ran], batch[DetectorRun.reason])
      for row in 0..<batch.rowCount {
        rows.append(
          DayFacts.DetectorCoverage(
            detector: detectors[row] ?? "", source: sources[row] ?? "", ran: ran[row] ?? false,
            reason: reasons[row] ?? ""))
      }
    }
    return rows
  }
}
