import Columnar
import Events
import TestSupport
import Testing

@testable import Features

@Suite("requests of a day") struct RequestTableTests {
  let day = CivilDate(dayNumber: 20_000)
  let calendar = CivilCalendar()

  struct Request {
    var second: Double
    var from: String
    var to: String?
    var url: String?
    var status: UInt16? = 200
    var method = "GET"
    var domain: String?
    var source = "web"
  }

  private func rows(_ requests: [Request], limits: DaySummary.Limits = .init()) throws
    -> [[String]]
  {
    let kept: [Field] = [
      Event.time.field, Event.sourceAddress.field, Event.destinationAddress.field,
      Event.httpMethod.field, Event.httpStatus.field, Event.urlFull.field, Event.urlDomain.field,
      Event.source.field,
    ]
    let table = TableBuilder(EventClass.http.schema.filtered { kept.contains($0) })
    for one in requests {
      table.column(Event.time).append(
        calendar.start(of: day).advanced(byMicroseconds: Int64(one.second * 1_000_000)))
      table.column(Event.sourceAddress).append(Address(one.from))
      table.column(Event.destinationAddress).append(one.to.flatMap { Address($0) })
      table.column(Event.httpMethod).append(one.method)
      table.column(Event.httpStatus).append(one.status)
      table.column(Event.urlFull).append(one.url)
      table.column(Event.urlDomain).append(one.domain)
      table.column(Event.source).append(one.source)
    }
    let events = Table(schema: table.schema, batches: [table.finishBatch()])
    return try Written(day, calendar, [.http: events], limits: limits)[ServedRequest.schema]
  }

  @Test("requests, answers, tries and clients are counted by server and shape, an answer is shown")
  func sums() throws {
    let found = try rows([
      Request(second: 1, from: "8.8.8.8", to: "10.0.0.1", url: "/a/7", status: 404),
      Request(second: 2, from: "8.8.8.8", to: "10.0.0.1", url: "/a/17"),
      Request(second: 3, from: "9.9.9.9", to: "10.0.0.1", url: "/a/8", method: "POST"),
      Request(second: 4, from: "8.8.8.8", to: "10.0.0.1", url: "/a/9", status: 403),
      Request(second: 5, from: "8.8.8.8", to: "10.0.0.1", url: "/a/9", status: 404, method: "PUT"),
      Request(second: 6, from: "8.8.8.8", to: "10.0.0.1", url: "/b\u{1}?c=", status: nil),
    ])
    let start = calendar.start(of: day).microseconds
    #expect(
      found == [
        [
          "10.0.0.1", "/a/0", "5", "2", "2", "2", "\(start + 2_000_000)", "8.8.8.8", "/a/17",
        ],
        [
          "10.0.0.1", "/bU?c=", "1", "0", "0", "1", "\(start + 6_000_000)", "8.8.8.8",
          "/b\\x01?c=",
        ],
      ])
  }

  @Test("a server without an address goes by its log's name, a proxy's requests by none")
  func servers() throws {
    let found = try rows([
      Request(second: 1, from: "8.8.8.8", url: "/", domain: "www.example.org"),
      Request(second: 1, from: "10.0.0.9", url: "/"),
      Request(second: 1, from: "10.0.0.9", url: "/", domain: "www.example.org"),
      Request(second: 1, from: "10.0.0.9", url: "http://www.example.org/"),
      Request(second: 1, from: "10.0.0.9", to: "8.8.8.8", url: "/"),
      Request(second: 1, from: "10.0.0.9", to: "10.0.0.3", url: "http://www.example.org/"),
      Request(second: 1, from: "10.0.0.9", url: nil),
      Request(second: 1, from: "10.0.0.9", to: "10.0.0.3", url: nil),
    ])
    #expect(
      found.map { Array($0[0...2]) } == [["10.0.0.3", "", "1"], ["web", "/", "2"]])
  }

  @Test("neither the limits nor the order of rows of one instant show, and rows are bounded")
  func limits() throws {
    var random = SplitMix(seed: 7)
    let letters = Array("abcdefgh'<")
    let requests = (0..<9000).map { _ in
      Request(
        second: 5, from: "8.8.8.\(Int.random(in: 1...9, using: &random))",
        to: Bool.random(using: &random) ? "10.0.0.1" : "10.0.0.2",
        url: "/" + String((0..<4).map { _ in letters.randomElement(using: &random) ?? "a" }))
    }
    var tiny = DaySummary.Limits()
    tiny.requestCount = 900
    let whole = try rows(requests)
    #expect(whole.count <= 2 * 1024 && whole.count > 1024)
    #expect(try rows(requests, limits: tiny) == whole)
    #expect(try rows(requests.reversed()) == whole)
  }

  @Test("strange requests are kept, however many others were made: answered ones and refused ones")
  func strange() throws {
    let letters = Array("abcdefgh")
    let refused = (0..<3000).flatMap { index in
      let word = String([9, 6, 3, 0].map { letters[index >> $0 & 7] })
      let request = Request(
        second: 5, from: "8.8.8.8", to: "10.0.0.1", url: "/\(word)<'<'<'", status: 404)
      return [request, request]
    }
    let plain = (0..<3000).map { index in
      let word = String([9, 6, 3, 0].map { letters[index >> $0 & 7] })
      return Request(second: 7, from: "8.8.8.8", to: "10.0.0.1", url: "/plain/\(word)")
    }
    let one = Request(second: 9, from: "9.9.9.9", to: "10.0.0.1", url: "/left'here")
    let found = try rows(refused + plain + [one])
    #expect(found.contains { $0[1] == "/left'here" })
    #expect(found.count { $0[1].hasSuffix("<'<'<'") } >= 256)
  }
}
