import Events

/// Files of the store that stand as evidence of a day.
enum Artefact: CaseIterable {
  case events, quality, scores, reports, incidents

  var title: String {
    switch self {
    case .events: "Events"
    case .quality: "Data quality"
    case .scores: "Scores"
    case .reports: "Daily reports"
    case .incidents: "Incident lists"
    }
  }

  var contents: String {
    switch self {
    case .events: "The day's log records in UTC, each with its file and line"
    case .quality: "What each source gave, and what was wrong with it"
    case .scores: "What each detector said, and how it was decided"
    case .reports: "What was asked for and why, with all hashes"
    case .incidents: "All that was decided, watched, suppressed or closed"
    }
  }

  /// Within the store.
  func path(_ day: CivilDate) -> String {
    switch self {
    case .events: "events/day=\(day)/manifest.json"
    case .quality: "reports/day=\(day)/quality.csv"
    case .scores: "scores/day=\(day)/manifest.json"
    case .reports: "reports/day=\(day)/report.html"
    case .incidents: "reports/day=\(day)/incidents.csv"
    }
  }
}

/// A control of a framework, in our words, and what supports it.
struct Control {
  let id: String
  let asks: String
  let support: String
  let artefacts: [Artefact]

  static let all: [(framework: String, controls: [Control])] = [
    (
      "NIST CSF 2.0",
      [
        Control(
          id: "DE.CM-01", asks: "Networks and network services are monitored for adverse events",
          support: "judging every host's traffic of each day against its own and its peers' habits",
          artefacts: [.events, .scores]),
        Control(
          id: "DE.CM-03", asks: "Personnel activity and use of technology are monitored",
          support: "judging sign-ins and active hours, where such logs are exported",
          artefacts: [.scores]),
        Control(
          id: "DE.AE-02", asks: "Potentially adverse events are analysed",
          support: "a sentence, numbers and first steps for each incident", artefacts: [.reports]),
        Control(
          id: "DE.AE-03", asks: "Information is correlated from several sources",
          support: "merging sources to conversations, and detectors' votes to one verdict a host",
          artefacts: [.events, .scores]),
        Control(
          id: "DE.AE-04", asks: "Impact and scope of adverse events are understood",
          support: "severity by a printed table, the hosts reached, and the assets' criticality",
          artefacts: [.reports]),
        Control(
          id: "DE.AE-06", asks: "Information on adverse events reaches authorised staff and tools",
          support: "a daily page, and lists that other tools read",
          artefacts: [.reports, .incidents]),
        Control(
          id: "DE.AE-08", asks: "Incidents are declared when criteria are met",
          support: "a stated line above which a person is asked", artefacts: [.incidents]),
      ]
    ),
    (
      "ISO/IEC 27001:2022, Annex A",
      [
        Control(
          id: "A.8.15", asks: "Logs are produced, stored, protected and analysed",
          support:
            "keeping exported logs with hashes, accounting for every line, and analysing them",
          artefacts: [.events, .quality, .scores]),
        Control(
          id: "A.8.16",
          asks:
            "Networks, systems and applications are monitored for anomalous behaviour, and it is "
            + "evaluated",
          support: "daily detection, a decision asked of a person, and the record of it",
          artefacts: [.scores, .reports, .incidents]),
      ]
    ),
    (
      "PCI DSS 4.0, requirement 10",
      [
        Control(
          id: "10.4.1", asks: "Audit logs are reviewed at least daily",
          support: "a report for each day, with what was looked at", artefacts: [.reports]),
        Control(
          id: "10.4.1.1", asks: "Log reviews use automated mechanisms",
          support: "detectors that read all exported records", artefacts: [.scores]),
        Control(
          id: "10.5.1", asks: "Audit log history is retained",
          support: "keeping events in the store for as long as it is not pruned",
          artefacts: [.events]),
        Control(
          id: "10.6", asks: "Clocks are synchronised",
          support: "comparing the clocks of sources that saw the same conversations",
          artefacts: [.quality]),
        Control(
          id: "10.7", asks: "Failures of security controls are detected and answered",
          support:
            "saying which sources were silent, late or faulty, and which detectors were blind",
          artefacts: [.quality, .reports]),
      ]
    ),
    (
      "NIS2, Article 21(2)",
      [
        Control(
          id: "(b)", asks: "Incident handling",
          support: "detection, advice, playbooks and a list of incidents with their state",
          artefacts: [.reports, .incidents]),
        Control(
          id: "(f)", asks: "Assessing whether measures are effective",
          support: "figures on decisions, coverage and faults over time",
          artefacts: [.reports, .quality]),
      ]
    ),
  ]
}
