import Columnar
import Events

/// An address given to somebody, or given back: a row of a day's `dhcp` or `vpn` events.
package struct LeaseEvent: Sendable {
  package enum Kind: Sendable { case given, ended }

  package let kind: Kind
  /// When it was given or ended.
  package let moment: Instant
  /// When what ended began; `moment` where that is not known.
  package let since: Instant
  /// Nil for the end of a VPN session that names none.
  package let address: Address?
  package let holder: Lease.Holder

  package init(
    _ kind: Kind, at moment: Instant, since: Instant? = nil, address: Address?,
    holder: Lease.Holder
  ) {
    self.kind = kind
    self.moment = moment
    self.since = since ?? moment
    self.address = address
    self.holder = holder
  }

  /// The rows of a day's `dhcp` events that give or end a lease of one of the addresses, or of one
  /// of the devices, whose MACs are as events of leases have them.
  package static func read(
    dhcp table: any BatchSource, of wanted: Set<Address>, devices known: Set<String> = []
  ) throws -> [LeaseEvent] {
    var events: [LeaseEvent] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (times, actions) = (batch[Event.time], batch[Event.action])
      let (assigned, devices) = (batch[Event.assignedAddress], batch[Event.sourceMAC])
      let hostnames = batch[Event.sourceHost]
      for row in 0..<batch.rowCount {
        guard let address = assigned[row], wanted.contains(address) || !known.isEmpty,
          let kind = Kind(actions[row])
        else { continue }
        let (mac, hostname) = (devices[row].map(macText), hostnames[row])
        guard mac != nil || hostname != nil,
          wanted.contains(address) || mac.map(known.contains) == true
        else { continue }
        events.append(
          LeaseEvent(
            kind, at: times.value(row), address: address,
            holder: .device(mac: mac, hostname: hostname)))
      }
    }
    return events
  }

  /// The rows of a day's `vpn` events that give one of the addresses to a user, and those that end
  /// a session of one of them or without an address.
  package static func read(vpn table: any BatchSource, of wanted: Set<Address>) throws
    -> [LeaseEvent]
  {
    var events: [LeaseEvent] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (times, ends, actions) = (batch[Event.time], batch[Event.end], batch[Event.action])
      let (assigned, remotes) = (batch[Event.assignedAddress], batch[Event.sourceAddress])
      let (names, domains, sessions) = (
        batch[Event.userName], batch[Event.userDomain], batch[Event.id]
      )
      for row in 0..<batch.rowCount {
        guard let kind = Kind(actions[row]), let user = names[row] else { continue }
        let address = assigned[row]
        guard address.map(wanted.contains) ?? (kind == .ended) else { continue }
        let time = times.value(row)
        events.append(
          LeaseEvent(
            kind, at: kind == .ended ? ends[row] ?? time : time, since: time, address: address,
            holder: .user(
              name: domains[row].map { "\($0)\\\(user)" } ?? user,
              remote: remotes[row]?.description, session: sessions[row])))
      }
    }
    return events
  }

  /// `00:11:22:33:44:55` for twelve hexadecimal digits however they are parted; other text stays.
  private static func macText(_ text: String) -> String {
    let digits = text.lowercased().filter { !":-.".contains($0) }
    guard digits.utf8.count == 12, digits.allSatisfy(\.isHexDigit) else { return text }
    return stride(from: 0, to: 12, by: 2).map { digits.dropFirst($0).prefix(2) }
      .joined(separator: ":")
  }
}

extension LeaseEvent.Kind {
  /// From `event_action`: nil for what is refused, and for what is not known.
  fileprivate init?(_ action: String?) {
    switch action {
    case nil, "start", "success": self = .given
    case "end": self = .ended
    default: return nil
    }
  }
}
