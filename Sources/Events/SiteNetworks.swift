import Columnar

/// Which addresses are the site's own.
package struct SiteNetworks: Sendable {
  package let networks: [Network]

  package init(_ networks: [Network]) { self.networks = networks }

  package func contains(_ address: Address) -> Bool {
    networks.contains { $0.contains(address) }
  }
}

/// From where to where a conversation goes, seen from the site.
package enum Direction: String, Sendable {
  case inbound, outbound, `internal`, external

  package init(sourceIsInternal: Bool, destinationIsInternal: Bool) {
    switch (sourceIsInternal, destinationIsInternal) {
    case (true, true): self = .internal
    case (true, false): self = .outbound
    case (false, true): self = .inbound
    case (false, false): self = .external
    }
  }
}
