import Columnar
import Events
import Incidents

/// Why somebody is told of an incident.
package enum News: String, Codable, Sendable {
  /// They were not told of it before.
  case first
  /// A day asks about it again: something else was found, or much more of the same.
  case again
  /// It was seen ten times as often as when they were last told.
  case tenfold
  /// Signs of an ATT&CK tactic that it had not shown.
  case tactic
  /// It is graver than when they were last told.
  case severity

  /// What is new beside all that was told of the incident before; nil where that says it already.
  /// - Parameters:
  ///   - told: oldest first.
  ///   - lastDay: whose report was last told of, as 2026-03-29.
  package static func of(
    _ incident: ReportedIncident, told: [Notice], lastDay: String?
  ) -> News? {
    guard incident.decision.isAsked else { return nil }
    guard let last = told.last else { return .first }
    if incident.severity > last.severity { return .severity }
    if !Set(incident.tactics).subtracting(told.flatMap(\.tactics)).isEmpty { return .tactic }
    if incident.decision == .decide, let lastDay, lastDay < "\(incident.day)" { return .again }
    return incident.sightings >= 10 * max(last.sightings, 1) ? .tenfold : nil
  }
}

/// What a message says of an incident: the report's facts at the time, so that they can be sent
/// later.
package struct Notice: Codable, Equatable, Sendable {
  package let incident: String
  /// How many times the route was told of the incident, this one included.
  package let revision: Int
  package let news: News
  private let severityName: String
  package let tactics: [String]
  package let detector: String
  /// Days on which it was seen.
  package let sightings: Int
  package let title: String
  package let entity: String
  package let hostname: String?
  /// 0…1.
  package let confidence: Double
  package let advice: String
  package let adviceReasons: [String]
  private let firstMicroseconds: Int64
  private let lastMicroseconds: Int64

  package init(_ incident: ReportedIncident, revision: Int, news: News) {
    self.incident = incident.id
    self.revision = revision
    self.news = news
    severityName = incident.severity.description
    tactics = incident.tactics
    detector = incident.leadingDetector
    sightings = incident.sightings
    title = incident.title
    entity = incident.entity
    hostname = incident.hostname
    confidence = incident.confidence
    advice = incident.recommendation.rawValue
    adviceReasons = incident.recommendationReasons
    firstMicroseconds = incident.firstSeen.microseconds
    lastMicroseconds = incident.lastSeen.microseconds
  }

  private enum CodingKeys: String, CodingKey {
    case incident, revision, news, tactics, detector, sightings, title, entity, hostname,
      confidence,
      advice, adviceReasons, firstMicroseconds, lastMicroseconds
    case severityName = "severity"
  }

  package var severity: Severity { Severity(name: severityName) ?? .info }
  package var firstSeen: Instant { Instant(microseconds: firstMicroseconds) }
  package var lastSeen: Instant { Instant(microseconds: lastMicroseconds) }

  /// "host07 (10.0.0.7)"
  package var host: String { hostname.map { "\($0) (\(entity))" } ?? entity }

  /// "Regular connections, as by a beacon": what its strongest finding means, with nothing of a
  /// log.
  package var headline: String { DetectorKind.of(detector).headline }
}
