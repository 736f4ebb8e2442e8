import Columnar
import Events
import Incidents

/// An incident as an event of MISP's core format (draft-dulaunoy-misp-core-format). Nothing in it
/// is meant for blocking: `to_ids` is false throughout.
package struct MISPEvent: Encodable {
  struct Organisation: Encodable {
    let name: String
    let uuid: String
  }

  struct Attribute: Encodable {
    let uuid: String
    let type: String
    let category: String
    let value: String
    let toIDs = false
    /// As the event's.
    let distribution = "5"
    let timestamp: String

    private enum CodingKeys: String, CodingKey {
      case uuid, type, category, value, distribution, timestamp
      case toIDs = "to_ids"
    }
  }

  struct Tag: Encodable {
    let name: String
  }

  let uuid: String
  let info: String
  let date: String
  /// 1 high, 2 medium, 3 low, 4 undefined.
  let threatLevelID: String
  /// 0 initial.
  let analysis = "0"
  /// 0 your organisation only.
  let distribution = "0"
  let published = false
  let timestamp: String
  let organisation: Organisation
  let attributes: [Attribute]
  let tags: [Tag]

  private enum CodingKeys: String, CodingKey {
    case uuid, info, date, analysis, distribution, published, timestamp
    case threatLevelID = "threat_level_id"
    case organisation = "Orgc"
    case attributes = "Attribute"
    case tags = "Tag"
  }

  init(_ exported: ExportedIncident, siteName: String, redaction: Redaction) throws {
    let incident = exported.incident
    let identifier = redaction.identifier(incident)
    let seconds = "\(incident.lastSeen.microseconds.flooredQuotient(by: 1_000_000))"
    uuid = identifier
    info = redaction.title(incident)
    date = incident.day.description
    threatLevelID =
      switch incident.severity {
      case .critical, .high: "1"
      case .medium: "2"
      case .low: "3"
      case .info: "4"
      }
    timestamp = seconds
    organisation = Organisation(name: siteName, uuid: IncidentIdentity.uuid(["misp", siteName]))
    func attribute(_ type: String, _ category: String, _ value: String) -> Attribute {
      Attribute(
        uuid: IncidentIdentity.uuid(["misp", identifier, type, value]), type: type,
        category: category, value: value, timestamp: seconds)
    }
    func hosts(_ observables: [Observable], _ addressType: String, _ nameType: String)
      -> [Attribute]
    {
      observables.map {
        attribute($0.isAddress ? addressType : nameType, "Network activity", $0.text)
      }
    }
    attributes =
      [attribute("comment", "Other", redaction.text(incident))]
      + hosts(redaction.own(exported), "ip-src", "hostname")
      + hosts(try redaction.others(exported), "ip-dst", "domain")
    tags = incident.techniques.compactMap(AttackTechnique.of).map {
      Tag(name: "misp-galaxy:mitre-attack-pattern=\"\($0.name) - \($0.id)\"")
    }
  }

  private struct Response: Encodable {
    struct Item: Encodable {
      let event: MISPEvent
      private enum CodingKeys: String, CodingKey { case event = "Event" }
    }
    let response: [Item]
  }

  /// A file of events, as MISP exports and imports several.
  package static func file(
    _ incidents: [ExportedIncident], siteName: String, redaction: Redaction
  ) throws -> String {
    try JSONText.file(
      Response(
        response: try incidents.map {
          Response.Item(event: try MISPEvent($0, siteName: siteName, redaction: redaction))
        }))
  }
}
