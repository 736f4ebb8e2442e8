import Columnar
import Events
import Incidents

/// Folds leases out of bytes, five an event: what it is, of which address, whose, and two of when.
/// Who had an address does not depend on the order in which events of other moments are told, and
/// only one has it at a time as far as it was given.
enum LeaseCheck {
  static func fault(_ input: [UInt8]) -> String? {
    var events: [LeaseEvent] = []
    for start in stride(from: 0, to: input.count - 4, by: 5).prefix(200) {
      events.append(event(Array(input[start..<start + 5]), number: events.count))
    }
    let (history, backwards) = (LeaseHistory(events), LeaseHistory(events.reversed()))
    let always = Instant(microseconds: .min)..<Instant(microseconds: .max)
    for number in 0..<UInt32(addressCount) {
      let address = address(number)
      let leases = history.leases(of: address, during: always)
      guard leases == backwards.leases(of: address, during: always) else {
        return "\(address): other leases of the same events backwards"
      }
      guard leases.count(where: { $0.until == nil }) <= 1 else {
        return "\(address): had by two at the end"
      }
      for lease in leases {
        if let until = lease.until, until < lease.since {
          return "\(address): ends before it begins"
        }
        _ = lease.text(on: CivilDate(dayNumber: 0), calendar: CivilCalendar())
      }
    }
    return nil
  }

  private static let addressCount = 4

  private static func address(_ number: UInt32) -> Address { Address(ipv4: 0x0A00_0000 + number) }

  private static func event(_ bytes: [UInt8], number: Int) -> LeaseEvent {
    let kind: LeaseEvent.Kind = bytes[0] & 1 == 0 ? .given : .ended
    let isDevice = bytes[0] & 2 == 0
    // No two events are of one moment.
    let moment = (Int64(bytes[3]) << 8 | Int64(bytes[4])) * 1_000 + Int64(number)
    let (name, other) = (bytes[2] & 7, bytes[2] >> 3 & 3)
    let holder: Lease.Holder =
      isDevice
      ? .device(
        mac: other == 0 ? nil : "00:00:00:00:00:0\(name)", hostname: other == 1 ? nil : "h\(name)")
      : .user(
        name: "u\(name)", remote: other == 0 ? nil : "192.0.2.\(other)",
        session: other == 1 ? nil : "s\(other)")
    let hasAddress = kind == .given || isDevice || bytes[0] & 4 == 0
    return LeaseEvent(
      kind, at: Instant(microseconds: moment),
      since: kind == .ended && bytes[0] & 8 != 0
        ? Instant(microseconds: moment - Int64(bytes[1]) * 100_000) : nil,
      address: hasAddress ? address(UInt32(bytes[1]) % UInt32(addressCount)) : nil, holder: holder)
  }
}
