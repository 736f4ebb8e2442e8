/// A fact that a sentence may state, and the phrases that state it.
package struct EvidenceItem: Sendable, Equatable {
  package enum Role: String, Sendable {
    case headline, host, window, peer, cause
    /// What a measure was, and what it usually is.
    case actual, usual
    case score, limit, pValue, floor
  }

  /// `e1`, `e2` …, unique within an incident.
  package let id: String
  package let role: Role
  /// The `actual` that a `usual` belongs to.
  package let belongsTo: String?
  /// As the template says it first. A value and what it is of are one phrase, so that neither can be
  /// exchanged.
  package let phrases: [String]

  init(id: String, role: Role, belongsTo: String? = nil, phrases: [String]) {
    self.id = id
    self.role = role
    self.belongsTo = belongsTo
    self.phrases = phrases
  }
}

/// One finding of an incident, as evidence.
package struct StatedFinding: Sendable {
  /// `f1`, `f2` …
  package let id: String
  /// The template's words.
  package let sentence: String
  package let items: [EvidenceItem]
  /// Whether each sentence must name the host, since other findings beside it are of other hosts.
  let namesHost: Bool
}
