import Events

/// `incidents.csv`: a row per incident, by day and rank.
package enum IncidentsCSV {
  package static let columns = [
    "incident_id", "day", "rank", "decision", "status", "severity", "confidence", "p_value",
    "entity", "peers", "first_seen", "last_seen", "sightings", "detectors", "attack_techniques",
    "recommendation", "title", "explanation",
  ]

  package static func render(_ incidents: [ReportedIncident]) -> String {
    var text = CSVText.record(columns)
    for incident in incidents {
      let fields = [
        incident.id, incident.day.description, String(incident.rank),
        incident.decision.rawValue, incident.status.rawValue,
        incident.severity.description, Quantity.number(incident.confidence),
        Quantity.scientific(incident.pValue), incident.entity,
        incident.peers.joined(separator: " "), Quantity.timestamp(incident.firstSeen),
        Quantity.timestamp(incident.lastSeen), String(incident.sightings),
        incident.detectors.joined(separator: " "), incident.techniques.joined(separator: " "),
        incident.recommendation.rawValue, incident.title, incident.explanation,
      ]
      text += CSVText.record(fields)
    }
    return text
  }
}
