import Columnar
import Events

/// All that a day's report says, as values: every format of report is written from this.
package struct DayFacts: Sendable {
  package enum Posture: String, Sendable, CaseIterable {
    /// A decided incident of high severity or more.
    case red
    /// A decided incident.
    case amber
    /// Nothing to decide.
    case green
    /// Fewer than three earlier days: only rules without history spoke.
    case learning
    /// No source has rows of the day.
    case empty
  }

  /// Rows of a class of a source on the day beside what is usual, and what was refused when its
  /// files were read.
  package struct SourceQuality: Sendable {
    package var source: String
    /// Nil for a source of which nothing was ever seen.
    package var eventClass: EventClass?
    package var rows = 0
    /// Nil where there are too few days like this one.
    package var usualRows: Double?
    /// Clock hours of the day with rows, of those that the day has.
    package var coveredHours = 0
    package var dayHours: Int
    /// Rows that overlapping files hold twice, and were dropped.
    package var duplicates = 0
    /// Rows that its files date after the day.
    package var rowsAfter = 0
    package var rejected = 0
    /// Most first.
    package var rejectReasons: [(reason: String, count: Int)] = []
    /// What is odd about files as a whole, such as a footer that states other totals.
    package var remarks: [String] = []

    package init(source: String, eventClass: EventClass? = nil, dayHours: Int) {
      self.source = source
      self.eventClass = eventClass
      self.dayHours = dayHours
    }

    /// "48,210", or a dash where it is not known.
    package var usualText: String { usualRows.map(Quantity.number) ?? "–" }

    /// Reasons and remarks in a line.
    package var complaints: String {
      let all = rejectReasons.map { "\($0.reason): \(Quantity.count($0.count))" } + remarks
      return all.isEmpty ? "none" : all.joined(separator: "; ")
    }
  }

  /// Whether a detector could speak.
  package struct DetectorCoverage: Sendable {
    package let detector: String
    package let source: String
    package let ran: Bool
    package let reason: String

    package init(detector: String, source: String, ran: Bool, reason: String) {
      self.detector = detector
      self.source = source
      self.ran = ran
      self.reason = reason
    }
  }

  /// Fewer earlier days make no habits: nothing is called new before, and only rules speak.
  package static let leastEarlierDays = 3

  package var siteName: String
  package var day: CivilDate
  package var calendar: CivilCalendar
  /// By rank.
  package var incidents: [Incident]
  /// Evidence and charts of incidents that are decided or seen again, by incident id.
  package var details: [String: IncidentDetail]
  package var line: DecisionLine
  package var incidentsPerDay: Int
  package var falseAlarmsPerDay: Double
  package var historyDays: Int
  /// Host-days that were scored: those without a vote had nothing above any floor.
  package var scoredEntities: Int
  package var picture: NetworkPicture
  package var sources: [SourceQuality]
  /// What is wrong with the day's data.
  package var dataFindings: [DataFinding]
  package var detectors: [DetectorCoverage]
  package var drift = DayDrift()
  /// Who decides where detectors are challenged; empty where none are compared.
  package var duties: [DetectorDuty] = []
  /// What is known beside the findings.
  package var context = DayContext()
  /// What people did about an incident by the end of the day, in words, by its id.
  package var handling: [String: String] = [:]
  /// Rules of people that decided about incidents of the day, in words, by their ids.
  package var rules: [String: String] = [:]
  /// Explanations in other words, by the incident's id: what a language model answered, as far as
  /// it says nothing but what the evidence says.
  package var rewordings: [String: String] = [:]
  /// Incidents that nobody looked at in time, in words.
  package var overdue: [String] = []
  /// The last 28 days that were scored, this one last.
  package var recentDays: [DayCounts] = []
  /// What to do, by detector.
  package var playbooks: [String: Playbook] = [:]
  /// Name and SHA-256 of what the report was made from.
  package var inputHashes: [(name: String, sha256: String)]

  package init(
    siteName: String, day: CivilDate, calendar: CivilCalendar, incidents: [Incident],
    details: [String: IncidentDetail], line: DecisionLine, incidentsPerDay: Int,
    falseAlarmsPerDay: Double, historyDays: Int, scoredEntities: Int, picture: NetworkPicture,
    sources: [SourceQuality], dataFindings: [DataFinding], detectors: [DetectorCoverage],
    inputHashes: [(name: String, sha256: String)]
  ) {
    self.siteName = siteName
    self.day = day
    self.calendar = calendar
    self.incidents = incidents
    self.details = details
    self.line = line
    self.incidentsPerDay = incidentsPerDay
    self.falseAlarmsPerDay = falseAlarmsPerDay
    self.historyDays = historyDays
    self.scoredEntities = scoredEntities
    self.picture = picture
    self.sources = sources
    self.dataFindings = dataFindings
    self.detectors = detectors
    self.inputHashes = inputHashes
  }

  package var decided: [Incident] { incidents.filter { $0.decision == .decide } }
  package var sightings: [Incident] { incidents.filter { $0.decision == .sighting } }
  /// What people's rules keep from being asked about: suppressed, or closed without asking.
  package var ruledOut: [Incident] {
    incidents.filter { $0.decision == .suppressed || $0.decision == .closed }
  }
  /// The rule that decided about an incident, in words.
  package func ruleText(_ incident: Incident) -> String {
    incident.rule.map { rules[$0] ?? $0 } ?? "–"
  }

  /// What people did about an incident so far, and why it is shown though a rule closes such; nil
  /// where there is nothing to say.
  package func handlingLine(_ incident: Incident) -> String? {
    let sample =
      incident.decision == .decide && incident.rule != nil
      ? "Shown to check a rule that closes such: \(ruleText(incident))." : nil
    let handled = handling[incident.id].map { "So far: \($0)." }
    return sample == nil && handled == nil
      ? nil : [sample, handled].compactMap { $0 }.joined(separator: " ")
  }

  /// What stands before an explanation in other words.
  package static let rewordingLabel =
    "In other words (worded by a local model, checked against the numbers)"

  package var watched: [Incident] { incidents.filter { $0.decision == .watch } }

  package var posture: Posture {
    if decided.contains(where: { $0.severity >= .high }) { return .red }
    if !decided.isEmpty { return .amber }
    if scoredEntities == 0 { return .empty }
    return historyDays < DayFacts.leastEarlierDays ? .learning : .green
  }

  /// What could not be judged for its data, in a sentence; nil where there is nothing.
  package var dataLine: String? {
    let faults = dataFindings.filter { $0.fault != nil }.map { "\($0.source): \($0.note)" }
    return faults.isEmpty ? nil : "Not all could be judged: " + faults.joined(separator: "; ") + "."
  }

  /// Clock hours of the day in which no source was silent that usually speaks; none where nothing
  /// spoke at all.
  package var coveredHours: Int {
    guard sources.contains(where: { $0.rows > 0 }) else { return 0 }
    let silences = dataFindings.filter { $0.kind == .silent }
    return calendar.hours(of: day).count { hour in
      !silences.contains { $0.window.overlaps(hour) }
    }
  }

  /// Of the strongest finding.
  package func playbook(of incident: Incident) -> Playbook? {
    playbooks[incident.findings.first?.detector ?? incident.verdict.leadingDetector]
  }

  /// Detectors that a finding makes blind, wholly or in part, in the order in which they ran.
  package func blinded(by finding: DataFinding) -> [String] {
    guard finding.fault != nil else { return [] }
    return detectors.filter { $0.source == finding.source && $0.reason.contains(finding.note) }
      .map { $0.ran ? "\($0.detector) in part" : $0.detector }
  }

  /// The day in a sentence.
  package var verdictLine: String {
    guard posture != .empty else { return headline }
    let ruled = ruledOut.isEmpty ? "" : "\(ruledOut.count) kept back by your rules, "
    let rest =
      "\(sightings.count) seen again, \(ruled)\(watched.count) on the watch list, "
      + "\(Quantity.count(scoredEntities)) hosts checked"
    return "\(headline) (\(rest))." + (learningLine.map { " " + $0 } ?? "")
  }

  /// "7 things to decide today"
  package var headline: String {
    if posture == .empty { return "No source has rows of this day: nothing was checked." }
    return decided.isEmpty
      ? "Nothing to decide today"
      : decided.count == 1 ? "One thing to decide today" : "\(decided.count) things to decide today"
  }

  /// What too little history means for the day; nil where there is enough.
  package var learningLine: String? {
    historyDays < DayFacts.leastEarlierDays
      ? "Learning: \(historyDays) earlier days known, \(DayFacts.leastEarlierDays) are needed before "
        + "habits count."
      : historyDays < 14
        ? "Still learning: \(historyDays) of 14 days known, so confidence is low." : nil
  }
}
