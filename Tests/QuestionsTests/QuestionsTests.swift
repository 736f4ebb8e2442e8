import Columnar
import Events
import Foundation
import Testing

@testable import Questions

private let start = Instant(microseconds: 1_774_396_800_000_000)

/// Hours of hosts: name, bytes out, bytes back, conversations begun.
private func hostHours(_ rows: [(String, Int64, Int64, Int64)]) -> Table {
  let table = TableBuilder(HostHour.schema)
  for (host, out, back, begun) in rows {
    table.column(HostHour.host).append(host)
    table.column(HostHour.hour).append(start)
    table.column(HostHour.sources).append("edge")
    for counter in HostHour.counters {
      let values = [
        HostHour.outBytes.name: out, HostHour.outBytesReceived.name: back,
        HostHour.outConversations.name: begun,
      ]
      table.column(counter).append(values[counter.name] ?? 0)
    }
  }
  return Table(schema: HostHour.schema, batches: [table.finishBatch()])
}

/// Pairs: originator, responder, port, conversations.
private func pairs(_ rows: [(String, String, UInt16, Int64)], kind: PairKind = .conversation)
  -> Table
{
  let table = TableBuilder(Pair.schema)
  for (originator, responder, port, conversations) in rows {
    table.column(Pair.kind).append(kind.rawValue)
    table.column(Pair.originator).append(originator)
    table.column(Pair.responder).append(responder)
    table.column(Pair.isExternal).append(false)
    table.column(Pair.port).append(port)
    table.column(Pair.ianaNumber).append(kind == .dns ? 0 : 6)
    table.column(Pair.conversations).append(conversations)
    for count in [
      Pair.failed, Pair.bytesSent, Pair.bytesReceived, Pair.durationMicroseconds,
      Pair.longestMicroseconds,
    ] { table.column(count).append(1) }
    table.column(Pair.firstTime).append(start)
    table.column(Pair.lastTime).append(start)
  }
  return Table(schema: Pair.schema, batches: [table.finishBatch()])
}

private func services(_ rows: [(String, UInt16, Int64)]) -> Table {
  let table = TableBuilder(Service.schema)
  for (host, port, conversations) in rows {
    table.column(Service.host).append(host)
    table.column(Service.port).append(port)
    table.column(Service.ianaNumber).append(6)
    table.column(Service.conversations).append(conversations)
    for count in [Service.clients, Service.externalClients, Service.bytesSent] {
      table.column(count).append(2)
    }
    table.column(Service.firstTime).append(start)
  }
  return Table(schema: Service.schema, batches: [table.finishBatch()])
}

/// The numbers of a sentence that none of the table's cells has.
private func strangers(_ answer: Answer, about subject: String = "") -> [String] {
  let cells = answer.rows.joined().map(\.text) + [subject]
  return answer.sentence.split { !($0.isNumber || $0 == "," || $0 == ".") }
    .map { $0.trimmingCharacters(in: .punctuationCharacters) }.filter { number in
      number.contains(where: \.isNumber) && !cells.contains { $0.contains(number) }
    }
}

@Test("top talkers are added up over days, and outside originators are none")
func talkers() throws {
  let answer = try Answer.topTalkers([
    hostHours([("10.0.0.7", 1000, 500, 3), ("10.0.0.8", 2000, 0, 1), ("internet", 9000, 0, 9)]),
    hostHours([("10.0.0.7", 1000, 0, 1)]),
  ])
  #expect(
    answer.rows == [
      [.text("10.0.0.7"), .bytes(2500), .bytes(2000), .bytes(500), .count(4)],
      [.text("10.0.0.8"), .bytes(2000), .bytes(2000), .bytes(0), .count(1)],
    ])
  #expect(answer.sentence.hasPrefix("10.0.0.7 moved most: 2.5 kB"))
  #expect(strangers(answer).isEmpty)
  #expect(try Answer.topTalkers([hostHours([])]).sentence == "0 hosts had traffic.")
}

@Test("who talks to something is told by host and service, over days")
func talksTo() throws {
  let days = [
    pairs([("10.0.0.7", "10.0.0.2", 445, 3), ("10.0.0.8", "10.0.0.9", 22, 9)]),
    pairs([("10.0.0.7", "10.0.0.2", 445, 2), ("10.0.0.8", "10.0.0.2", 445, 9)]),
  ]
  let answer = try Answer.whoTalksTo("10.0.0.2", pairs: days)
  #expect(answer.rows.map { $0[0] } == [.text("10.0.0.8"), .text("10.0.0.7")])
  #expect(answer.rows.map { $0[2] } == [.count(9), .count(5)])
  #expect(answer.sentence.contains("9 conversations on 445/tcp"))
  #expect(strangers(answer, about: "10.0.0.2").isEmpty)
  #expect(try Answer.whoTalksTo("x", pairs: days).sentence == "0 hosts talked to x.")
}

