import Events
import StageKit

/// What one receiver is told at once: a grave incident, or all else that a run found on a day.
package struct Message: Codable, Equatable, Sendable {
  /// Says that two messages are the same one: letters, digits, `.`, `-` and `_`.
  package let key: String
  package let route: String
  package let day: String
  /// Gravest first.
  package let notices: [Notice]
  /// When it was queued, and before when it is not to be sent.
  package let queuedAt: Moment
  package let notBefore: Moment

  package init(
    route: String, day: CivilDate, notices: [Notice], queuedAt: Moment, notBefore: Moment
  ) {
    let keys = notices.map { "\($0.incident).\($0.revision).\(route)" }
    key =
      keys.count == 1
      ? keys[0]
      : "digest.\(day).\(route).\(ContentHasher.hash(keys.joined(separator: "\n")).prefix(16))"
    self.route = route
    self.day = day.description
    self.notices = notices
    self.queuedAt = queuedAt
    self.notBefore = notBefore
  }
}
