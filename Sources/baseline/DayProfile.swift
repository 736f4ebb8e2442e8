import ArrowFile
import Columnar
import Events
import Features
import StageKit

/// Makes `profiles/day=D`: the mergeable summary of a day's events.
struct DayProfile: Sendable {
  /// Raised when the same events give another summary.
  static let algorithm = 14

  let site: Site
  let store: Store
  /// Days that share the memory.
  let concurrentDays: Int
  /// Tables of a day that are made at a time.
  let threads: Int

  func make(_ day: CivilDate) throws -> Outcome {
    if let outcome = try store.settled(.profiles, day, site: site) { return outcome }
    guard let events = try store.input(store.events(day)) else {
      throw StageError("\(store.events(day)): no events of \(day); run normalize for it first")
    }
    let plan = Manifest(
      stage: "baseline", algorithm: DayProfile.algorithm, subject: "profile of \(day)",
      options: [
        "timezone": site.calendar.zone.name, "tzdata": TimeZoneDatabase.version,
        "networks": site.networksText,
      ], inputs: [events])
    return try store.make(store.profiles(day), plan: plan) { folder in
      var sources: [EventClass: any BatchSource] = [:]
      for eventClass in EventClass.allCases {
        sources[eventClass] = try store.table(
          eventClass.rawValue, in: store.events(day), expecting: eventClass.schema)
      }
      var writers: [ArrowWriter] = []
      let counts = try DaySummary.write(
        day: day, calendar: site.calendar, networks: site.networks, events: sources,
        limits: DaySummary.Limits(sharedBy: concurrentDays), threads: threads
      ) { schema in
        let writer = try folder.table(schema)
        writers.append(writer)
        return writer
      }
      for writer in writers { try writer.finish() }
      return [
        "event_rows": "\(counts.eventRows)", "host_hours": "\(counts.hostHours)",
        "pairs": "\(counts.pairs)", "pair_values": "\(counts.pairValues)",
        "edges": "\(counts.edges)", "services": "\(counts.services)",
        "logins": "\(counts.logins)",
      ].merging(counts.coarseness.facts) { _, stated in stated }
    }
  }
}