@Test("a host of the assets file is known by its name, beside what is asked for by that name")
func namedHost() throws {
  let tables = [
    pairs([("10.0.0.7", "10.0.0.9", 445, 3), ("10.0.0.8", "fe80::1", 22, 2)]),
    pairs([("10.0.0.7", "example.com", 0, 4)], kind: .dns),
  ]
  let answer = try Answer.whoTalksTo(
    "fs01.example.com", at: ["10.0.0.10", "10.0.0.9", "FE80:0::1"], pairs: tables)
  #expect(
    answer.rows.map { Array($0[0...2]) } == [
      [.text("10.0.0.7"), .text("names under example.com"), .count(4)],
      [.text("10.0.0.7"), .text("445/tcp"), .count(3)],
      [.text("10.0.0.8"), .text("22/tcp"), .count(2)],
    ])
  let day = HostTables(
    hostHours: hostHours([("10.0.0.9", 5, 5, 5)]), pairs: pairs([]), isWorkday: true)
  func changed(_ name: String, at addresses: [String]) throws -> Answer {
    try Answer.whatChanged(name, at: addresses, days: [day], before: [])
  }
  let known = try changed("10.0.0.9", at: [])
  #expect(!known.rows.isEmpty)
  #expect(try changed("fs01", at: ["10.0.0.10", "10.0.0.9"]).rows == known.rows)
  #expect(try changed("fs01", at: ["10.0.0.10"]).sentence.contains("a host named fs01 is known"))
}

@Test("conversations, requests and questions are counted apart, however a name is written")
func kindsOfTalk() throws {
  let tables = [
    pairs([("10.0.0.7", "203.0.113.9", 80, 5)]),
    pairs([("10.0.0.7", "203.0.113.9", 80, 30), ("10.0.0.7", "www.evil.com", 80, 2)], kind: .http),
    pairs([("10.0.0.8", "evil.com", 0, 4), ("10.0.0.8", "com", 0, 9)], kind: .dns),
    pairs([("10.0.0.9", "fe80::1", 22, 3), ("10.0.0.9", "PC-9", 22, 1)]),
  ]
  func rows(_ subject: String) throws -> [[Answer.Value]] {
    try Answer.whoTalksTo(subject, pairs: tables).rows.map { Array($0[0...2]) }
  }
  #expect(
    try rows("203.0.113.9") == [
      [.text("10.0.0.7"), .text("http on 80/tcp"), .count(30)],
      [.text("10.0.0.7"), .text("80/tcp"), .count(5)],
    ])
  let asked: [Answer.Value] = [.text("10.0.0.8"), .text("names under evil.com"), .count(4)]
  #expect(try rows("EVIL.com.") == [asked])
  #expect(
    try rows("Www.Evil.com") == [asked, [.text("10.0.0.7"), .text("http on 80/tcp"), .count(2)]])
  #expect(try rows("FE80:0::1").map { $0[2] } == [.count(3)])
  #expect(try rows("PC-9").count == 1)
  let sentence = try Answer.whoTalksTo("www.evil.com", pairs: tables).sentence
  #expect(sentence.contains("4 questions for names under evil.com"))
}

@Test("counts that logs state at their largest add up to the largest number")
func largestNumbers() throws {
  let hours = hostHours([("10.0.0.7", .max, .max, .max), ("10.0.0.7", .max, .max, .max)])
  let talk = pairs([("10.0.0.7", "10.0.0.2", 445, .max), ("10.0.0.7", "10.0.0.2", 445, .max)])
  let services = services([("10.0.0.7", 443, .max), ("10.0.0.7", 443, .max)])
  #expect(try Answer.topTalkers([hours, hours]).rows[0][1] == .bytes(.max))
  #expect(try Answer.whoTalksTo("10.0.0.2", pairs: [talk, talk]).rows[0][2] == .count(.max))
  #expect(try Answer.newServices([services], before: []).rows.isEmpty)
  let empty = Table(schema: Service.schema, batches: [])
  let new = try Answer.newServices([services, services], before: [empty, empty, empty])
  #expect(new.rows[0][2] == .count(.max))
  let day = HostTables(hostHours: hours, pairs: talk, isWorkday: true)
  let changed = try Answer.whatChanged("10.0.0.7", days: [day], before: [day])
  #expect(changed.rows[0][1] == .bytes(.max))
}

@Test("a service is new where no earlier day had it, and nothing is new without three days")
func newServices() throws {
  let today = services([("10.0.0.5", 443, 7), ("10.0.0.5", 22, 9), ("10.0.0.6", 80, 30)])
  let before = Array(repeating: services([("10.0.0.6", 80, 5)]), count: 3)
  let answer = try Answer.newServices([today], before: before)
  #expect(answer.rows.map { $0[1] } == [.text("22/tcp"), .text("443/tcp")])
  #expect(strangers(answer).isEmpty)
  let none = try Answer.newServices([today], before: [before[0], before[1]])
  #expect(none.rows.isEmpty && none.sentence.contains("2 known"))
}

