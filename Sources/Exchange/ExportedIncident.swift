import Columnar
import Events
import Incidents

/// A day's incident with the findings behind it: what formats for other programs are written from.
package struct ExportedIncident: Sendable {
  /// Findings that are told one by one; the rest are counted.
  static let toldFindingCount = 20

  package let incident: ReportedIncident
  /// Strongest first.
  package let findings: [Finding]

  package init(_ incident: ReportedIncident, findings: [Finding]) {
    self.incident = incident
    self.findings = findings
  }

  package init(_ incident: Incident) {
    self.init(ReportedIncident(incident), findings: incident.findings)
  }

  /// A day's incidents with their findings, in order.
  package static func all(_ incidents: [ReportedIncident], findings: [Finding])
    -> [ExportedIncident]
  {
    let findings = FindingsByEntity(findings)
    return incidents.map {
      ExportedIncident($0, findings: findings.of($0, among: incidents))
    }
  }

  /// Whether a person is or was asked about it: only such leave the report as findings.
  package var isAsked: Bool { incident.decision.isAsked }

  var told: ArraySlice<Finding> { findings.prefix(ExportedIncident.toldFindingCount) }

  /// The entity's address, where it is one.
  var address: Address? { Address(incident.entity) }

  /// The entity's name, where one is known.
  var hostname: String? {
    incident.hostname ?? (incident.kind == .host && address == nil ? incident.entity : nil)
  }

  /// The other ends of its findings that are addresses or names of hosts, each once.
  var observables: [Observable] {
    var seen: Set<Observable> = []
    return findings.compactMap(Observable.init).filter { seen.insert($0).inserted }
  }
}

/// The other end of a finding, as other programs know it.
enum Observable: Hashable {
  case address(Address)
  case name(String)

  /// Nil where the finding names no host: peers of alerts are rules, those of sign-ins begin with a
  /// user.
  init?(_ finding: Finding) {
    guard finding.detector != "ids", let host = finding.peerHost else { return nil }
    if let address = Address(host) {
      self = .address(address)
    } else if DomainName.isValid(host) {
      self = .name(host)
    } else {
      return nil
    }
  }

  var isAddress: Bool {
    switch self {
    case .address: true
    case .name: false
    }
  }

  var text: String {
    switch self {
    case .address(let address): address.description
    case .name(let name): name
    }
  }
}

/// Names of hosts in the Domain Name System.
enum DomainName {
  /// Whether a text is two or more labels of letters, digits, hyphens and underscores, of which the
  /// last is no number (RFC 1123 §2.1).
  static func isValid(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, text.utf8.count <= 253, let last = labels.last else { return false }
    return labels.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy(isLabelByte) }
      && !last.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
