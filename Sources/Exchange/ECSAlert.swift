import Columnar
import Events
import Incidents

/// An incident of a day as an alert in the Elastic Common Schema, version 8.17.
package struct ECSAlert: Encodable {
  struct Schema: Encodable {
    let version = "8.17.0"
  }

  struct Event: Encodable {
    let kind = "alert"
    let category = ["intrusion_detection"]
    let type = ["info"]
    let module = "tidemark"
    let dataset = "tidemark.incidents"
    let id: String
    let reason: String
    /// 1 (info) … 5 (critical).
    let severity: Int
    let start: String
    let end: String
  }

  /// The detector that led.
  struct Rule: Encodable {
    let id: String
    let name: String
    let category: String
  }

  struct Threat: Encodable {
    struct Technique: Encodable {
      var id: [String]
      var name: [String]
      var subtechnique: Subtechnique?
    }
    struct Subtechnique: Encodable {
      let id: [String]
      let name: [String]
    }
    struct Tactic: Encodable {
      let id: [String]
      let name: [String]
    }
    let framework = "MITRE ATT&CK"
    let technique: Technique?
    let tactic: Tactic?
  }

  struct Host: Encodable {
    let ip: [String]?
    let name: String?
  }

  struct Related: Encodable {
    let ip: [String]?
    let hosts: [String]?
  }

  struct Observer: Encodable {
    let vendor = "Tidemark"
    let product = "Tidemark"
    let type = "network-analytics"
  }

  struct Labels: Encodable {
    let decision: String
    let status: String
    /// Advice: nothing was carried out.
    let recommendation: String
  }

  struct Organization: Encodable {
    let name: String
  }

  let timestamp: String
  let ecs = Schema()
  let event: Event
  let rule: Rule
  let threat: Threat?
  let host: Host?
  let related: Related?
  let observer = Observer()
  let organization: Organization
  let message: String
  let labels: Labels

  private enum CodingKeys: String, CodingKey {
    case timestamp = "@timestamp"
    case ecs, event, rule, threat, host, related, observer, organization, message, labels
  }

  init(_ exported: ExportedIncident, siteName: String) {
    let incident = exported.incident
    timestamp = Quantity.timestamp(incident.lastSeen)
    event = Event(
      id: "\(incident.id) \(incident.day)", reason: incident.explanation,
      severity: incident.severity.rawValue + 1,
      start: Quantity.timestamp(incident.firstSeen), end: timestamp)
    let kind = DetectorKind.of(incident.leadingDetector)
    rule = Rule(id: incident.leadingDetector, name: kind.headline, category: kind.kindClass)
    threat = ECSAlert.threat(incident)
    let (address, name) = (exported.address?.description, exported.hostname)
    host = address == nil && name == nil ? nil : Host(ip: address.map { [$0] }, name: name)
    var addresses = [address].compactMap(\.self)
    var names = [name].compactMap(\.self)
    for observable in exported.observables {
      switch observable {
      case .address(let address): addresses.append(address.description)
      case .name(let name): names.append(name)
      }
    }
    related =
      addresses.isEmpty && names.isEmpty
      ? nil : Related(ip: OCSF.some(addresses), hosts: OCSF.some(names))
    organization = Organization(name: siteName)
    message = incident.title
    labels = Labels(
      decision: incident.decision.rawValue, status: incident.status.rawValue,
      recommendation: incident.recommendation.rawValue)
  }

  private static func threat(_ incident: ReportedIncident) -> Threat? {
    let techniques = incident.techniques.compactMap(AttackTechnique.of)
    let tactics = incident.tactics.compactMap(AttackTactic.of)
    guard !techniques.isEmpty || !tactics.isEmpty else { return nil }
    var whole: [AttackTechnique] = []
    for technique in techniques.map({ $0.parent ?? $0 }) where !whole.contains(technique) {
      whole.append(technique)
    }
    let parts = techniques.filter { $0.parent != nil }
    return Threat(
      technique: whole.isEmpty
        ? nil
        : Threat.Technique(
          id: whole.map(\.id), name: whole.map(\.name),
          subtechnique: parts.isEmpty
            ? nil : Threat.Subtechnique(id: parts.map(\.id), name: parts.map(\.name))),
      tactic: tactics.isEmpty
        ? nil : Threat.Tactic(id: tactics.map(\.id), name: tactics.map(\.name)))
  }

  /// A line for each incident that a person is or was asked about.
  package static func lines(_ incidents: [ExportedIncident], siteName: String) throws -> String {
    try incidents.filter(\.isAsked)
      .map { try JSONText.line(ECSAlert($0, siteName: siteName)) }.joined()
  }
}
