import Columnar
import Events

/// `incidents.jsonl`: each decided or recurring incident as an OCSF Detection Finding (class 2004,
/// schema 1.3.0), a line each.
package enum IncidentsJSON {
  private static let schemaVersion = "1.3.0"

  package static func render(_ incidents: [Incident], siteName: String) -> String {
    incidents.map { line($0, siteName: siteName) + "\n" }.joined()
  }

  private static func line(_ incident: Incident, siteName: String) -> String {
    // OCSF: 1 informational … 5 critical.
    let severityID = incident.severity.rawValue + 1
    let attacks = incident.techniques.map { technique in
      object([("technique", object([("uid", string(technique))]))])
    }
    let finding = object([
      ("uid", string(incident.id)), ("title", string(incident.title)),
      ("desc", string(incident.explanation)),
      ("first_seen_time", milliseconds(incident.firstSeen)),
      ("last_seen_time", milliseconds(incident.lastSeen)),
      ("types", array(incident.detectors.map(string))),
    ])
    return object([
      ("activity_id", incident.status == .new ? "1" : "2"), ("category_uid", "2"),
      ("class_uid", "2004"), ("type_uid", incident.status == .new ? "200401" : "200402"),
      ("time", milliseconds(incident.lastSeen)), ("severity_id", "\(severityID)"),
      ("severity", string(incident.severity.description)),
      ("confidence_score", "\(Int((incident.confidence * 100).rounded()))"),
      ("status_id", incident.decision == .watch ? "0" : "1"),
      (
        "metadata",
        object([
          ("version", string(schemaVersion)),
          ("product", object([("name", string("Tidemark")), ("vendor_name", string("Tidemark"))])),
          ("uid", string("\(incident.id) \(incident.day)")),
          ("tenant_uid", string(siteName)),
        ])
      ),
      ("finding_info", finding),
      ("resources", array([object([("uid", string(incident.entity)), ("type", string("host"))])])),
      ("attacks", array(attacks)),
      ("is_alert", incident.decision == .decide ? "true" : "false"),
    ])
  }

  private static func milliseconds(_ instant: Instant) -> String {
    "\(instant.microseconds.flooredQuotient(by: 1000))"
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  private static func array(_ items: [String]) -> String {
    "[" + items.joined(separator: ",") + "]"
  }

  /// A JSON string (RFC 8259 §7).
  package static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if scalar.value < 0x20 {
          quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
