import Events

/// `incidents.csv`: a row per incident of the day, in rank order.
package enum IncidentsCSV {
  package static let columns = [
    "incident_id", "day", "rank", "decision", "status", "severity", "confidence", "p_value",
    "entity", "peers", "first_seen", "last_seen", "sightings", "detectors", "attack_techniques",
    "recommendation", "title", "explanation",
  ]

  package static func render(_ incidents: [Incident]) -> String {
    var text = columns.joined(separator: ",") + "\r\n"
    for incident in incidents {
      let fields = [
        incident.id, incident.day.description, String(incident.verdict.rank),
        incident.verdict.decision.rawValue, incident.status.rawValue,
        incident.severity.description, Quantity.number(incident.confidence),
        Quantity.scientific(incident.verdict.pValue), incident.entity,
        incident.peers.joined(separator: " "), Quantity.timestamp(incident.firstSeen),
        Quantity.timestamp(incident.lastSeen), String(incident.sightings),
        incident.detectors.joined(separator: " "), incident.techniques.joined(separator: " "),
        incident.recommendation.rawValue, incident.title, incident.explanation,
      ]
      text += fields.map(escaped).joined(separator: ",") + "\r\n"
    }
    return text
  }

  /// A field as RFC 4180 quotes it. A field that a spreadsheet would run as a formula gets a
  /// leading apostrophe (OWASP, "CSV Injection").
  static func escaped(_ field: String) -> String {
    var field = field
    if let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) {
      field = "'" + field
    }
    let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
