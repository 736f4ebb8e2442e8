import ArrowFile
import Columnar
import Events
import Features
import FoundationEssentials
import StageKit

/// One day's folder of summaries, `profiles/day=D`.
struct ProfileFolder {
  let day: CivilDate
  let site: Site
  let store: Store
  /// Days that share the memory.
  let concurrentDays: Int

  /// Raised when the same events give other summaries.
  private static let algorithm = 1

  /// Summarises the day, unless its folder is up to date or it has no events.
  func summarise() throws -> ProfileReport {
    let eventsFolder = store.events(day)
    guard let events = try store.input(eventsFolder) else {
      return ProfileReport(day: day, outcome: nil, facts: [:])
    }
    let start = site.calendar.start(of: day)
    let end = site.calendar.start(of: day.advanced(by: 1))
    let plan = Manifest(
      stage: "baseline", algorithm: ProfileFolder.algorithm, subject: "profiles \(day)",
      options: [
        "start_us": "\(start.microseconds)", "end_us": "\(end.microseconds)",
        "timezone": site.calendar.zone.name, "networks": site.networksText,
      ],
      inputs: [events])
    let folder = store.profiles(day)
    let outcome = try store.make(folder, plan: plan) { folder in
      var tables: [EventClass: any BatchSource] = [:]
      for eventClass in EventClass.allCases {
        tables[eventClass] = try store.table(
          eventClass.rawValue, in: eventsFolder, expecting: eventClass.schema)
      }
      var writers: [ArrowWriter] = []
      let counts = try DaySummary.write(
        day: day, calendar: site.calendar, networks: site.networks, events: tables,
        limits: DaySummary.Limits(sharedBy: concurrentDays)
      ) { schema in
        let writer = try folder.table(schema)
        writers.append(writer)
        return writer
      }
      for writer in writers { try writer.finish() }
      return ProfileReport.facts(of: counts)
    }
    return ProfileReport(
      day: day, outcome: outcome, facts: try Manifest.read(folder: folder)?.facts ?? [:])
  }
}

/// What was done for a day.
struct ProfileReport: Sendable {
  let day: CivilDate
  /// Nil where the day has no events.
  let outcome: Outcome?
  /// What the folder's manifest states.
  let facts: [String: String]

  static func facts(of counts: DaySummary.Counts) -> [String: String] {
    [
      "event_rows": "\(counts.eventRows)", "host_hours": "\(counts.hostHours)",
      "pairs": "\(counts.pairs)", "pair_values": "\(counts.pairValues)",
      "edges": "\(counts.edges)", "services": "\(counts.services)",
      "coverage": "\(counts.coverage)",
    ]
  }

  var sentence: String {
    switch outcome {
    case nil: "no events; run normalize first"
    case .upToDate: "up to date"
    case .written:
      ["event_rows", "host_hours", "pairs", "edges", "services"].map { name in
        "\(facts[name] ?? "0") \(name.replacing("_", with: " "))"
      }.joined(separator: ", ")
    }
  }

  /// A line of JSON.
  func json() throws -> String {
    struct Line: Encodable {
      let day: String
      let outcome: String
      let facts: [String: String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let name =
      switch outcome {
      case nil: "no_events"
      case .upToDate: "up_to_date"
      case .written: "written"
      }
    return String(
      decoding: try encoder.encode(Line(day: "\(day)", outcome: name, facts: facts)),
      as: UTF8.self)
  }
}
