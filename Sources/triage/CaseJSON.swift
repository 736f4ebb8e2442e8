import Events
import FoundationEssentials
import Incidents
import Registry

/// An incident as one line of JSON.
struct CaseJSON: Encodable {
  let incidentID, title, entity, severity, status, recommendation, leadingDetector: String
  let days, detectors, attackTechniques, peers: [String]
  let assignee, verdict, cause, lesson, hold, rule: String?

  enum CodingKeys: String, CodingKey {
    case incidentID = "incident_id"
    case title, entity, severity, status, recommendation
    case leadingDetector = "leading_detector"
    case days, detectors
    case attackTechniques = "attack_techniques"
    case peers, assignee, verdict, cause, lesson, hold, rule
  }

  init(_ item: Case) {
    let (incident, record) = (item.latest, item.record)
    incidentID = incident.id
    title = incident.title
    entity = incident.entity
    severity = item.severity.description
    status = record.status.rawValue
    recommendation = incident.recommendation.rawValue
    leadingDetector = incident.leadingDetector
    days = item.days.map(\.description)
    detectors = incident.detectors
    attackTechniques = incident.techniques
    peers = incident.peers
    assignee = record.assignee
    verdict = record.label?.verdict.rawValue
    cause = record.closing?.cause
    lesson = record.closing?.lesson
    hold = record.hold?.reason
    rule = incident.rule
  }

  static func line(_ item: Case) throws -> String {
    try JSONText.compact(CaseJSON(item))
  }
}
