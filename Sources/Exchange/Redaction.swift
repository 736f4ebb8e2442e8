import Columnar
import Events
import Incidents

/// What of an incident may be told to others. Without `includesInternal`, only public addresses outside
/// the site and names that are not the site's; no free text, since it names hosts and users.
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

  /// - Parameter hosts: names of hosts of the site; all names in the domains of theirs that have more
  ///   than two labels are taken for the site's, too.
  package init(includesInternal: Bool, networks: SiteNetworks, hosts: [String]) {
    self.includesInternal = includesInternal
    self.networks = networks
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

  /// The entity's address and name, where internals may be told.
  func own(_ exported: ExportedIncident) -> [Observable] {
    guard includesInternal else { return [] }
    return [exported.address.map { .address($0) }, exported.hostname.map { .name($0) }]
      .compactMap { $0 }
  }

  /// The other ends that may be told.
  func others(_ exported: ExportedIncident) -> [Observable] {
    // The other end of a sign-in is a user's or a host of the site.
    let findings = exported.findings.filter { includesInternal || $0.detector != "auth" }
    let own = own(exported)
    return ExportedIncident(exported.incident, findings: findings).observables.filter {
      switch $0 {
      case _ where own.contains($0): false
      case .address(let address): allows(address)
      case .name(let name): allows(name: name)
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
