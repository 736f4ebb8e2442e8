import Columnar
import Detectors
import Events
import Registry

/// What people found to be attacks, as of days: a day is judged by what was known when it was over,
/// so that judging it again later gives the same.
struct PeopleVerdicts {
  private let events: [RegistryEvent]
  private let calendar: CivilCalendar

  init(_ events: [RegistryEvent], calendar: CivilCalendar) {
    self.events = events
    self.calendar = calendar
  }

  /// The host-days of incidents whose last verdict before the end of `day` is TP: until the
  /// incident was closed, whether or not it was seen on each.
  /// - Parameter last: for what is not closed yet, the last day to list.
  func attacked(asOf day: CivilDate, through last: CivilDate) -> Set<AttackedHostDay> {
    let end = calendar.start(of: day.advanced(by: 1))
    let state = RegistryState(events, before: end)
    var attacked: Set<AttackedHostDay> = []
    for subject in state.labelled {
      guard let record = state.records[subject.incident],
        record.label?.verdict == .truePositive
      else { continue }
      let over = record.closing.map { max(subject.lastDay, calendar.day(of: $0.at)) }
      for number in subject.firstDay.dayNumber...max(subject.firstDay, over ?? last).dayNumber {
        attacked.insert(
          AttackedHostDay(
            kind: subject.entityKind, entity: subject.entity, day: CivilDate(dayNumber: number)))
      }
    }
    return attacked
  }
}
