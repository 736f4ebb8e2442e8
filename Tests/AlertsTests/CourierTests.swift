import Alerts
import Columnar
import Events
import Incidents
import StageKit
import TestSupport
import Testing

/// An outbox, and a courier whose clock moves only as it waits.
private final class Office {
  let folder: TemporaryFolder
  let outbox: Outbox
  var now: Instant
  var tried: [(key: String, at: Instant)] = []

  init(_ messages: [Message]) throws {
    folder = try TemporaryFolder()
    outbox = Outbox(path: folder.path + "/registry/outbox.jsonl")
    now = try instant("2026-03-01T10:00:00Z")
    try outbox.append { _ in messages.map(OutboxEntry.queued) }
  }

  /// A run in which a try takes `seconds` and is answered as told.
  func run(
    again: Bool = false, seconds: Int = 0, _ answer: (Message) throws -> Reply
  ) throws -> Courier.Tally {
    let courier = try Courier(
      outbox: outbox, now: { self.now },
      wait: { self.now = self.now.advanced(byMicroseconds: Int64($0) * 1_000_000) })
    return try courier.deliver("it", tryingRefused: again) { message in
      tried.append((message.key, now))
      now = now.advanced(byMicroseconds: Int64(seconds) * 1_000_000)
      return try answer(message)
    }
  }

  func pass(seconds: Int) { now = now.advanced(byMicroseconds: Int64(seconds) * 1_000_000) }
}

private let accepted = Reply.accepted(answer: "HTTP 200 ok")
private let down = Reply.deferred(reason: "refused", retryAfterSeconds: nil)

private func messages(_ ids: [String]) throws -> [Message] {
  try ids.map { try message([incident($0)]) }
}

@Test("messages are sent in order, and no run sends one again")
func once() throws {
  let office = try Office(try messages(["a", "b", "c"]))
  #expect(try office.run { _ in accepted }.sent == 3)
  #expect(try office.run { _ in accepted }.sent == 0)
  #expect(office.tried.map(\.key) == ["a.1.it", "b.1.it", "c.1.it"])
}

@Test("a receiver that is down is tried three times, ever later; the rest waits behind in order")
func receiverDown() throws {
  let office = try Office(try messages(["a", "b"]))
  let start = office.now
  let tally = try office.run { _ in down }
  #expect(tally.deferred == "refused" && tally.sent == 0)
  let seconds = office.tried.map { ($0.at.microseconds - start.microseconds) / 1_000_000 }
  #expect(seconds == [0, 2, 6])
  #expect(Set(office.tried.map(\.key)) == ["a.1.it"])
  office.pass(seconds: 3600)
  #expect(try office.run { _ in accepted }.sent == 2)
  #expect(office.tried.suffix(2).map(\.key) == ["a.1.it", "b.1.it"])
}

@Test("Retry-After is heeded: within a run where it is short, over runs where it is long")
func retryAfter() throws {
  let office = try Office(try messages(["a"]))
  var answers = [Reply.deferred(reason: "429", retryAfterSeconds: 9), accepted]
  let start = office.now
  #expect(try office.run { _ in answers.removeFirst() }.sent == 1)
  #expect(office.now == start.advanced(byMicroseconds: 9_000_000))

  let later = try Office(try messages(["a"]))
  _ = try later.run { _ in .deferred(reason: "429", retryAfterSeconds: 600) }
  #expect(later.tried.count == 1)
  later.pass(seconds: 500)
  #expect(try later.run { _ in accepted }.sent == 0)
  later.pass(seconds: 100)
  #expect(try later.run { _ in accepted }.sent == 1)
  #expect(later.tried.count == 2)
}

@Test("what is refused holds up nothing, stays listed, and is tried again only when asked for")
func refused() throws {
  let office = try Office(try messages(["a", "b"]))
  let tally = try office.run { message in
    message.key == "a.1.it" ? .refused(reason: "HTTP 404 no_service") : accepted
  }
  #expect(tally.sent == 1 && tally.refused == ["HTTP 404 no_service"])
  #expect(try office.run { _ in accepted }.sent == 0)
  #expect(
    try office.outbox.state().items.first?.outcome == .refused(reason: "HTTP 404 no_service"))
  #expect(try office.run(again: true) { _ in accepted }.sent == 1)
  #expect(try office.outbox.state().items.allSatisfy { $0.outcome == .sent })
}

