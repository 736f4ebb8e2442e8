import Events

/// A person's standing word on findings of a kind: suppressed, or closed by itself.
package struct Rule: Codable, Equatable, Sendable {
  /// Which findings it is about: all that is named must be the finding's.
  package struct Scope: Codable, Equatable, Sendable {
    package let entity: String?
    package let detector: String?
    /// The other end as findings name it, with or without its port: `203.0.113.7:443/tcp`,
    /// `203.0.113.7` or `updates.example.com`.
    package let peer: String?

    package init(entity: String? = nil, detector: String? = nil, peer: String? = nil) {
      self.entity = entity
      self.detector = detector
      self.peer = peer
    }

    /// Whether it mutes neither a host nor a detector as a whole.
    package var isNarrowEnough: Bool { peer != nil || (entity != nil && detector != nil) }

    /// `host 10.0.0.7, detector beacon, peer 203.0.113.7`
    package var text: String {
      [entity.map { "host \($0)" }, detector.map { "detector \($0)" }, peer.map { "peer \($0)" }]
        .compactMap { $0 }.joined(separator: ", ")
    }
  }

  /// `R3`: the third rule of the registry.
  package let id: String
  package let scope: Scope
  /// The first and the last day whose reports heed it.
  package let firstDay: CivilDate
  package let lastDay: CivilDate
  package let reason: String

  package init(
    id: String, scope: Scope, firstDay: CivilDate, lastDay: CivilDate, reason: String
  ) {
    self.id = id
    self.scope = scope
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.reason = reason
  }

  package func isInForce(on day: CivilDate) -> Bool { firstDay <= day && day <= lastDay }
}
