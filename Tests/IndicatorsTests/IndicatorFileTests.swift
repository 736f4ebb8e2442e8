import Columnar
import Events
import Testing

@testable import Indicators

@Suite struct IndicatorFileTests {
  private func read(
    _ text: String, _ format: IndicatorFile.Format, columns: IndicatorFile.Columns? = nil
  ) -> IndicatorFile {
    IndicatorFile(
      Array(text.utf8), path: "lists/feed.txt", format: format, columns: columns,
      site: SiteNetworks([Network("192.0.2.0/24")].compactMap { $0 }))
  }

  @Test("a plain list: addresses, networks, names, URLs, disarmed or with ports, and hosts files")
  func plain() {
    let file = read(
      """
      # of yesterday
      203.0.113.7
      198.51.100.0/24 # a whole block
      203.0.113.9:4444
      2001:db8::5
      [2001:db8::6]:443

      evil[.]example
      hxxps://user@Bad.Example:8443/path?a=1
      *.wild.example.
      0.0.0.0 ads.example
      e7d705a3286e19ea42f587b344ee6865
      t13d1516h2_8daaf6152771_b186095e22b6
      """, .plain)
    #expect(file.problems.isEmpty)
    #expect(
      file.indicators.map(\.text) == [
        "203.0.113.7", "198.51.100.0/24", "203.0.113.9", "2001:db8::5", "2001:db8::6",
        "evil.example", "bad.example", "wild.example", "ads.example",
        "e7d705a3286e19ea42f587b344ee6865", "t13d1516h2_8daaf6152771_b186095e22b6",
      ])
  }

  @Test("private, special and own networks, single labels and nonsense are refused with their line")
  func refused() {
    let lines = [
      "10.0.0.0/8", "192.168.1.7", "0.0.0.0/0", "192.0.2.17", "192.0.0.0/16", "127.0.0.1",
      "fe80::1",
      "two words?/", "1.2.3.4.5",
    ]
    let file = read(lines.joined(separator: "\n"), .plain)
    #expect(file.indicators.isEmpty)
    #expect(file.problems.count == lines.count - 1)
    #expect(
      file.problems.first
        == "lists/feed.txt:1: expected addresses of others, found 10.0.0.0/8, which meets 10.0.0.0/8"
    )
    #expect(file.problems.last?.hasPrefix("lists/feed.txt:9: expected an address") == true)
    #expect(file.unusedCount == 1)
  }

  @Test(
    "a CSV: named columns, quotes, a header that is a comment, dates; wrong rows with their line")
  func csv() {
    let file = read(
      """
      # "list of the day"
      # "first_seen", "ioc", "last"
      "2026-03-01 10:00:00", "203.0.113.7", ""
      "1772409600", "evil.example", "2026-03-09"
      "soon", "203.0.113.8", ""
      "2026-03-01"
      """, .csv, columns: .init(value: "ioc", from: "first_seen", until: "last"))
    #expect(file.indicators.map(\.origin) == ["feed.txt, 2026-03-01", "feed.txt, 2026-03-02"])
    #expect(file.indicators.map(\.until) == [nil, CivilDate("2026-03-09")])
    #expect(
      file.problems == [
        "lists/feed.txt:5: expected a date such as 2026-03-01, or seconds since 1970, found soon",
        "lists/feed.txt:6: expected 2 fields, found 1",
      ])
    let headless = read("a,b\n1,2\n", .csv, columns: .init(value: "ioc"))
    #expect(
      headless.problems == ["lists/feed.txt:1: expected a header with a column ioc, found none"])
  }

  @Test("STIX: comparisons that stand alone count, revoked indicators and conjunctions don't")
  func stix() {
    func indicator(_ pattern: String, _ more: String = "") -> String {
      """
      {"type":"indicator","pattern":"\(pattern)","valid_from":"2026-03-01T00:00:00Z"\(more)}
      """
    }
    let patterns = [
      indicator("[ipv4-addr:value = '203.0.113.7']"),
      indicator("[domain-name:value='a.example' OR domain-name:value = 'b.example']"),
      indicator(
        "[url:value = 'http://c.example/x\\\\'y']", ",\"valid_until\":\"2026-03-05T00:00:00Z\""),
      indicator("[ipv4-addr:value = '203.0.113.8' AND network-traffic:dst_port = '443']"),
      indicator("[ipv4-addr:value = '203.0.113.9']", ",\"revoked\":true"),
      indicator("[file:hashes.MD5 = 'e7d705a3286e19ea42f587b344ee6865']"),
      indicator("[domain-name:value != 'd.example']"),
      "{\"type\":\"malware\",\"name\":\"x\",\"pattern\":7}",
    ]
    let file = read("{\"type\":\"bundle\",\"objects\":[\(patterns.joined(separator: ","))]}", .stix)
    #expect(file.problems.isEmpty)
    #expect(
      file.indicators.map(\.text) == ["203.0.113.7", "a.example", "b.example", "c.example"])
    #expect(file.indicators.last?.until == CivilDate("2026-03-05"))
  }

  @Test("MISP: attributes for detection of one event or several, in objects too") func misp() {
    let event = """
      {"Event":{"info":"x","Attribute":[
        {"type":"ip-dst|port","value":"203.0.113.7|443","to_ids":true,"timestamp":"1772409600"},
        {"type":"domain|ip","value":"a.example|203.0.113.9","to_ids":true,"first_seen":"2026-03-02T00:00:00+00:00"},
        {"type":"domain","value":"no.example","to_ids":false},
        {"type":"md5","value":"e7d705a3286e19ea42f587b344ee6865","to_ids":true}],
       "Object":[{"name":"url","Attribute":[{"type":"url","value":"https://b.example/","to_ids":true}]}]}}
      """
    let expected = ["203.0.113.7", "a.example", "203.0.113.9", "b.example"]
    #expect(read(event, .misp).indicators.map(\.text) == expected)
    #expect(read("{\"response\":[\(event)]}", .misp).indicators.map(\.text) == expected)
    #expect(read(event, .misp).indicators.first?.from == CivilDate("2026-03-02"))
    #expect(read("{}", .misp).problems == ["lists/feed.txt: expected indicators, found none"])
    #expect(read("{", .stix).problems.first?.hasPrefix("lists/feed.txt: expected JSON") == true)
  }
}