@Test("a sender that dies between its try and its note tries again with the same key")
func killed() throws {
  let office = try Office(try messages(["a"]))
  // The receiver took it, and the sender died before it could say so.
  try office.outbox.append(.attempt(key: "a.1.it", at: Moment(office.now)))
  #expect(try office.outbox.state().items.first?.attempts == 1)
  #expect(try office.run { _ in accepted }.sent == 1)
  #expect(office.tried.map(\.key) == ["a.1.it"])
}

@Test("what waits for its hour does not hold up graver news behind it")
func hourOfDigest() throws {
  let later = Moment(try instant("2026-03-02T07:00:00Z"))
  let day = try #require(CivilDate("2026-03-01"))
  let digest = Message(
    route: "it", day: day, notices: [notice(try incident("a", severity: .low))],
    queuedAt: Moment(try instant("2026-03-01T09:00:00Z")), notBefore: later)
  let office = try Office([digest] + (try messages(["b"])))
  #expect(try office.run { _ in accepted }.sent == 1)
  #expect(office.tried.map(\.key) == ["b.1.it"])
  office.now = later.instant
  #expect(try office.run { _ in accepted }.sent == 1)
}

@Test("a run ends within two minutes and a try, however slow the receiver and many the messages")
func slow() throws {
  let office = try Office(try messages((0..<50).map { "i\($0)" }))
  let start = office.now
  let tally = try office.run(seconds: 14) { _ in accepted }
  #expect(tally.sent < 50)
  #expect(office.now < start.advanced(byMicroseconds: 140_000_000))
}

@Test("all routes of a run share its two minutes")
func manySlowRoutes() throws {
  let routes = (0..<10).map { "r\($0)" }
  let office = try Office(
    try routes.flatMap { route in
      try (0..<9).map { try message([incident("i\($0)")], route: route) }
    })
  let start = office.now
  let courier = try Courier(outbox: office.outbox, now: { office.now }, wait: office.pass)
  for route in routes {
    _ = try courier.deliver(route) { _ in
      office.pass(seconds: 14)
      return accepted
    }
  }
  #expect(office.now < start.advanced(byMicroseconds: 140_000_000))
}

@Test("an error of the sender's own is kept as the reason, and the message stays")
func ownError() throws {
  let office = try Office(try messages(["a"]))
  let tally = try office.run { _ in throw StageError("secret: cannot open") }
  #expect(tally.deferred == "secret: cannot open")
  #expect(try office.outbox.state().items.count == 1)
}

@Test("entries come back as they were written, and an edited line is named")
func roundTrip() throws {
  let folder = try TemporaryFolder()
  let outbox = Outbox(path: folder.path + "/outbox.jsonl")
  let at = Moment(try instant("2026-03-01T10:00:00Z"))
  let queued = try message([incident("a", title: hostile)])
  let added = try outbox.append { _ in
    [
      .queued(queued), .attempt(key: queued.key, at: at),
      .failed(key: queued.key, at: at, reason: "500", retryAt: at.advanced(bySeconds: 60)),
    ]
  }
  #expect(added.count == 3)
  let item = try #require(try outbox.state().items.first)
  #expect(item.message == queued)
  #expect(item.attempts == 1 && item.outcome == .waiting(until: at.advanced(bySeconds: 60)))

  var text = String(decoding: try FileBytes.read(outbox.path), as: UTF8.self)
  text.replace("\"reason\":\"500\"", with: "\"reason\":\"200\"")
  try FileBytes.write(text.utf8, to: outbox.path)
  let error = #expect(throws: StageError.self) { try outbox.state() }
  #expect(error?.description.contains("outbox.jsonl:3:") == true)
}
