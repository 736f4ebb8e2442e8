import Columnar
import Events
import Testing

@testable import Incidents

private let calendar = CivilCalendar()

private func at(_ text: String) throws -> Instant {
  try #require(Instant(utc: "2026-03-\(text):00Z"))
}

private func address(_ text: String) throws -> Address { try #require(Address(text)) }

/// A day's `dhcp` events: when, what, the address, the MAC and the name.
private func dhcp(_ rows: [(String, String, String, String?, String?)]) throws -> Table {
  let schema = Schema(
    "dhcp", version: 1,
    [
      Event.time.field, Event.sourceHost.field, Event.sourceMAC.field, Event.assignedAddress.field,
      Event.action.field,
    ])
  let table = TableBuilder(schema)
  for (time, action, assigned, mac, hostname) in rows {
    table.column(Event.time).append(try at(time))
    table.column(Event.sourceHost).append(hostname)
    table.column(Event.sourceMAC).append(mac)
    table.column(Event.assignedAddress).append(try address(assigned))
    table.column(Event.action).append(action)
  }
  return Table(schema: schema, batches: [table.finishBatch()])
}

private struct VPNRow {
  var time: String
  var end: String?
  var action: String?
  var assigned: String?
  var user: String? = "anna"
  var remote: String? = "192.0.2.7"
  var session: String?
}

private func vpn(_ rows: [VPNRow]) throws -> Table {
  let schema = Schema(
    "vpn", version: 1,
    [
      Event.time.field, Event.end.field, Event.sourceAddress.field, Event.userName.field,
      Event.assignedAddress.field, Event.action.field, Event.id.field,
    ])
  let table = TableBuilder(schema)
  for row in rows {
    table.column(Event.time).append(try at(row.time))
    table.column(Event.end).append(try row.end.map(at))
    table.column(Event.sourceAddress).append(try row.remote.map(address))
    table.column(Event.userName).append(row.user)
    table.column(Event.assignedAddress).append(try row.assigned.map(address))
    table.column(Event.action).append(row.action)
    table.column(Event.id).append(row.session)
  }
  return Table(schema: schema, batches: [table.finishBatch()])
}

/// What is said of 10.20.1.7 on the 25th.
private func texts(_ events: [LeaseEvent]) throws -> [String] {
  let day = try #require(CivilDate("2026-03-25"))
  let start = calendar.start(of: day)
  let end = calendar.start(of: day.advanced(by: 1))
  return try LeaseHistory(events).leases(of: address("10.20.1.7"), during: start..<end)
    .map { $0.text(on: day, calendar: calendar) }
}

private func texts(dhcp rows: [(String, String, String, String?, String?)]) throws -> [String] {
  try texts(LeaseEvent.read(dhcp: dhcp(rows), of: [address("10.20.1.7")]))
}

private func texts(vpn rows: [VPNRow]) throws -> [String] {
  try texts(LeaseEvent.read(vpn: vpn(rows), of: [address("10.20.1.7")]))
}

@Test("an address that changes hands within the day is said of each holder with its times")
func changedHands() throws {
  let found = try texts(dhcp: [
    ("25T08:12", "start", "10.20.1.7", "00:11:22:33:44:55", "laptop-3"),
    ("25T08:30", "start", "10.20.1.8", "00:11:22:33:44:66", "other"),
    ("25T12:00", "end", "10.20.1.7", "00:11:22:33:44:55", nil),
    ("25T12:30", "start", "10.20.1.7", "00:11:22:33:44:77", nil),
    ("25T15:00", "start", "10.20.1.7", nil, "phone"),
  ])
  #expect(
    found == [
      "10.20.1.7 was laptop-3 (00:11:22:33:44:55) by a lease of 08:12, until 12:00",
      "10.20.1.7 was 00:11:22:33:44:77 by a lease of 12:30, until 15:00",
      "10.20.1.7 was phone by a lease of 15:00",
    ])
}

@Test("a device that was given another address no longer has the one before")
func movedDevice() throws {
  let rows = [
    ("23T08:00", "start", "10.20.1.7", "00:11:22:33:44:55", "laptop-3"),
    ("24T08:00", "start", "10.20.1.9", "0011.2233.4455", "laptop-3"),
    ("24T09:00", "start", "10.20.1.10", "00:11:22:33:44:66", "other"),
  ]
  let events = try LeaseEvent.read(
    dhcp: dhcp(rows), of: [address("10.20.1.7")], devices: ["00:11:22:33:44:55"])
  #expect(events.count == 2)
  #expect(try texts(events) == [])
  #expect(try texts(dhcp: [rows[0]]).count == 1)
}

