import Columnar
import Events

/// What people decided up to a moment: the fold of the registry's events.
package struct RegistryState: Sendable {
  /// What people did with one incident.
  package struct Record: Equatable, Sendable {
    package struct Label: Equatable, Sendable {
      package let verdict: RegistryEvent.Verdict
      package let reason: String
      package let by: String
      package let at: Instant
    }
    package struct Closing: Equatable, Sendable {
      package let cause: String
      package let lesson: String
      package let by: String
      package let at: Instant
    }

    /// Why nothing that it rests on is pruned.
    package struct Hold: Equatable, Sendable {
      /// The incident as it was when it was held.
      package let subject: RegistryEvent.Subject
      package let reason: String
      package let by: String
      package let at: Instant
    }

    package enum Status: String, Sendable { case open, acknowledged, closed }

    package var acknowledgedBy: String?
    package var assignee: String?
    package var label: Label?
    package var closing: Closing?
    package var isolationApprovedBy: String?
    package var hold: Hold?
    package var notes: [String] = []
    /// How often somebody decided something of it.
    package var revision = 0

    package init() {}

    package var status: Status {
      closing != nil ? .closed : acknowledgedBy != nil || label != nil ? .acknowledged : .open
    }
  }

  package enum Effect: String, Sendable { case suppress, close }

  /// A rule with who made it.
  package struct StandingRule: Equatable, Sendable {
    package let rule: Rule
    package let effect: Effect
    package let by: String
    /// When it was revoked: it holds on days that were over by then.
    package fileprivate(set) var revoked: Instant?

    package init(_ rule: Rule, _ effect: Effect, by: String) {
      (self.rule, self.effect, self.by) = (rule, effect, by)
    }
  }

  package private(set) var records: [String: Record] = [:]
  /// In the order in which they were made.
  package private(set) var rules: [StandingRule] = []
  /// What verdicts were about, in the order in which they were given.
  package private(set) var labelled: [RegistryEvent.Subject] = []

  package init() {}

  /// - Parameter end: later events are not heeded.
  package init(_ events: [RegistryEvent], before end: Instant? = nil) {
    for event in events where end.map({ event.at < $0 }) ?? true { apply(event) }
  }

  /// The id that the next rule gets.
  package var nextRuleID: String { "R\(rules.count + 1)" }

  private mutating func apply(_ event: RegistryEvent) {
    if let incident = event.incident {
      var record = records[incident] ?? Record()
      record.revision += 1
      change(&record, event)
      records[incident] = record
    }
    switch event.act {
    case .label(let subject, _, _): labelled.append(subject)
    case .suppress(let rule):
      rules.append(StandingRule(rule, .suppress, by: event.actor))
    case .approveClosing(let rule):
      rules.append(StandingRule(rule, .close, by: event.actor))
    case .revoke(let id, _):
      if let index = rules.firstIndex(where: { $0.rule.id == id }) {
        rules[index].revoked = rules[index].revoked ?? event.at
      }
    case .acknowledge, .assign, .note, .close, .reopen, .approveIsolation, .hold, .release: break
    }
  }

  private func change(_ record: inout Record, _ event: RegistryEvent) {
    switch event.act {
    case .acknowledge: record.acknowledgedBy = event.actor
    case .assign(_, let to): record.assignee = to
    case .label(_, let verdict, let reason):
      record.label = Record.Label(
        verdict: verdict, reason: reason, by: event.actor, at: event.at)
    case .note(_, let text): record.notes.append("\(event.actor): \(text)")
    case .close(_, let cause, let lesson):
      record.closing = Record.Closing(
        cause: cause, lesson: lesson, by: event.actor, at: event.at)
    case .reopen: record.closing = nil
    case .approveIsolation: record.isolationApprovedBy = event.actor
    case .hold(let subject, let reason):
      record.hold = Record.Hold(
        subject: subject, reason: reason, by: event.actor, at: event.at)
    case .release: record.hold = nil
    case .suppress, .approveClosing, .revoke: break
    }
  }

  /// Rules that hold on a day, in the order in which they were made.
  package func rules(on day: CivilDate, calendar: CivilCalendar) -> [StandingRule] {
    let end = calendar.start(of: day.advanced(by: 1))
    return rules.filter { standing in
      standing.rule.isInForce(on: day) && standing.revoked.map { $0 >= end } ?? true
    }
  }
}
