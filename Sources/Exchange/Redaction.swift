import Columnar
import Cryptography
import Events
import FoundationEssentials
import Incidents

/// What of an incident may be told to others. Without `includesInternal`, only public addresses
/// outside the site and names that are not the site's; no free text, since it names hosts and
/// users.
package struct Redaction: Sendable {
  /// Suffixes of names that are nobody's on the Internet (RFC 6761, RFC 6762, RFC 8375 and habit).
  private static let localSuffixes = [
    "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "private", "test",
  ]

  private let includesInternal: Bool
  private let networks: SiteNetworks
  private let siteNames: Set<String>
  private let siteDomains: Set<String>
  private let key: SecretKey
  private let original: @Sendable (Address) throws -> Address

  /// - Parameters:
  ///   - networks: of the site, as the store shows them.
  ///   - hosts: names of hosts of the site; all names in the domains of theirs that have more than
  ///     two labels are taken for the site's, too.
  ///   - secret: keys the identifiers in the file.
  ///   - original: the address behind one of the store.
  package init(
    includesInternal: Bool, networks: SiteNetworks, hosts: [String], secret: UInt64,
    original: @escaping @Sendable (Address) throws -> Address = { $0 }
  ) {
    self.includesInternal = includesInternal
    self.networks = networks
    key = SecretKey(withUnsafeBytes(of: secret.littleEndian) { Array($0) })
    self.original = original
    let names = hosts.map { $0.lowercased() }.filter { Address($0) == nil }
    siteNames = Set(names)
    siteDomains = Set(
      names.compactMap { name in
        let labels = name.split(separator: ".")
        return labels.count > 2 ? labels.dropFirst().joined(separator: ".") : nil
      })
  }

  func allows(_ address: Address) -> Bool {
    includesInternal || address.isPublic && !networks.contains(address)
  }

  func allows(name: String) -> Bool {
    if includesInternal { return true }
    let labels = name.lowercased().split(separator: ".").map(String.init)
    guard labels.count > 1, let last = labels.last, !Redaction.localSuffixes.contains(last),
      !siteNames.contains(labels.joined(separator: "."))
    else { return false }
    return !labels.indices.contains {
      siteDomains.contains(labels[$0...].joined(separator: "."))
    }
  }

  /// The incident's identifier in the file. Its own is made of the entity's address, which those
  /// who know the site's name could find by trying all: others get a UUID of the HMAC-SHA-256 of
  /// it.
  func identifier(_ incident: ReportedIncident) -> String {
    if includesInternal { return incident.id }
    let code = key.authenticationCode(of: Array(incident.id.utf8))
    return IncidentIdentity.uuid(["redacted", hexadecimal(code)])
  }

  /// The entity's address and name, where internals may be told.
  func own(_ exported: ExportedIncident) -> [Observable] {
    guard includesInternal else { return [] }
    return [exported.address.map { .address($0) }, exported.hostname.map { .name($0) }]
      .compactMap { $0 }
  }

  /// The other ends that may be told.
  func others(_ exported: ExportedIncident) throws -> [Observable] {
    // The other end of a sign-in is a user's or a host of the site.
    let findings = exported.findings.filter { includesInternal || $0.detector != "auth" }
    let own = own(exported)
    let others = ExportedIncident(exported.incident, findings: findings).observables
    return try others.filter { !own.contains($0) }.compactMap { observable in
      switch observable {
      case .address(let address):
        return allows(address) ? .address(try original(address)) : nil
      case .name(let name): return allows(name: name) ? observable : nil
      }
    }
  }

  /// What an incident is about, in a line.
  func title(_ incident: ReportedIncident) -> String {
    includesInternal ? incident.title : DetectorKind.of(incident.leadingDetector).headline
  }

  /// What was seen, in words.
  func text(_ incident: ReportedIncident) -> String {
    includesInternal
      ? incident.explanation
      : incident.detectors.map { DetectorKind.of($0).headline }.joined(separator: "; ")
  }
}
