import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

@testable import Registry

private let moment = Instant(microseconds: 1_774_857_600_000_000)  // 2026-03-30T08:00:00Z

private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

private func withLog(_ body: (RegistryLog, String) throws -> Void) throws {
  let folder = try TemporaryFolder()
  let log = RegistryLog(try Store(path: folder.path))
  try body(log, folder.path + "/registry/events.jsonl")
}

private func acts() throws -> [RegistryEvent.Act] {
  let rule = Rule(
    id: "R1", scope: Rule.Scope(entity: "10.0.0.7", peer: "updates.example"),
    firstDay: try day("2026-03-30"), lastDay: try day("2026-06-30"), reason: "agent \"7\"\n")
  return [
    .acknowledge(incident: "a"), .assign(incident: "a", to: "boris"),
    .label(
      subject: .init(
        incident: "a", entityKind: .host, entity: "10.0.0.7", firstDay: try day("2026-03-20"),
        lastDay: try day("2026-03-29")), verdict: .falsePositive, reason: "backup"),
    .note(incident: "a", text: "asked the owner"),
    .close(incident: "a", cause: "backup", lesson: "tell IT"),
    .reopen(incident: "a", reason: "again"), .approveIsolation(incident: "a", reason: "spare"),
    .suppress(rule), .approveClosing(rule), .revoke(rule: "R1", reason: "gone"),
    .hold(
      subject: .init(
        incident: "a", entityKind: .host, entity: "10.0.0.7", firstDay: try day("2026-03-20"),
        lastDay: try day("2026-03-29")), reason: "matter 12"),
    .release(incident: "a", reason: "over"),
  ]
}

@Test("every act comes back from the log as it was written")
func eventsRoundTrip() throws {
  try withLog { log, _ in
    let acts = try acts()
    for act in acts { try log.append(at: moment, actor: "anna") { _ in [act] } }
    #expect(
      try log.events() == acts.map { RegistryEvent(at: moment, actor: "anna", act: $0) })
  }
}

@Test("any byte changed in the log is found, and its line is named")
func tampering() throws {
  try withLog { log, path in
    for act in try acts() { try log.append(at: moment, actor: "anna") { _ in [act] } }
    let bytes = try FileBytes.read(path)
    var line = 1
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x01
      try FileBytes.write(changed, to: path)
      // A line feed that is none any more joins two lines.
      #expect("byte \(index)") {
        _ = try log.log.verified()
      } throws: {
        "\($0)".contains(":\(line):")
      }
      if bytes[index] == 0x0A { line += 1 }
    }
  }
}

@Test("a line that was removed or moved is found")
func removedLines() throws {
  try withLog { log, path in
    for act in try acts() { try log.append(at: moment, actor: "anna") { _ in [act] } }
    var lines = String(decoding: try FileBytes.read(path), as: UTF8.self)
      .split(separator: "\n").map { $0 + "\n" }
    let removed = lines[..<3] + lines[4...]
    try FileBytes.write(removed.joined().utf8, to: path)
    #expect { _ = try log.events() } throws: { "\($0)".contains(":4:") }
    lines.swapAt(1, 2)
    try FileBytes.write(lines.joined().utf8, to: path)
    #expect { _ = try log.events() } throws: { "\($0)".contains(":2:") }
  }
}

@Test("what a power failure left half-written at the end counts as not written")
func tornLine() throws {
  try withLog { log, path in
    let acts = try acts()
    try log.append(at: moment, actor: "anna") { _ in Array(acts[..<2]) }
    let whole = try FileBytes.read(path)
    try log.append(at: moment, actor: "anna") { _ in [acts[2]] }
    let torn = try FileBytes.read(path).dropLast(20)
    try FileBytes.write(torn, to: path)
    #expect(try log.events().count == 2)
    try log.append(at: moment, actor: "anna") { _ in [acts[3]] }
    #expect(try log.events().map(\.act) == [acts[0], acts[1], acts[3]])
    #expect(try FileBytes.read(path).starts(with: whole))
  }
}

@Test("a last line whose end an editor took is kept, and what is added follows it")
func missingLineEnd() throws {
  try withLog { log, path in
    let acts = try acts()
    for act in acts[..<4] {
      try log.append(at: moment, actor: "anna") { _ in [act] }
      try FileBytes.write(try FileBytes.read(path).dropLast(), to: path)
    }
    #expect(try log.events().map(\.act) == Array(acts[..<4]))
    try log.log.appendUnread("{}")
    #expect(try log.log.verified().count == 5)
  }
}

@Test("what stands is what the events come to, as of any moment")
func fold() throws {
  let acts = try acts()
  func state(_ count: Int) -> RegistryState.Record? {
    let events = acts.enumerated().map { index, act in
      RegistryEvent(
        at: moment.advanced(byMicroseconds: Int64(index) * 1_000_000), actor: "anna", act: act)
    }
    let end = moment.advanced(byMicroseconds: Int64(count) * 1_000_000)
    return RegistryState(events, before: end).records["a"]
  }
  #expect(state(0) == nil)
  #expect(state(1)?.status == .acknowledged)
  #expect(state(3)?.label?.verdict == .falsePositive)
  #expect(state(5)?.status == .closed)
  #expect(state(6)?.status == .acknowledged)
  #expect(state(6)?.notes == ["anna: asked the owner"])
}

@Test("a rule holds from its first to its last day, and not on days that end after its revocation")
func ruleDays() throws {
  let calendar = CivilCalendar()
  let rule = Rule(
    id: "R1", scope: Rule.Scope(entity: "10.0.0.7"), firstDay: try day("2026-03-20"),
    lastDay: try day("2026-04-10"), reason: "")
  let made = RegistryEvent(at: moment, actor: "anna", act: .suppress(rule))
  let revoked = RegistryEvent(at: moment, actor: "anna", act: .revoke(rule: "R1", reason: ""))
  func holds(_ events: [RegistryEvent], _ text: String) throws -> Bool {
    !RegistryState(events).rules(on: try day(text), calendar: calendar).isEmpty
  }
  #expect(
    try ["2026-03-19", "2026-03-20", "2026-04-10", "2026-04-11"].map { try holds([made], $0) }
      == [false, true, true, false])
  #expect(
    try ["2026-03-29", "2026-03-30"].map { try holds([made, revoked], $0) } == [true, false])
}

@Test("what is added unread follows the last line, also behind one that was changed")
func addedUnread() throws {
  try withLog { log, path in
    for number in 1...3 { try log.log.appendUnread("{\"n\":\(number)}") }
    #expect(try log.log.verified().map(\.entry) == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
    var bytes = try FileBytes.read(path)
    let place = try #require(String(decoding: bytes, as: UTF8.self).range(of: "\"n\":2"))
    bytes[place.lowerBound.utf16Offset(in: String(decoding: bytes, as: UTF8.self)) + 4] = 0x39
    try FileBytes.write(bytes, to: path)
    try log.log.appendUnread("{\"n\":4}")
    #expect { _ = try log.log.verified() } throws: { "\($0)".contains(":2:") }
  }
}

@Test("what is added unread to a log of long lines follows the last, whichever part of it is read")
func addedUnreadToLongLog() throws {
  try withLog { log, _ in
    let sizes = [10, 40_000, 70_000, 65_000, 3, 300_000, 65_536]
    for size in sizes {
      try log.log.appendUnread("{\"text\":\"\(String(repeating: "x", count: size))\"}")
    }
    #expect(try log.log.verified().map(\.entry.utf8.count) == sizes.map { $0 + 11 })
  }
}
