import Columnar
import Events
import Incidents

/// Objects of the Open Cybersecurity Schema Framework, with the attributes that findings use. Names
/// in camel case here are in snake case in the schema.
enum OCSF {
  /// The first release that has `anomaly_analyses`.
  static let schemaVersion = "1.5.0"

  static func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }

  static func milliseconds(_ instant: Instant) -> Int64 {
    instant.microseconds.flooredQuotient(by: 1000)
  }

  struct Metadata: Encodable {
    let version = OCSF.schemaVersion
    let product = Product()
    let uid: String
    /// The site.
    let tenantUid: String
    var profiles: [String]?
  }

  struct Product: Encodable {
    let name = "Tidemark"
    let vendorName = "Tidemark"
  }

  struct FindingInfo: Encodable {
    let uid: String
    let title: String
    let desc: String
    let firstSeenTime: Int64
    let lastSeenTime: Int64
    let types: [String]
    let analytic: Analytic
    let relatedAnalytics: [Analytic]?
    let attacks: [Attack]?

    init(_ incident: ReportedIncident) {
      uid = incident.id
      title = incident.title
      desc = incident.explanation
      firstSeenTime = OCSF.milliseconds(incident.firstSeen)
      lastSeenTime = OCSF.milliseconds(incident.lastSeen)
      types = incident.detectors.map { DetectorKind.of($0).headline }
      analytic = Analytic(incident.leadingDetector)
      let others = incident.detectors.filter { $0 != incident.leadingDetector }
      relatedAnalytics = others.isEmpty ? nil : others.map(Analytic.init)
      attacks = OCSF.some(OCSF.attacks(incident))
    }
  }

  /// A detector.
  struct Analytic: Encodable {
    let uid: String
    let name: String
    let typeId: Int
    let type: String

    init(_ detector: String) {
      uid = detector
      name = DetectorKind.of(detector).headline
      switch detector {
      case "indicators", "ids": (typeId, type) = (1, "Rule")
      case "forest": (typeId, type) = (4, "Learning (ML/DL)")
      default: (typeId, type) = (3, "Statistical")
      }
    }
  }

  struct Named: Encodable {
    let uid: String
    let name: String
  }

  struct Attack: Encodable {
    var tactic: Named?
    var technique: Named?
    var subTechnique: Named?
    let version = AttackTechnique.attackVersion
  }

  /// The incident's techniques with their tactics, and the tactics that no technique stands for.
  static func attacks(_ incident: ReportedIncident) -> [Attack] {
    let techniques = incident.techniques.compactMap(AttackTechnique.of)
    let stood = techniques.compactMap(\.tactic)
    let tactics = incident.tactics.compactMap(AttackTactic.of).filter { !stood.contains($0) }
    return techniques.map { technique in
      let own = Named(uid: technique.id, name: technique.name)
      return Attack(
        tactic: technique.tactic.map { Named(uid: $0.id, name: $0.name) },
        technique: technique.parent.map { Named(uid: $0.id, name: $0.name) } ?? own,
        subTechnique: technique.parent.map { _ in own })
    } + tactics.map { Attack(tactic: Named(uid: $0.id, name: $0.name)) }
  }

  struct Resource: Encodable {
    let uid: String
    let name: String
    let type: String
    let ip: String?
    let hostname: String?

    init(_ exported: ExportedIncident) {
      uid = exported.incident.entity
      name = exported.hostname ?? exported.incident.entity
      type = OCSF.targetType(exported.incident.kind)
      ip = exported.address?.description
      hostname = exported.hostname
    }
  }

  static func targetType(_ kind: EntityKind) -> String {
    switch kind {
    case .host: "host"
    case .internet: "outside addresses"
    case .site: "network"
    }
  }

  struct Observable: Encodable {
    /// Where in the finding the value stands.
    let name: String
    let typeId: Int
    let type: String
    let value: String

    init(hostname: String, at name: String) {
      (self.name, typeId, type, value) = (name, 1, "Hostname", hostname)
    }

    init(address: Address, at name: String) {
      (self.name, typeId, type, value) = (name, 2, "IP Address", address.description)
    }
  }

  /// A finding as it is stored: its `data` has the names of `scores.arrow`.
  struct Evidence: Encodable {
    struct Content: Encodable {
      let entity: String
      let detector: String
      let windowStart: String
      let windowEnd: String
      /// Nil where it is not finite, which JSON can't say.
      let rawScore: Double?
      let pValue: Double
      let floor: Double
      /// As `rawScore`: nil where no score is certain.
      let ceiling: Double?
      let peer: String?
      let cause: String?
    }
    let name: String
    let data: Content

    init(_ finding: Finding) {
      name = DetectorKind.of(finding.detector).headline
      data = Content(
        entity: finding.entity, detector: finding.detector,
        windowStart: Quantity.timestamp(finding.window.lowerBound),
        windowEnd: Quantity.timestamp(finding.window.upperBound),
        rawScore: OCSF.finite(finding.rawScore), pValue: finding.pValue, floor: finding.floor,
        ceiling: OCSF.finite(finding.ceiling),
        peer: finding.peer, cause: finding.cause)
    }
  }
}
