import Events
import Incidents

/// `incidents.jsonl`: an incident of a day as a Detection Finding (class 2004 of OCSF 1.5.0).
package struct OCSFDetectionFinding: Encodable {
  let activityId: Int
  let activityName: String
  let categoryUid = 2
  let categoryName = "Findings"
  let classUid = 2004
  let className = "Detection Finding"
  let typeUid: Int
  let time: Int64
  let startTime: Int64
  let endTime: Int64
  /// Findings behind it, told or not.
  let count: Int
  let severityId: Int
  let severity: String
  let confidenceScore: Int
  let statusId: Int
  let status: String
  let isAlert: Bool
  let message: String
  let metadata: OCSF.Metadata
  let findingInfo: OCSF.FindingInfo
  let resources: [OCSF.Resource]
  let observables: [OCSF.Observable]?
  let evidences: [OCSF.Evidence]?
  let anomalyAnalyses: [OCSF.AnomalyAnalysis]?

  package init(_ exported: ExportedIncident, siteName: String) {
    let incident = exported.incident
    let isNew = incident.status == .new
    activityId = isNew ? 1 : 2
    activityName = isNew ? "Create" : "Update"
    typeUid = classUid * 100 + activityId
    time = OCSF.milliseconds(incident.lastSeen)
    startTime = OCSF.milliseconds(incident.firstSeen)
    endTime = time
    count = max(1, exported.findings.count)
    (severityId, severity) = OCSF.severity(incident.severity)
    confidenceScore = Int((incident.confidence * 100).rounded())
    // Whether anybody looked at one that goes on is the registry's to say.
    statusId = isNew ? 1 : 0
    status = isNew ? "New" : "Unknown"
    isAlert = incident.decision == .decide
    message = incident.title
    metadata = OCSF.Metadata(uid: "\(incident.id) \(incident.day)", tenantUid: siteName)
    findingInfo = OCSF.FindingInfo(incident)
    resources = [OCSF.Resource(exported)]
    evidences = OCSF.some(exported.told.map(OCSF.Evidence.init))
    anomalyAnalyses = OCSF.some(exported.told.compactMap(OCSF.AnomalyAnalysis.init))
    observables = OCSF.some(OCSF.observables(exported))
  }

  /// A line for each incident that a person is or was asked about.
  package static func lines(_ incidents: [ExportedIncident], siteName: String) throws -> String {
    try incidents.filter(\.isAsked)
      .map { try JSONText.line(OCSFDetectionFinding($0, siteName: siteName), snakeCase: true) }
      .joined()
  }
}

extension OCSF {
  /// Informational is 1, Critical 5.
  static func severity(_ severity: Severity) -> (id: Int, caption: String) {
    let captions = ["Informational", "Low", "Medium", "High", "Critical"]
    return (severity.rawValue + 1, captions[severity.rawValue])
  }

  /// A list that has items: an attribute without any is left out.
  static func some<Item>(_ items: [Item]) -> [Item]? { items.isEmpty ? nil : items }

  static func observables(_ exported: ExportedIncident) -> [Observable] {
    var all: [Observable] = []
    if let address = exported.address {
      all.append(Observable(address: address, at: "resources.ip"))
    }
    if let hostname = exported.hostname {
      all.append(Observable(hostname: hostname, at: "resources.hostname"))
    }
    let told = ExportedIncident(exported.incident, findings: Array(exported.told))
    return all
      + told.observables.map {
        switch $0 {
        case .address(let address): Observable(address: address, at: "evidences.data.peer")
        case .name(let name): Observable(hostname: name, at: "evidences.data.peer")
        }
      }
  }
}
