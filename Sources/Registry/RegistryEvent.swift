import Columnar
import Events

/// One act of a person on an incident or a rule: a line of `registry/events.jsonl`.
package struct RegistryEvent: Codable, Equatable, Sendable {
  /// UTC, to the second.
  package let at: Instant
  package let actor: String
  package let act: Act

  package init(at: Instant, actor: String, act: Act) {
    self.at = at
    self.actor = actor
    self.act = act
  }

  private enum CodingKeys: String, CodingKey { case at, actor, act }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(String.self, forKey: .at)
    guard let at = Instant(utc: text) else {
      throw DecodingError.dataCorruptedError(
        forKey: .at, in: container,
        debugDescription: "expected a time such as 2026-03-29T08:00:00Z, found \(text)")
    }
    self.at = at
    actor = try container.decode(String.self, forKey: .actor)
    act = try container.decode(Act.self, forKey: .act)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Quantity.timestamp(at), forKey: .at)
    try container.encode(actor, forKey: .actor)
    try container.encode(act, forKey: .act)
  }
}

extension RegistryEvent {
  package enum Act: Codable, Equatable, Sendable {
    /// Somebody looks at it.
    case acknowledge(incident: String)
    case assign(incident: String, to: String)
    /// What it turned out to be.
    case label(subject: Subject, verdict: Verdict, reason: String)
    case note(incident: String, text: String)
    /// Nothing more is to be done: why it came about, and what is learned from it.
    case close(incident: String, cause: String, lesson: String)
    case reopen(incident: String, reason: String)
    /// A critical asset may be cut off for it.
    case approveIsolation(incident: String, reason: String)
    /// Not to be asked about such.
    case suppress(Rule)
    /// Such is closed without asking, but for a sample.
    case approveClosing(Rule)
    case revoke(rule: String, reason: String)
    /// Nothing that it rests on may be pruned.
    case hold(subject: Subject, reason: String)
    case release(incident: String, reason: String)
  }

  /// What a verdict is about: scoring can't know incidents, so it names the entity and the days.
  package struct Subject: Codable, Equatable, Sendable {
    package let incident: String
    package let entityKind: EntityKind
    package let entity: String
    package let firstDay: CivilDate
    package let lastDay: CivilDate

    package init(
      incident: String, entityKind: EntityKind, entity: String, firstDay: CivilDate,
      lastDay: CivilDate
    ) {
      self.incident = incident
      self.entityKind = entityKind
      self.entity = entity
      self.firstDay = firstDay
      self.lastDay = lastDay
    }
  }

  /// What a person found an incident to be.
  package enum Verdict: String, Codable, CaseIterable, Sendable {
    /// An attack, or what should not have been.
    case truePositive = "TP"
    /// Nothing of the kind happened: the detector was wrong.
    case falsePositive = "FP"
    /// It happened, and is meant to.
    case benign
    case unsure
  }

  /// The incident that it is about; nil for rules.
  package var incident: String? {
    switch act {
    case .acknowledge(let incident), .assign(let incident, _), .note(let incident, _),
      .close(let incident, _, _), .reopen(let incident, _), .approveIsolation(let incident, _),
      .release(let incident, _):
      incident
    case .label(let subject, _, _), .hold(let subject, _): subject.incident
    case .suppress, .approveClosing, .revoke: nil
    }
  }
}

extension EntityKind: Codable {}
