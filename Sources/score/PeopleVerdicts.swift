import Columnar
import Detectors
import Events
import Registry

/// What people found to be attacks, as of days: a day is judged by what was known when it was over, so
/// that judging it again later gives the same.
struct PeopleVerdicts {
  private let events: [RegistryEvent]
  private let calendar: CivilCalendar

  init(_ events: [RegistryEvent], calendar: CivilCalendar) {
    self.events = events
    self.calendar = calendar
  }

  /// The host-days of incidents whose last verdict before the end of `day` is TP.
  func attacked(asOf day: CivilDate) -> Set<AttackedHostDay> {
    let end = calendar.start(of: day.advanced(by: 1))
    let state = RegistryState(events, before: end)
    var attacked: Set<AttackedHostDay> = []
    for (subject, _) in state.verdicts
    where state.records[subject.incident]?.label?.verdict == .truePositive {
      for number in subject.firstDay
        .dayNumber...max(
          subject.firstDay.dayNumber, subject.lastDay.dayNumber)
      {
        attacked.insert(
          AttackedHostDay(
            kind: subject.entityKind, entity: subject.entity, day: CivilDate(dayNumber: number)))
      }
    }
    return attacked
  }
}