@Test("a lease of an earlier day that was renewed is one lease, however its MAC is written")
func renewals() throws {
  let found = try texts(dhcp: [
    ("20T07:00", "start", "10.20.1.7", "aa-bb-cc-dd-ee-01", "printer"),
    ("22T07:00", "start", "10.20.1.7", "001122334455", "laptop-3"),
    ("23T07:00", "start", "10.20.1.7", "00:11:22:33:44:55", nil),
    ("25T09:00", "start", "10.20.1.7", "0011.2233.4455", "laptop-3.example.org"),
  ])
  #expect(
    found == [
      "10.20.1.7 was laptop-3.example.org (00:11:22:33:44:55) by a lease of 2026-03-22 07:00, "
        + "renewed 09:00"
    ])
}

@Test("a lease that was refused, given back before the day or given after it is none of the day")
func noLease() throws {
  let found = try texts(dhcp: [
    ("24T08:00", "start", "10.20.1.7", "00:11:22:33:44:55", "laptop-3"),
    ("24T20:00", "end", "10.20.1.7", "00:11:22:33:44:55", "laptop-3"),
    ("25T09:00", "failure", "10.20.1.7", "00:11:22:33:44:66", "guest"),
    ("26T00:00", "start", "10.20.1.7", "00:11:22:33:44:66", "guest"),
  ])
  #expect(found == [])
}

@Test("a VPN session's end without an address ends the lease of that user and session only")
func sessionEnds() throws {
  let start = VPNRow(time: "25T08:12", action: "start", assigned: "10.20.1.7", session: "s1")
  let given = "10.20.1.7 was anna by VPN from 192.0.2.7, since 08:12"
  let otherSession = VPNRow(time: "25T09:00", action: "end", session: "s2")
  let otherUser = VPNRow(time: "25T09:00", action: "end", user: "boris", session: "s1")
  #expect(try texts(vpn: [start, otherSession, otherUser]) == [given])
  let end = VPNRow(time: "25T08:00", end: "25T10:39", action: "end", session: "s1")
  #expect(try texts(vpn: [end, start]) == [given + ", until 10:39"])
  let unnamed = VPNRow(time: "25T10:39", action: "end", remote: "192.0.2.8")
  #expect(try texts(vpn: [start, unnamed]) == [given])
}

@Test("a session of which only the end was logged lasted as long as its end says")
func onlyTheEnd() throws {
  let end = VPNRow(
    time: "25T08:00", end: "25T10:39", action: "end", assigned: "10.20.1.7", remote: nil)
  #expect(try texts(vpn: [end]) == ["10.20.1.7 was anna by VPN, since 08:00, until 10:39"])
  let refused = VPNRow(time: "25T08:00", action: "failure", assigned: "10.20.1.7")
  #expect(try texts(vpn: [refused]) == [])
}

@Test("a session that ended within another's lease leaves that open, and stands before it if older")
func overlapping() throws {
  let boris = VPNRow(time: "25T09:00", action: "start", assigned: "10.20.1.7", user: "boris")
  let anna = VPNRow(
    time: "25T08:00", end: "25T09:10", action: "end", assigned: "10.20.1.7", remote: nil)
  let last = VPNRow(time: "25T10:00", action: "end", user: "boris")
  #expect(
    try texts(vpn: [boris, anna, last]) == [
      "10.20.1.7 was anna by VPN, since 08:00, until 09:10",
      "10.20.1.7 was boris by VPN from 192.0.2.7, since 09:00, until 10:00",
    ])
}

@Test("events in any order give the same leases")
func anyOrder() throws {
  let rows: [(String, String, String, String?, String?)] = [
    ("25T08:12", "start", "10.20.1.7", "00:11:22:33:44:55", "laptop-3"),
    ("25T12:00", "end", "10.20.1.7", "00:11:22:33:44:55", nil),
    ("25T12:30", "start", "10.20.1.7", "00:11:22:33:44:77", "phone"),
  ]
  let expected = try texts(dhcp: rows)
  #expect(expected.count == 2)
  #expect(try texts(dhcp: rows.reversed()) == expected)
}