@Suite struct IndicatorNoteTests {
  private func read(
    _ text: String, path: String = "feed", format: IndicatorFile.Format? = nil,
    columns: IndicatorFile.Columns? = nil
  ) -> [String] {
    IndicatorFile(
      Array(text.utf8), path: path, format: format, columns: columns, site: SiteNetworks([])
    ).indicators.map { "\($0.text) \($0.kind): \($0.note)" }
  }

  @Test("a plain list says what an indicator is in the comment behind it") func plain() {
    #expect(
      read("203.0.113.7 ; a # b\n0.0.0.0 ads.example\t#ads \n198.51.100.0/24\nhxxp://x.example/y")
        == [
          "203.0.113.7 address: a # b", "ads.example domain: ads", "198.51.100.0/24 network: ",
          "x.example url: ",
        ])
    #expect(read("[2001:db8::6]:443") == ["2001:db8::6 address: "])
  }

  @Test("a CSV is known by its name, and says it in a column") func csv() {
    let columns = IndicatorFile.Columns(value: "ioc", note: "what")
    let text = "ioc,what\n203.0.113.7,\"several\twords\"\n"
    #expect(
      read(text, path: "a/FEED.CSV", columns: columns) == ["203.0.113.7 address: several words"])
    #expect(read("{}", path: "feed.csv").isEmpty)
  }

  @Test("JSON is known by its content: STIX names indicators, MISP comments on them or their event")
  func documents() {
    let bundle = """
       {"type":"bundle","objects":[{"type":"indicator","name":"two\\nlines",
        "pattern":"[domain-name:value = 'a.example']"}]}
      """
    #expect(read(bundle) == ["a.example domain: two lines"])
    let events = """
      [{"Event":{"info":"an event","Attribute":[
        {"type":"domain","value":"a.example","to_ids":true,"comment":""},
        {"type":"domain","value":"b.example","to_ids":true,"comment":"c2"}],
       "Object":[{"Attribute":[{"type":"ja3-fingerprint-md5","to_ids":true,
         "value":"e7d705a3286e19ea42f587b344ee6865"}]}]}}]
      """
    #expect(
      read(events) == [
        "a.example domain: an event", "b.example domain: c2",
        "e7d705a3286e19ea42f587b344ee6865 fingerprint: an event",
      ])
  }

  @Test("STIX indicators without a bundle, alone or in an array, are read")
  func withoutBundle() {
    func indicator(_ name: String) -> String {
      """
      {"type":"indicator","name":"n","pattern":"[domain-name:value = '\(name)']"}
      """
    }
    #expect(read(indicator("a.example")) == ["a.example domain: n"])
    let several = "[\(indicator("a.example")),\(indicator("b.example"))]"
    for format in [nil, IndicatorFile.Format.stix] {
      #expect(read(several, format: format) == ["a.example domain: n", "b.example domain: n"])
    }
  }

  @Test("a byte order mark is no part of a list, a header or a document") func mark() {
    let columns = IndicatorFile.Columns(value: "ioc", note: "what")
    #expect(read("\u{FEFF}203.0.113.7\n") == ["203.0.113.7 address: "])
    #expect(
      read("\u{FEFF}ioc,what\n203.0.113.7,x\n", path: "f.csv", columns: columns)
        == ["203.0.113.7 address: x"])
    #expect(
      read(
        """
        \u{FEFF}{"type":"bundle","objects":[{"type":"indicator",\
        "pattern":"[domain-name:value = 'a.example']"}]}
        """) == ["a.example domain: "])
  }
}

