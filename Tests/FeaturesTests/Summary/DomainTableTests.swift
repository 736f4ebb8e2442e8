import Columnar
import Events
import TestSupport
import Testing

@testable import Features

@Suite("domains of a day") struct DomainTableTests {
  let day = CivilDate(dayNumber: 20_000)
  let calendar = CivilCalendar()

  struct Question {
    var second: Double
    var from: String
    var name: String
    var to: String? = "9.9.9.9"
    var type: String? = "A"
    var code: String? = "NOERROR"
  }

  private func table(_ questions: [Question]) -> Table {
    let kept: [Field] = [
      Event.time.field, Event.sourceAddress.field, Event.destinationAddress.field,
      Event.sourceHost.field, Event.destinationHost.field, Event.dnsQuestion.field,
      Event.dnsType.field, Event.dnsResponseCode.field, Event.source.field,
    ]
    let table = TableBuilder(EventClass.dns.schema.filtered { kept.contains($0) })
    for one in questions {
      table.column(Event.time).append(
        calendar.start(of: day).advanced(byMicroseconds: Int64(one.second * 1_000_000)))
      table.column(Event.sourceAddress).append(Address(one.from))
      table.column(Event.destinationAddress).append(one.to.flatMap { Address($0) })
      table.column(Event.sourceHost).append(nil)
      table.column(Event.destinationHost).append(nil)
      table.column(Event.dnsQuestion).append(one.name)
      table.column(Event.dnsType).append(one.type)
      table.column(Event.dnsResponseCode).append(one.code)
      table.column(Event.source).append("zeek")
    }
    return Table(schema: table.schema, batches: [table.finishBatch()])
  }

  private func rows(_ questions: [Question], limits: DaySummary.Limits = .init()) throws
    -> [[String]]
  {
    try Written(day, calendar, [.dns: table(questions)], limits: limits)[AskedDomain.schema]
  }

  @Test("questions, types and characters are summed by host and domain, and names counted once")
  func sums() throws {
    let found = try rows([
      Question(second: 1, from: "10.0.0.1", name: "aabb.Tunnel.example."),
      Question(second: 2, from: "10.0.0.1", name: "aabb.tunnel.example", type: "TXT"),
      Question(second: 3, from: "10.0.0.1", name: "abcd.ab.tunnel.example", type: "10"),
      Question(second: 4, from: "10.0.0.1", name: "tunnel.example", code: "NXDOMAIN"),
      Question(second: 5, from: "10.0.0.1", name: "www.shop.co.uk", code: "SERVFAIL"),
      Question(second: 6, from: "8.8.8.8", name: "www.shop.co.uk"),
    ])
    let start = calendar.start(of: day).microseconds
    // aabb: 4 characters, 1 bit each. abcdab: 6·log₂6 − 2·2·log₂2 − 0 = 11.5 bits, 11 whole ones.
    #expect(
      found == [
        [
          "10.0.0.1", "shop.co.uk", "1", "0", "0", "0", "1", "3", "0", "0",
          "\(start + 5_000_000)", "\(start + 5_000_000)",
        ],
        [
          "10.0.0.1", "tunnel.example", "4", "0", "1", "2", "3", "14", "19", "153",
          "\(start + 1_000_000)", "\(start + 4_000_000)",
        ],
      ])
  }

  @Test("a name server is credited with what it was asked apart from what it asks") func servers()
    throws
  {
    let found = try rows([
      Question(second: 1, from: "10.0.0.1", name: "a.site.test", to: "10.0.0.53"),
      Question(second: 1, from: "10.0.0.53", name: "a.site.test"),
      Question(second: 2, from: "10.0.0.2", name: "a.site.test", to: "10.0.0.53"),
    ])
    #expect(
      found.map { Array($0[0...3]) } == [
        ["10.0.0.1", "site.test", "1", "0"], ["10.0.0.2", "site.test", "1", "0"],
        ["10.0.0.53", "site.test", "1", "2"],
      ])
  }

  @Test("neither the limits nor the order of rows of one instant show") func limits() throws {
    var random = SplitMix(seed: 7)
    let questions = (0..<400).map { _ in
      Question(
        second: 5, from: "10.0.0.\(Int.random(in: 1...9, using: &random))",
        name:
          "n\(Int.random(in: 0..<300, using: &random)).d\(Int.random(in: 0..<9, using: &random)).test",
        to: Bool.random(using: &random) ? "10.0.0.3" : "9.9.9.9")
    }
    var tiny = DaySummary.Limits()
    tiny.domainCount = 4
    let whole = try rows(questions)
    #expect(whole.count == 80)
    #expect(try rows(questions, limits: tiny) == whole)
    #expect(try rows(questions.reversed()) == whole)
  }
}
