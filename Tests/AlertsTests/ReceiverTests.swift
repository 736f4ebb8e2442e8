import Alerts
import Columnar
import Events
import Foundation
import Incidents
import StageKit
import TestSupport
import Testing
import WebClient

/// A route, its outbox, and runs over them.
private struct Line {
  let folder: TemporaryFolder
  let site: Site
  let outbox: Outbox
  var log: String { folder.path + "/received.jsonl" }

  /// - Parameter secret: the content of the file `secret`.
  init(_ routes: String, secret: String = "word", folder: TemporaryFolder) throws {
    self.folder = folder
    try writeSecret(secret, to: folder.path + "/secret")
    site = try AlertsTests.site(folder, "[[routes]]\nname = \"it\"\n" + routes)
    outbox = Outbox(path: folder.path + "/outbox.jsonl")
  }

  func queue(_ messages: [Message]) throws {
    try outbox.append { _ in messages.map(OutboxEntry.queued) }
  }

  /// - Parameter sleeps: whether waits take their time, or are only counted.
  func run(
    afterSeconds seconds: Int = 0, sleeps: Bool = false, limits: WebLimits = WebLimits()
  ) throws -> Courier.Tally {
    let began = ContinuousClock.now
    let start = try instant("2026-03-01T10:00:00Z").advanced(
      byMicroseconds: Int64(seconds) * 1_000_000)
    var skipped = 0
    let now = {
      let elapsed = (ContinuousClock.now - began).components
      return start.advanced(
        byMicroseconds: (elapsed.seconds + Int64(skipped)) * 1_000_000
          + elapsed.attoseconds / 1_000_000_000_000)
    }
    let route = try #require(site.routes.first)
    let delivery = Delivery(
      route: route, siteName: site.name, calendar: site.calendar, limits: limits)
    let courier = try Courier(
      outbox: outbox, now: now,
      wait: { seconds in
        if sleeps { sleep(UInt32(seconds)) } else { skipped += seconds }
      })
    return try courier.deliver("it") { try delivery.send($0, at: now()) }
  }
}

private func webhook(port: Int) -> String {
  "kind = \"webhook\"\nurl = \"http://127.0.0.1:\(port)/hook\"\nsecret_file = \"secret\"\n"
}

