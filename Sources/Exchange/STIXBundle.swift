import Columnar
import Events
import Incidents

/// Incidents as a STIX 2.1 bundle: for each, a grouping of what was observed and the techniques
/// that it may be a sign of. Nothing is stated to be malicious: there are no indicators.
package struct STIXBundle: Encodable {
  /// Where STIX's deterministic identifiers come from (STIX 2.1 §2.9).
  private static let observableNamespace: [UInt8] = [
    0x00, 0xAB, 0xED, 0xB4, 0xAA, 0x42, 0x46, 0x6C, 0x9C, 0x01, 0xFE, 0xD2, 0x33, 0x15, 0xA9, 0xB7,
  ]
  /// Identities and techniques are the same objects in every bundle, so their times are, too: the
  /// day of ATT&CK 17.
  private static let fixedTime = "2025-04-22T00:00:00.000Z"

  /// Any of the objects: those that a type of object lacks are nil.
  struct Object: Encodable {
    let type: String
    let specVersion = "2.1"
    let id: String
    var createdByRef: String?
    var created: String?
    var modified: String?
    var name: String?
    var identityClass: String?
    var value: String?
    var description: String?
    var externalReferences: [ExternalReference]?
    var firstObserved: String?
    var lastObserved: String?
    var numberObserved: Int?
    var context: String?
    var objectRefs: [String]?
  }

  struct ExternalReference: Encodable {
    let sourceName: String
    let externalId: String
    let url: String
  }

  let type = "bundle"
  let id: String
  let objects: [Object]

  /// - Parameter incidents: each once, as its last day has it.
  init(_ incidents: [ExportedIncident], siteName: String, redaction: Redaction) throws {
    let identity = Object(
      type: "identity", id: STIXBundle.id("identity", siteName), created: STIXBundle.fixedTime,
      modified: STIXBundle.fixedTime, name: siteName, identityClass: "organization")
    var objects = [identity]
    var known: Set<String> = [identity.id]
    for exported in incidents {
      for object in try STIXBundle.objects(of: exported, by: identity, redaction)
      where known.insert(object.id).inserted {
        objects.append(object)
      }
    }
    self.objects = objects
    id = STIXBundle.id("bundle", objects.map(\.id).joined(separator: " "))
  }

  private static func objects(
    of exported: ExportedIncident, by identity: Object, _ redaction: Redaction
  ) throws -> [Object] {
    let incident = exported.incident
    let identifier = redaction.identifier(incident)
    let (first, last) = (timestamp(incident.firstSeen), timestamp(incident.lastSeen))
    let observables = try (redaction.own(exported) + redaction.others(exported)).map(object)
    var objects = observables
    if !observables.isEmpty {
      objects.append(
        Object(
          type: "observed-data", id: id("observed-data", identifier), createdByRef: identity.id,
          created: first, modified: last, firstObserved: first, lastObserved: last,
          numberObserved: max(1, incident.sightings), objectRefs: observables.map(\.id)))
    }
    objects += incident.techniques.compactMap(AttackTechnique.of).map { technique in
      Object(
        type: "attack-pattern", id: id("attack-pattern", technique.id),
        createdByRef: identity.id, created: fixedTime, modified: fixedTime, name: technique.name,
        externalReferences: [
          ExternalReference(
            sourceName: "mitre-attack", externalId: technique.id,
            url: "https://attack.mitre.org/techniques/"
              + technique.id.split(separator: ".").joined(separator: "/"))
        ])
    }
    objects.append(
      Object(
        type: "grouping", id: id("grouping", identifier), createdByRef: identity.id,
        created: first, modified: last, name: redaction.title(incident),
        description: redaction.text(incident), context: "suspicious-activity",
        objectRefs: [identity.id] + objects.map(\.id)))
    return objects
  }

  private static func object(_ observable: Observable) -> Object {
    let type =
      switch observable {
      case .address(let address): address.ipv4 == nil ? "ipv6-addr" : "ipv4-addr"
      case .name: "domain-name"
      }
    // The canonical JSON (RFC 8785) of the property that identifies it; its characters need no
    // escapes.
    let identifying = "{\"value\":\"\(observable.text)\"}"
    return Object(
      type: type,
      id: "\(type)--" + IncidentIdentity.uuid(namespace: observableNamespace, name: identifying),
      value: observable.text)
  }

  private static func id(_ type: String, _ name: String) -> String {
    // STIX's own namespace is for observables only.
    "\(type)--" + IncidentIdentity.uuid(["stix", type, name])
  }

  /// With milliseconds, which STIX recommends for `created` and `modified`.
  private static func timestamp(_ instant: Instant) -> String {
    Quantity.timestamp(instant).dropLast() + ".000Z"
  }

  /// The bundle's file.
  package static func file(
    _ incidents: [ExportedIncident], siteName: String, redaction: Redaction
  ) throws -> String {
    try JSONText.file(
      try STIXBundle(incidents, siteName: siteName, redaction: redaction), snakeCase: true)
  }
}
