import Columnar
import Events

/// A time for which somebody had an address of the site, as DHCP and VPN logs tell.
package struct Lease: Hashable, Sendable {
  package let address: Address
  package fileprivate(set) var holder: Holder
  /// When it was first given, of what the logs at hand show.
  package let since: Instant
  /// When it was last given again.
  package fileprivate(set) var renewed: Instant
  /// When it was given back, or given to somebody else; nil where neither is known.
  package fileprivate(set) var until: Instant?

  package enum Holder: Hashable, Sendable {
    /// By DHCP; one of both is there.
    case device(mac: String?, hostname: String?)
    /// By a VPN; `remote` is the address from which.
    case user(name: String, remote: String?, session: String?)
  }

  package var hostname: String? {
    if case .device(_, let hostname) = holder { hostname } else { nil }
  }

  /// "laptop-3", "anna"
  package var name: String {
    switch holder {
    case .device(let mac, let hostname): hostname ?? mac ?? ""
    case .user(let name, _, _): name
    }
  }

  func overlaps(_ window: Range<Instant>) -> Bool {
    since < window.upperBound && until.map { $0 > window.lowerBound } ?? true
  }

  /// "10.20.1.7 was laptop-3 (00:11:22:33:44:55) by a lease of 08:12, until 12:00"
  package func text(on day: CivilDate, calendar: CivilCalendar) -> String {
    let clock = DayClockText(day: day, calendar: calendar)
    var text: String
    switch holder {
    case .device(let mac, let hostname):
      let device = mac.map { mac in hostname.map { "\($0) (\(mac))" } ?? mac } ?? name
      text = "\(address) was \(device) by a lease of \(clock.text(since))"
      if clock.text(renewed) != clock.text(since) { text += ", renewed \(clock.text(renewed))" }
    case .user(let name, let remote, _):
      let origin = remote.map { " from \($0)" } ?? ""
      text = "\(address) was \(name) by VPN\(origin), since \(clock.text(since))"
    }
    return text + (until.map { ", until \(clock.text($0))" } ?? "")
  }
}

extension Lease.Holder {
  fileprivate var mac: String? { if case .device(let mac, _) = self { mac } else { nil } }

  /// Whether it is who had the address before. A device is known by its MAC where both have one.
  fileprivate func isSame(_ other: Lease.Holder) -> Bool {
    switch (self, other) {
    case (.device(let mac?, _), .device(let otherMAC?, _)): mac == otherMAC
    case (.device(_, let hostname), .device(_, let otherHostname)): hostname == otherHostname
    case (.user(let name, _, _), .user(let otherName, _, _)): name == otherName
    default: false
    }
  }

  /// With what the log says this time, and what it said before where it says less.
  fileprivate func updated(by other: Lease.Holder) -> Lease.Holder {
    switch (self, other) {
    case (.device(let mac, let hostname), .device(let newMAC, let newHostname)):
      .device(mac: newMAC ?? mac, hostname: newHostname ?? hostname)
    case (.user(_, let remote, let session), .user(let name, let newRemote, let newSession)):
      .user(name: name, remote: newRemote ?? remote, session: newSession ?? session)
    default: other
    }
  }
}

/// Who had which addresses, folded from leases as they were given and given back.
package struct LeaseHistory: Sendable {
  private var leases: [Address: [Lease]] = [:]

  /// - Parameter events: in any order; equal moments stay in it.
  package init(_ events: [LeaseEvent]) {
    let inOrder = events.enumerated().sorted {
      ($0.element.moment, $0.offset) < ($1.element.moment, $1.offset)
    }
    for event in inOrder.map(\.element) {
      switch event.kind {
      case .given: if let address = event.address { give(address, event) }
      case .ended: end(event)
      }
    }
  }

  /// Who had an address during a window, in order.
  package func leases(of address: Address, during window: Range<Instant>) -> [Lease] {
    (leases[address] ?? []).filter { $0.overlaps(window) }.enumerated()
      .sorted { ($0.element.since, $0.offset) < ($1.element.since, $1.offset) }.map(\.element)
  }

  /// The place of an address's lease that has no end; there is at most one.
  private func openLease(_ address: Address) -> (place: Int, lease: Lease)? {
    guard let known = leases[address], let place = known.lastIndex(where: { $0.until == nil })
    else { return nil }
    return (place, known[place])
  }

  private mutating func give(_ address: Address, _ event: LeaseEvent) {
    let open = openLease(address)
    // A device has one open lease at most: where it is this one, no other is to be ended.
    if case .device(let mac?, _) = event.holder, open?.lease.holder.mac != mac {
      endLeases(of: mac, but: address, event.moment)
    }
    if let (place, lease) = open {
      if lease.holder.isSame(event.holder) {
        leases[address]?[place].holder = lease.holder.updated(by: event.holder)
        leases[address]?[place].renewed = event.moment
        return
      }
      leases[address]?[place].until = event.moment
    }
    leases[address, default: []].append(
      Lease(address: address, holder: event.holder, since: event.moment, renewed: event.moment))
  }

  /// Ends what a device that was given another address had: hardly any gives an address back.
  private mutating func endLeases(of mac: String, but kept: Address, _ moment: Instant) {
    for address in leases.keys where address != kept {
      if let (place, lease) = openLease(address), case .device(mac, _) = lease.holder {
        leases[address]?[place].until = moment
      }
    }
  }

  private mutating func end(_ event: LeaseEvent) {
    guard let address = event.address else { return endSession(event) }
    if let (place, lease) = openLease(address), lease.holder.isSame(event.holder) {
      leases[address]?[place].until = event.moment
    } else if event.since < event.moment {
      // The log says when it began, and showed no beginning.
      leases[address, default: []].append(
        Lease(
          address: address, holder: event.holder, since: event.since, renewed: event.since,
          until: event.moment))
    }
  }

  /// Ends the open leases of a VPN session whose end names no address.
  private mutating func endSession(_ event: LeaseEvent) {
    guard case .user(let name, let remote, let session) = event.holder else { return }
    for address in leases.keys {
      guard let (place, lease) = openLease(address),
        case .user(name, let leaseRemote, let leaseSession) = lease.holder
      else { continue }
      let isSame =
        session != nil && leaseSession != nil ? session == leaseSession : remote == leaseRemote
      if isSame { leases[address]?[place].until = event.moment }
    }
  }
}

/// Moments of a day as its clocks show them, with the date where it is another day.
struct DayClockText {
  let day: CivilDate
  let calendar: CivilCalendar

  /// "08:12", "2026-03-24 08:12"
  func text(_ instant: Instant) -> String {
    let text = Quantity.clock(instant, calendar: calendar)
    return calendar.day(of: instant) == day ? String(text.suffix(5)) : text
  }
}
