import Columnar
import Events
import Incidents
import Registry
import StageKit

/// What people decided, as far as it concerns the report of one day.
struct PeopleReader {
  private let incidents: IncidentReader
  private let day: CivilDate
  /// As of the end of the day.
  private let state: RegistryState
  private let rules: [RegistryState.StandingRule]
  /// Those that held on the day before, and no more.
  private let ended: [RegistryState.StandingRule]

  init(_ incidents: IncidentReader, _ events: [RegistryEvent], _ day: CivilDate) {
    self.incidents = incidents
    self.day = day
    let calendar = incidents.site.calendar
    state = RegistryState(events, before: calendar.start(of: day.advanced(by: 1)))
    let rules = state.rules(on: day, calendar: calendar)
    self.rules = rules
    ended = state.rules(on: day.advanced(by: -1), calendar: calendar)
      .filter { earlier in !rules.contains { $0.rule.id == earlier.rule.id } }
  }

  /// Stands for all that a report may say of people's decisions.
  var fingerprint: String {
    let records = state.records.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }
    let reviews = incidents.site.reviews.map {
      "\($0.severity) \($0.reviewer) \($0.dueHours) \($0.escalatesTo ?? "")"
    }
    let lines = rules.map(\.text) + ["ended"] + ended.map(\.text) + records + reviews
    return ContentHasher.hash(lines.joined(separator: "\n"))
  }

  /// The incidents with what people decided about them.
  func judged(_ found: [Incident]) -> [Incident] {
    RuleJudge(rules, ended: ended).judged(found).map { incident in
      state.records[incident.id]?.isolationApprovedBy.map(incident.isolationApproved) ?? incident
    }
  }

  func describe(_ facts: inout DayFacts) throws {
    for incident in facts.incidents {
      facts.handling[incident.id] = state.records[incident.id]?.text
    }
    for standing in rules { facts.rules[standing.rule.id] = standing.text }
    facts.overdue = try overdue()
  }

  /// Incidents of the last days that were asked about, for which a review is due by the end of the
  /// day and that nobody touched.
  private func overdue() throws -> [String] {
    let site = incidents.site
    guard !site.reviews.isEmpty else { return [] }
    let end = site.calendar.start(of: day.advanced(by: 1))
    let days = try incidents.store.days(in: "scores").filter {
      $0 < day && $0 >= day.advanced(by: -LookBack.reviewDays)
    }
    var seen: Set<String> = []
    return try zip(days, incidents.incidents(of: days)).flatMap { asked, found in
      let standing = state.rules(on: asked, calendar: site.calendar)
      return RuleJudge(standing).judged(found).compactMap { incident -> String? in
        guard incident.decision == .decide, seen.insert(incident.id).inserted,
          state.records[incident.id] == nil,
          let review = site.reviews.first(where: { $0.severity == incident.severity })
        else { return nil }
        let due = site.calendar.start(of: asked.advanced(by: 1))
          .advanced(byMicroseconds: Int64(review.dueHours) * 3_600_000_000)
        guard due <= end else { return nil }
        let escalation = review.escalatesTo.map { ", tell \($0)" } ?? ""
        return
          "\(incident.title) (\(incident.severity), asked on \(asked)): \(review.reviewer) was "
          + "to look by \(Quantity.clock(due, calendar: site.calendar))\(escalation)"
      }
    }
  }
}