@Test("what changed is the mean day beside the median of earlier days, and who is new")
func changed() throws {
  func day(_ bytes: Int64, _ begun: Int64, _ ends: [String], isWorkday: Bool = true) -> HostTables {
    HostTables(
      hostHours: hostHours([("10.0.0.7", bytes, 10, begun)]),
      pairs: pairs(ends.map { ("10.0.0.7", $0, 443, 4) }), isWorkday: isWorkday)
  }
  let answer = try Answer.whatChanged(
    "10.0.0.7", days: [day(3000, 6, ["a", "b"]), day(5000, 6, ["a"])],
    before: [
      day(1000, 6, ["a"]), day(100, 6, ["a"]), day(9000, 6, ["a"]),
      day(1, 1, ["c"], isWorkday: false),
    ])
  #expect(answer.rows[0] == [.text("sent"), .bytes(4000), .bytes(1000), .number(4)])
  #expect(answer.rows[2] == [.text("conversations begun"), .number(6), .number(6), .number(1)])
  #expect(
    answer.rows.last == [
      .text("new: b on 443/tcp, conversations"), .number(2), .count(0), .unknown,
    ])
  #expect(answer.sentence.contains("sent: 4 kB a day, usually 1 kB, 4 times as much"))
  #expect(answer.sentence.contains("1 destination for the first time"))
  #expect(answer.rows[5] == [.text("new destinations"), .count(1), .unknown, .unknown])
  #expect(strangers(answer, about: "10.0.0.7").isEmpty)
  // "a" is known; that it answers on another port makes it no new destination.
  let other = HostTables(
    hostHours: hostHours([("10.0.0.7", 10, 10, 6)]), pairs: pairs([("10.0.0.7", "a", 22, 4)]),
    isWorkday: true)
  let again = try Answer.whatChanged(
    "10.0.0.7", days: [other], before: [day(1, 1, ["a"]), day(1, 1, ["a"]), day(1, 1, ["a"])])
  #expect(again.sentence.contains("0 destinations for the first time"))
  #expect(again.rows.last?.first == .text("new: a on 22/tcp, conversations"))
  let unknown = try Answer.whatChanged("10.0.0.7", days: [other], before: [])
  #expect(unknown.sentence.hasSuffix("which of its destinations are new is not known yet."))
  #expect(unknown.rows[5][1] == .unknown)
  let silent = try Answer.whatChanged("10.0.0.9", days: [day(1, 1, [])], before: [])
  #expect(silent.rows.isEmpty)
}

@Test("a source is quiet below half of what is usual")
func quiet() throws {
  let table = TableBuilder(SourceDay.schema)
  for (name, rows, usual) in [("east", 40, 100.0), ("west", 60, 100.0), ("new", 0, nil)] {
    table.column(SourceDay.source).append(name)
    table.column(SourceDay.eventClass).append("flow")
    table.column(SourceDay.rows).append(Int64(rows))
    table.column(SourceDay.usualRows).append(usual)
    table.column(SourceDay.likeDays).append(4)
    table.column(SourceDay.hours).append(20)
    table.column(SourceDay.dayHours).append(24)
    for count in [
      SourceDay.duplicates, SourceDay.repeats, SourceDay.rejected, SourceDay.rowsBefore,
      SourceDay.rowsAfter,
    ] { table.column(count).append(0) }
  }
  let sources = Table(schema: SourceDay.schema, batches: [table.finishBatch()])
  let day = try #require(CivilDate("2026-03-25"))
  let answer = try Answer.quietSources([(day, sources, [])])
  #expect(answer.rows.map { $0[1] } == [.text("east")])
  #expect(strangers(answer).isEmpty)
  #expect(answer.sentence.contains("40 rows, usually 100"))
}

@Test("text of a log can't steer a terminal, and JSON is read by a parser as it was")
func escaping() throws {
  let hostile = "a\u{1B}[2J\u{202E}\"\\\n\u{7}é"
  let answer = Answer(
    columns: ["host", "bytes"], rows: [[.text(hostile), .bytes(1500)], [.text("b"), .unknown]],
    sentence: hostile)
  for bad in ["\u{1B}", "\u{202E}", "\u{7}"] { #expect(!answer.text.contains(bad)) }
  #expect(answer.text.split(separator: "\n").count == 4)
  let object = try #require(
    try JSONSerialization.jsonObject(with: Data(try answer.json.utf8)) as? [String: Any])
  #expect(object["sentence"] as? String == hostile)
  let rows = try #require(object["rows"] as? [[String: Any]])
  #expect(rows[0]["host"] as? String == hostile)
  #expect(rows[0]["bytes"] as? Int == 1500)
  #expect(rows[1]["bytes"] is NSNull)
}