@Suite(
  "Real receivers on loopback",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"))
struct ReceiverTests {
  private let folder: TemporaryFolder
  private var log: String { folder.path + "/received.jsonl" }

  init() throws { folder = try TemporaryFolder() }

  @Test("Slack's limits hold at a receiver that checks them, with hostile text and 60 incidents")
  func slack() throws {
    let receiver = try Receiver("slack", log: log)
    let line = try Line(
      "kind = \"slack\"\nsecret_file = \"secret\"\n",
      secret: "http://127.0.0.1:\(receiver.port)/services/T/B/X\n", folder: folder)
    let many = try (0..<60).map { try incident("i\($0)", severity: .low, title: hostile) }
    try line.queue([
      try message([incident("a", hostname: hostile, title: hostile)]), try message(many),
    ])
    #expect(try line.run().sent == 2)
    let received = try receiver.received()
    #expect(received.count == 2)
    for request in received {
      #expect(request.problems == [], "\(request.body ?? "")")
      #expect(request.path == "/services/T/B/X")
    }
    #expect(received[0].headers?["idempotency-key"] == "a.1.it")
    #expect(received[0].body?.contains("&lt;!channel&gt;") == true)
    let kept = String(decoding: try FileBytes.read(line.outbox.path), as: UTF8.self)
    #expect(!kept.contains("/services/"), "the outbox holds no secret")
  }

  @Test("WhatsApp gets a template with its token; an error that passes is tried again")
  func whatsApp() throws {
    let receiver = try Receiver("whatsapp", log: log, answers: ["400=130429", "ok", "400=132001"])
    let line = try Line(
      """
      kind = "whatsapp"
      url = "http://127.0.0.1:\(receiver.port)/v23.0/1/messages"
      secret_file = "secret"
      to = "4915112345678"
      template = "tidemark_incident"
      """, folder: folder)
    try line.queue([
      try message([incident("a", hostname: hostile, title: hostile)]), try message([incident("b")]),
    ])
    let tally = try line.run()
    #expect(tally.sent == 1 && tally.refused.count == 1)
    let received = try receiver.received()
    #expect(received.count == 3)
    #expect(received.allSatisfy { $0.problems == [] })
    #expect(received.allSatisfy { $0.headers?["authorization"] == "Bearer word" })
  }

  @Test("a webhook's body is JSON whose signature python's hmac confirms")
  func webhookBody() throws {
    let receiver = try Receiver("webhook", log: log)
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([try message([incident("a", title: hostile), incident("b", hostname: nil)])])
    #expect(try line.run().sent == 1)
    let request = try #require(try receiver.received().first)
    let check = Process()
    check.executableURL = URL(filePath: try #require(python))
    check.arguments = [
      "-c",
      """
      import hashlib, hmac, json, sys
      body, signature = sys.argv[1], sys.argv[2]
      assert "sha256=" + hmac.new(b"word", body.encode(), hashlib.sha256).hexdigest() == signature
      message = json.loads(body)
      assert message["site"] == "Example Ltd" and message["day"] == "2026-03-01"
      first, second = message["incidents"]
      assert first["incident_id"] == "a" and first["severity_id"] == 4, first
      assert first["first_seen"] == "2026-03-01T00:00:00Z" and "hostname" not in second
      """, try #require(request.body), try #require(request.headers?["x-tidemark-signature"]),
    ]
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0)
  }

  @Test("a receiver that is down gets each message once when it is up again")
  func downAndUp() throws {
    let port = try Receiver.unusedPort()
    let line = try Line(webhook(port: port), folder: folder)
    try line.queue([try message([incident("a")]), try message([incident("b")])])
    let tally = try line.run()
    #expect(tally.sent == 0 && tally.deferred?.contains("connect") == true, "\(tally)")
    let receiver = try Receiver("webhook", port: port, log: log)
    #expect(try line.run(afterSeconds: 60).sent == 2)
    #expect(try line.run(afterSeconds: 120).sent == 0)
    let keys = try receiver.received().map { $0.headers?["idempotency-key"] }
    #expect(keys == ["a.1.it", "b.1.it"])
  }

  @Test("a run waits as a 429 asks, and the message arrives once more with the same key")
  func tooMany() throws {
    let receiver = try Receiver("webhook", log: log, answers: ["429:3", "ok"])
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([try message([incident("a")])])
    #expect(try line.run(sleeps: true).sent == 1)
    let received = try receiver.received()
    #expect(received.map { $0.headers?["idempotency-key"] } == ["a.1.it", "a.1.it"])
    #expect(received[0].body == received[1].body)
    #expect((received[1].at ?? 0) - (received[0].at ?? 0) >= 2.9)
  }

  @Test("a receiver that asks to wait for ages is asked again after a day")
  func forever() throws {
    let receiver = try Receiver("webhook", log: log, answers: ["503:9000000000000000000", "ok"])
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([try message([incident("a")])])
    #expect(try line.run().sent == 0)
    #expect(try line.run(afterSeconds: 86_000).sent == 0)
    #expect(try line.run(afterSeconds: 86_410).sent == 1)
  }

  @Test("500 is tried three times in a run and stays queued")
  func serverError() throws {
    let receiver = try Receiver("webhook", log: log, answers: ["500", "500", "503", "ok"])
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([try message([incident("a")])])
    #expect(try line.run().deferred == "HTTP 503 no")
    #expect(try receiver.received().count == 3)
    #expect(try line.run(afterSeconds: 60).sent == 1)
    #expect(try receiver.received().count == 4)
  }

  @Test("400 and a redirect are refusals: no try follows, and no other place is asked")
  func clientError() throws {
    let receiver = try Receiver("webhook", log: log, answers: ["400", "302", "ok"])
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([
      try message([incident("a")]), try message([incident("b")]), try message([incident("c")]),
    ])
    let tally = try line.run()
    #expect(tally.refused == ["HTTP 400 no", "HTTP 302 no"] && tally.sent == 1)
    #expect(try line.run(afterSeconds: 60) == Courier.Tally())
    #expect(try receiver.received().map(\.path) == ["/hook", "/hook", "/hook"])
  }

  @Test("a receiver that hangs up without an answer is tried again")
  func hangUp() throws {
    let receiver = try Receiver("webhook", log: log, answers: ["close", "ok"])
    let line = try Line(webhook(port: receiver.port), folder: folder)
    try line.queue([try message([incident("a")])])
    #expect(try line.run().sent == 1)
    #expect(try receiver.received().count == 2)
  }

  @Test("a receiver that takes too long is left after the time limit, and the message stays queued")
  func slow() throws {
    let mail = "kind = \"smtp\"\nfrom = \"a@example.org\"\nto = \"b@example.org\"\n"
    for kind in ["webhook", "smtp"] {
      let own = try TemporaryFolder()
      let receiver = try Receiver(kind, log: own.path + "/received.jsonl", answers: ["slow"])
      let line = try Line(
        kind == "smtp"
          ? mail + "url = \"smtp://127.0.0.1:\(receiver.port)\"" : webhook(port: receiver.port),
        folder: own)
      try line.queue([try message([incident("a")])])
      let began = ContinuousClock.now
      let tally = try line.run(limits: WebLimits(connectSeconds: 1, totalSeconds: 1))
      #expect(tally.sent == 0 && tally.deferred?.contains("imed") == true, "\(kind) \(tally)")
      #expect(ContinuousClock.now - began < .seconds(60))
      #expect(try line.outbox.state().items.first?.attempts == 3)
    }
  }

  @Test("a mail has the headers and words that python's parser reads, and no header of a log's")
  func mail() throws {
    let receiver = try Receiver("smtp", log: log)
    let line = try Line(
      """
      kind = "smtp"
      url = "smtp://127.0.0.1:\(receiver.port)"
      from = "tidemark@example.org"
      to = ["it@example.org", "boss@example.org"]
      user = "tidemark"
      secret_file = "secret"
      """, folder: folder)
    try line.queue([try message([incident("a", title: hostile + "\n.\nend")])])
    #expect(try line.run().sent == 1)
    let mail = try #require(try receiver.received().first)
    #expect(mail.defects == [] && mail.bare == 0 && (mail.longest ?? 999) <= 998)
    #expect(mail.envelope?.to.count == 2)
    #expect(mail.envelope?.auth == Data("\0tidemark\0word".utf8).base64EncodedString())
    let headers = try #require(mail.headers)
    #expect(headers["bcc"] == nil)
    #expect(headers["message-id"] == "<a.1.it@example.org>")
    #expect(headers["date"] == "Sun, 01 Mar 2026 10:00:00 +0000")
    #expect(headers["subject"]?.hasPrefix("Example Ltd: high: <!channel> @here") == true)
    #expect(headers["subject"]?.hasSuffix("end 😀ä . end") == true, "\(headers["subject"] ?? "")")
    let lines = try #require(mail.body).split(separator: "\r\n")
    #expect(lines.contains("Host: host05 (10.0.0.5)"))
    #expect(lines.contains("Seen: from 2026-03-01 01:00 to 2026-03-01 02:00, on 1 day"))
  }

  @Test(
    "SMTP: 451 is tried again, 550 is a refusal, and no mail goes unencrypted where it must not")
  func mailRefused() throws {
    let receiver = try Receiver("smtp", log: log, answers: ["451", "ok", "550", "ok"])
    let mail = "kind = \"smtp\"\nfrom = \"a@example.org\"\nto = \"b@example.org\"\n"
    let url = "url = \"smtp://127.0.0.1:\(receiver.port)\"\n"
    let line = try Line(mail + url, folder: folder)
    try line.queue([try message([incident("a")]), try message([incident("b")])])
    let tally = try line.run()
    #expect(tally.sent == 1)
    #expect(tally.refused.count == 1 && tally.refused.first?.contains("550") == true)
    #expect(try receiver.received().map { $0.headers?["message-id"] } == ["<a.1.it@example.org>"])
    // The receiver offers no STARTTLS.
    #expect(throws: WebError.self) {
      try WebClient.send(
        MailRequest(
          url: "smtp://127.0.0.1:\(receiver.port)", from: "a@example.org", to: ["b@example.org"],
          message: Array("Subject: x\r\n\r\n".utf8)))
    }
    #expect(try receiver.received().count == 1)
  }

  @Test("syslog over TCP and UDP, and a file, get a line of CEF for each incident")
  func syslog() throws {
    let both = [try incident("a", title: hostile), try incident("b", severity: .low)]
    for kind in ["tcp", "udp"] {
      let own = try TemporaryFolder()
      let receiver = try Receiver(kind, log: own.path + "/received.jsonl")
      let line = try Line(
        "kind = \"syslog\"\nurl = \"\(kind)://127.0.0.1:\(receiver.port)\"\n", folder: own)
      try line.queue([try message(both)])
      #expect(try line.run().sent == 1)
      let frames = try receiver.received(count: 2).compactMap(\.frame).sorted()
      #expect(frames.count == 2)
      #expect(
        frames[0].hasPrefix("<131>1 2026-03-01T09:00:00Z - tidemark - incident - CEF:0|"), "\(kind)"
      )
      #expect(frames[1].hasPrefix("<133>1 ") && frames[1].contains("externalId=b "))
    }
    let line = try Line("kind = \"file\"\npath = \"alerts.cef\"\n", folder: folder)
    try line.queue([try message(both)])
    #expect(try line.run().sent == 1)
    let text = String(decoding: try FileBytes.read(folder.path + "/alerts.cef"), as: UTF8.self)
    #expect(text.split(separator: "\n").count == 2 && text.hasPrefix("CEF:0|"))
  }

  @Test("syslog to a port where nobody listens stays queued, over TCP and over UDP on this machine")
  func syslogDown() throws {
    for kind in ["tcp", "udp"] {
      let own = try TemporaryFolder()
      let line = try Line(
        "kind = \"syslog\"\nurl = \"\(kind)://127.0.0.1:\(try Receiver.unusedPort())\"\n",
        folder: own)
      try line.queue([try message([incident("a")])])
      let tally = try line.run()
      #expect(tally.sent == 0 && tally.deferred?.contains("refused") == true, "\(kind) \(tally)")
    }
  }
}
