import Events

extension [String: String] {
  /// A figure of a report's manifest; 0 where it has none of that name.
  fileprivate func count(_ name: String) -> Int { self[name].flatMap { Int($0) } ?? 0 }
}

/// A day's report in a line of the list of all days.
package struct DayHeadline: Sendable {
  package let day: CivilDate
  package let posture: DayFacts.Posture
  package let counts: DayCounts
  package let hostsChecked: Int

  /// - Parameter figures: the facts of the report's manifest.
  package init(day: CivilDate, figures: [String: String]) {
    self.day = day
    posture = figures["posture"].flatMap(DayFacts.Posture.init) ?? .empty
    counts = DayCounts(
      day: day, decided: figures.count("decided"), sightings: figures.count("sightings"),
      watched: figures.count("watched"))
    hostsChecked = figures.count("hosts_checked")
  }
}

/// A day's report, as those of weeks and months read it.
package struct ReportedDay: Sendable {
  package let headline: DayHeadline
  /// By rank.
  package let incidents: [ReportedIncident]
  /// Clock hours in which no source was silent that usually speaks, of those that the day has.
  package let coveredHours: Int
  package let dayHours: Int
  package let sources: Int
  package let faultySources: Int
  package let detectorsRun: Int
  package let detectors: Int
  /// Of its `manifest.json`, which holds the hashes of all its files.
  package let manifestSHA256: String

  /// - Parameter figures: the facts of the report's manifest.
  package init(
    day: CivilDate, figures: [String: String], incidents: [ReportedIncident],
    manifestSHA256: String
  ) {
    headline = DayHeadline(day: day, figures: figures)
    self.incidents = incidents
    coveredHours = figures.count("covered_hours")
    dayHours = figures.count("day_hours")
    sources = figures.count("sources")
    faultySources = figures.count("faulty_sources")
    detectorsRun = figures.count("detectors_run")
    detectors = figures.count("detectors")
    self.manifestSHA256 = manifestSHA256
  }

  package var day: CivilDate { headline.day }

  package func count(_ decision: Decision) -> Int {
    incidents.count { $0.decision == decision }
  }
}

/// What the reports of a week or month say together.
package struct PeriodFacts: Sendable {
  package let siteName: String
  package let period: Period
  /// Those of the period that were reported, in order.
  package let days: [ReportedDay]
  /// The same of the period before.
  package let daysBefore: [ReportedDay]

  package init(
    siteName: String, period: Period, days: [ReportedDay], daysBefore: [ReportedDay]
  ) {
    self.siteName = siteName
    self.period = period
    self.days = days
    self.daysBefore = daysBefore
  }

  /// One incident over the period.
  package struct Run: Sendable {
    /// As the last day tells it.
    package let latest: ReportedIncident
    package let severity: Severity
    package let days: [CivilDate]
  }

  /// What was decided or seen again, the worst and then the first first.
  package var runs: [Run] {
    var incidents: [String: [ReportedIncident]] = [:]
    for day in days {
      for incident in day.incidents where incident.decision.isAsked {
        incidents[incident.id, default: []].append(incident)
      }
    }
    let runs = incidents.values.compactMap { run in
      run.last.map { latest in
        Run(
          latest: latest, severity: run.map(\.severity).max() ?? .info, days: run.map(\.day))
      }
    }
    return runs.sorted {
      ($1.severity, $0.days[0], $0.latest.id) < ($0.severity, $1.days[0], $1.latest.id)
    }
  }

  /// Of the days' decisions of a kind.
  package static func total(_ decision: Decision, of days: [ReportedDay]) -> Int {
    days.reduce(0) { $0 + $1.count(decision) }
  }

  package func decided(_ severity: Severity) -> Int {
    days.reduce(0) { sum, day in
      sum + day.incidents.count { $0.decision == .decide && $0.severity == severity }
    }
  }

  /// "3.1", of the days that were reported; nil where none was.
  package static func decisionsPerDay(_ days: [ReportedDay]) -> String? {
    days.isEmpty
      ? nil : Quantity.decimal(Double(total(.decide, of: days)) / Double(days.count), places: 1)
  }

  /// How often each ATT&CK tactic was among the decisions, most first.
  package var tactics: [(tactic: String, count: Int)] {
    var counts: [String: Int] = [:]
    for incident in days.flatMap(\.incidents) where incident.decision == .decide {
      for tactic in incident.tactics { counts[tactic, default: 0] += 1 }
    }
    return counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}
