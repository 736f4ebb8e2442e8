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
  /// The items of which one must be said before, in the same sentence: what an "it" or a "that did"
  /// in the phrases means. Empty where they stand alone.
  package let follows: [String]
  /// As the template says it first. A value and what it is of are one phrase, so that neither can
  /// be exchanged.
  package let phrases: [String]

  init(
    id: String, role: Role, belongsTo: String? = nil, follows: [String] = [], phrases: [String]
  ) {
    self.id = id
    self.role = role
    self.belongsTo = belongsTo
    self.follows = follows
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
  /// Whether each sentence with a value must name the peer, since the values are of that pair
  /// alone.
  let namesPeer: Bool
}
