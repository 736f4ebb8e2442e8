import Events

/// A small firm: its machines, people and calendar. The same seed and start give the same firm.
package struct Firm: Sendable {
  package let seed: UInt64
  package let hosts: [Host]
  let people: [Person]
  let internet: Internet
  let timeline: Timeline

  let personal: [Host]
  private let first: [Role: Host]

  /// `scale` 1 is a firm of 76 machines; people and devices grow with it, servers do not.
  package init(seed: UInt64, start: CivilDate, calendar: CivilCalendar, scale: Double = 1) {
    self.seed = seed
    internet = Internet(seed: seed)
    timeline = Timeline(seed: seed, start: start, calendar: calendar)
    var roster = Roster(seed: seed, scale: scale, internet: internet)
    roster.fill()
    hosts = roster.hosts
    people = roster.people
    personal = hosts.filter { $0.role.isPersonal }
    var first: [Role: Host] = [:]
    for host in hosts where first[host.role] == nil { first[host.role] = host }
    self.first = first
  }

  func hosts(_ role: Role) -> [Host] { hosts.filter { $0.role == role } }

  /// The address of the first host of a role that every firm has.
  func address(_ role: Role) -> UInt32 { first[role]?.address ?? Addressing.gateway }

  func person(at host: Host) -> Person? { host.person.map { people[$0] } }

  func random(_ stream: Stream, _ host: Int, day: Int) -> SeededRandom {
    SeededRandom(seed: seed, stream.rawValue, UInt64(host), UInt64(bitPattern: Int64(day)))
  }
}
