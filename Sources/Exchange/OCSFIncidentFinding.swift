import Columnar
import Events
import Incidents
import Registry

/// An incident over all its days, with what people did about it, as an Incident Finding (class 2005
/// of OCSF 1.5.0).
package struct OCSFIncidentFinding: Encodable {
  struct User: Encodable {
    let name: String
  }
  struct Group: Encodable {
    let name: String
  }

  let activityId: Int
  let activityName: String
  let categoryUid = 2
  let categoryName = "Findings"
  let classUid = 2005
  let className = "Incident Finding"
  let typeUid: Int
  let time: Int64
  let startTime: Int64
  let endTime: Int64
  /// Days on which it was seen.
  let count: Int
  let severityId: Int
  let severity: String
  let confidenceScore: Int
  let statusId: Int
  let status: String
  let verdictId: Int
  let verdict: String
  let message: String
  let desc: String
  let comment: String?
  let metadata: OCSF.Metadata
  let findingInfoList: [OCSF.FindingInfo]
  let attacks: [OCSF.Attack]?
  let assignee: User?
  /// The class demands an assignee or a group.
  let assigneeGroup: Group?

  init(_ incident: Case, siteName: String) {
    let (latest, record) = (incident.latest, incident.record)
    let closedAt = record.closing.map { OCSF.milliseconds($0.at) }
    switch (record.closing != nil, incident.days.count) {
    case (true, _): (activityId, activityName) = (3, "Close")
    case (false, 1): (activityId, activityName) = (1, "Create")
    case (false, _): (activityId, activityName) = (2, "Update")
    }
    switch (record.status, record.assignee) {
    case (.closed, _): (statusId, status) = (5, "Closed")
    case (.open, nil): (statusId, status) = (1, "New")
    default: (statusId, status) = (2, "In Progress")
    }
    switch record.label?.verdict {
    case .truePositive: (verdictId, verdict) = (2, "True Positive")
    case .falsePositive: (verdictId, verdict) = (1, "False Positive")
    case .benign: (verdictId, verdict) = (5, "Benign")
    case .unsure: (verdictId, verdict) = (7, "Insufficient Data")
    case nil: (verdictId, verdict) = (0, "Unknown")
    }
    typeUid = classUid * 100 + activityId
    startTime = OCSF.milliseconds(latest.firstSeen)
    endTime = OCSF.milliseconds(latest.lastSeen)
    time = closedAt ?? endTime
    count = incident.days.count
    (severityId, severity) = OCSF.severity(incident.severity)
    confidenceScore = Int((latest.confidence * 100).rounded())
    message = latest.title
    desc = latest.explanation
    comment = record.closing.map { "cause: \($0.cause); lesson: \($0.lesson)" }
    metadata = OCSF.Metadata(uid: latest.id, tenantUid: siteName, profiles: ["incident"])
    findingInfoList = [OCSF.FindingInfo(latest)]
    attacks = OCSF.some(OCSF.attacks(latest))
    assignee = record.assignee.map(User.init)
    assigneeGroup = record.assignee == nil ? Group(name: "unassigned") : nil
  }

  /// A line for each incident.
  package static func lines(_ incidents: [Case], siteName: String) throws -> String {
    try incidents
      .map { try JSONText.line(OCSFIncidentFinding($0, siteName: siteName), snakeCase: true) }
      .joined()
  }
}
