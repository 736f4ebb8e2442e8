import Columnar
import Events
import Incidents
import StageKit

/// Which of a day's incidents a route is told of, and in which messages.
package struct Routing: Sendable {
  package let calendar: CivilCalendar
  package let assets: AssetsFile
  /// What an owner is called in `assets`.
  private let owner: @Sendable (String) -> String

  package init(
    calendar: CivilCalendar, assets: AssetsFile,
    owner: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.calendar = calendar
    self.assets = assets
    self.owner = owner
  }

  /// A message for each grave piece of news, and one for the rest; none where all was told.
  /// - Parameters:
  ///   - incidents: of the day, by rank.
  ///   - now: from which the rest waits for the route's hours.
  package func messages(
    for route: Site.Route, day: CivilDate, incidents: [ReportedIncident], state: OutboxState,
    now: Instant
  ) -> [Message] {
    let told = state.told(route.name)
    let notices = incidents.filter { takes(route, $0) }.compactMap { incident -> Notice? in
      let last = told[incident.id]
      let earlier = last?.notices ?? []
      return News.of(incident, told: earlier, lastDay: last?.lastDay).map {
        Notice(incident, revision: earlier.count + 1, news: $0)
      }
    }
    let grave = route.immediateFrom
    let present = Moment(now)
    var messages = notices.filter { $0.severity >= grave }.map {
      Message(
        route: route.name, day: day, notices: [$0], queuedAt: present, notBefore: present)
    }
    // By severity, and as they were ranked within one.
    let rest = Severity.allCases.reversed().flatMap { severity in
      notices.filter { $0.severity == severity && severity < grave }
    }
    if !rest.isEmpty {
      let schedule = Schedule(
        calendar: calendar, quiet: route.quiet, digestMinute: route.digestMinute)
      messages.append(
        Message(
          route: route.name, day: day, notices: rest, queuedAt: present,
          notBefore: Moment(schedule.due(now))))
    }
    return messages
  }

  private func takes(_ route: Site.Route, _ incident: ReportedIncident) -> Bool {
    guard incident.severity >= route.leastSeverity else { return false }
    return route.teams.isEmpty
      || assets[incident.entity]?.owner.map(route.teams.map(owner).contains) ?? false
  }
}