@Suite struct IndicatorSetTests {
  private let all = [
    "203.0.113.0/24", "203.0.113.7", "evil.example", "b.evil.example",
    "e7d705a3286e19ea42f587b344ee6865",
  ].compactMap { Indicator.Value($0) }.map {
    Indicator($0, file: "f", from: CivilDate("2026-03-02"), until: CivilDate("2026-03-03"))
  }

  @Test("an indicator counts from its first day to its last") func dates() {
    for (day, count) in [
      ("2026-03-01", 0), ("2026-03-02", 5), ("2026-03-03", 5), ("2026-03-04", 0),
    ] {
      let set = IndicatorSet(all, on: CivilDate(day) ?? CivilDate(dayNumber: 0))
      #expect(set.indicators.count == count)
    }
  }

  @Test("without a day all count, the first of each value") func always() {
    #expect(IndicatorSet(all + all).indicators == all)
  }

  @Test("the narrowest network and the nearest domain above a name are found") func lookups() throws
  {
    let set = IndicatorSet(all + all, on: try #require(CivilDate("2026-03-02")))
    func found(_ index: Int?) -> String? { index.map { set.indicators[$0].text } }
    func address(_ text: String) throws -> String? {
      found(set.index(of: try #require(Address(text))))
    }
    #expect(set.indicators.count == 5)
    #expect(try address("203.0.113.7") == "203.0.113.7")
    #expect(try address("203.0.113.8") == "203.0.113.0/24")
    #expect(try address("203.0.114.8") == nil)
    func name(_ text: String) -> String? {
      Array(text.utf8).withUnsafeBytes { found(set.index(ofName: $0)) }
    }
    #expect(name("X.a.Evil.example.") == "evil.example")
    #expect(name("b.evil.example") == "b.evil.example")
    #expect(name("a.b.evil.example") == "b.evil.example")
    #expect(["notevil.example", "example", "", "."].allSatisfy { name($0) == nil })
    #expect(found(set.index(ofFingerprint: "E7D705A3286E19EA42F587B344EE6865")) != nil)
  }
}
