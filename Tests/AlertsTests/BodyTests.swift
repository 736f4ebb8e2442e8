import Columnar
import Events
import Foundation
import Incidents
import StageKit
import Testing

@testable import Alerts

@Test("a line of a log has nothing invisible, and is cut between characters and escapes")
func plainText() {
  #expect(PlainLine.of("a\r\nb\u{202E}c\u{0000}\t   d ") == "a b c d")
  #expect(PlainLine.of("äöü", upTo: 6) == "äöü")
  #expect(PlainLine.of("äöüß", upTo: 7) == "äö…")
  #expect(PlainLine.of("&&&", upTo: 13) { $0 == "&" ? "&amp;" : String($0) } == "&amp;&amp;…")
  #expect(PlainLine.of("", upTo: 5).isEmpty)
}

@Test("CEF: bars and backslashes in the header, equals signs and backslashes in values, one line")
func cef() throws {
  let line = try #require(
    CEF.lines(
      try message([incident("a", severity: .critical, hostname: "h=1|2\\3\n4", title: hostile)])
    ).first)
  #expect(!line.contains { $0.isNewline })
  // Read as the specification says: split at bars that no backslash precedes.
  var parts = [""]
  var isEscaped = false
  for character in line {
    if character == "|", !isEscaped, parts.count < 8 {
      parts.append("")
    } else {
      parts[parts.count - 1].append(character)
    }
    isEscaped = character == "\\" && !isEscaped
  }
  #expect(parts.count == 8)
  #expect(parts.prefix(4) == ["CEF:0", "Tidemark", "Tidemark", "1"])
  #expect(parts[4] == "beacon" && parts[6] == "10")
  #expect(parts[5].contains("a\\|b=c\\\\d"))
  #expect(parts[7].contains("shost=h\\=1|2\\\\3 4 "))
  #expect(parts[7].contains("src=10.0.0.5 "))
  let longest = try incident(
    hostname: String(repeating: "\\", count: 5000), title: String(repeating: "|", count: 5000))
  #expect(CEF.lines(try message([longest])).allSatisfy { $0.utf8.count < 1900 })
}

@Test("syslog: priority of local0 by severity, and a frame begins with its length in bytes")
func syslog() throws {
  let at = Moment(try instant("2026-03-01T10:00:00Z"))
  let message = Syslog.message("CEF:0|ä", severity: .critical, at: at)
  #expect(
    String(decoding: message, as: UTF8.self)
      == "<130>1 2026-03-01T10:00:00Z - tidemark - incident - CEF:0|ä")
  #expect(Syslog.counted(Array("ä".utf8)) == Array("2 ä".utf8))
}

@Test("a webhook's signature is that of RFC 4231, test case 2")
func signature() {
  #expect(
    WebhookBody.signature(of: Array("what do ya want for nothing?".utf8), key: "Jefe")
      == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
}

@Test("a mail's date and subject are as RFC 5322 and RFC 2047 have them")
func mailHeaders() throws {
  #expect(MailText.date(try instant("2026-03-29T07:00:05Z")) == "Sun, 29 Mar 2026 07:00:05 +0000")
  #expect(MailText.encoded("Hä") == "=?UTF-8?B?SMOk?=")
  let long = MailText.encoded(String(repeating: "ä😀", count: 100))
  #expect(long.split(separator: "\r\n ").allSatisfy { $0.utf8.count <= 75 })
}

@Test("Slack's message stays under its limits, whatever is in it and however many incidents")
func slackLimits() throws {
  let worst = String(repeating: "\"\\😀<", count: 200)
  for count in [1, 2, 100] {
    let incidents = try (0..<count).map {
      try incident("i\($0)", tactics: [worst, worst], hostname: worst, title: worst)
    }
    let bytes = try SlackBody.json(try message(incidents), text)
    #expect(bytes.count < 10_000, "\(count) incidents")
    if count > 40 {
      #expect(String(decoding: bytes, as: UTF8.self).contains(" more are in the report"))
    }
  }
}

@Test("of an error of WhatsApp's, those that pass are told from those that do not")
func whatsAppErrors() {
  #expect(WhatsAppBody.isPassing(Array(#"{"error":{"message":"x","code":130429}}"#.utf8)))
  #expect(!WhatsAppBody.isPassing(Array(#"{"error":{"code":132001}}"#.utf8)))
  #expect(!WhatsAppBody.isPassing(Array("<html>".utf8)))
}

@Test("WhatsApp is told the id, severity, host and what it means, and no text of a log beside")
func whatsAppText() throws {
  let seen = try incident(sightings: 10, tactics: ["command and control"], title: hostile)
  let json = String(
    decoding: try WhatsAppBody.json(
      try message([seen, seen]), to: "4915112345678", template: "t", language: "en"),
    as: UTF8.self)
  #expect(!json.contains("evil") && !json.contains("198.51.100.7"))
  #expect(
    json.contains(
      "Regular connections, as by a beacon, seen on 10 days; advice: monitor; and 1 more of "
        + "2026-03-01"))
}
