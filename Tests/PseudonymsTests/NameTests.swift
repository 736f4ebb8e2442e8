import Columnar
import Events
import Pseudonyms
import Testing

/// The bytes 0 to 31.
let testKeyText = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/// Expected values are by Python's hmac and hashlib: HKDF-SHA-256 of the key without salt, with the
/// info `tidemark names`, then the first 16 digits of the HMAC-SHA-256 of `kind text`.
@Suite("Pseudonyms of names")
struct NameTests {
  private let pseudonymiser: Pseudonymiser

  init() throws {
    pseudonymiser = try Pseudonymiser(
      PseudonymKey(text: testKeyText), addresses: .ipcryptPFX, hidesNames: true)
  }

  @Test("names are the first 64 bits of an HMAC by a key derived for names")
  func codes() throws {
    #expect(pseudonymiser.fingerprint == "96c143423b4b0a58")
    #expect(pseudonymiser.user("anna") == "user-db4fd60362de8e2c")
    #expect(pseudonymiser.host("ws01") == "host-66a7319241830919")
    var line = "a line"
    #expect(
      line.withUTF8 { pseudonymiser.digest(UnsafeRawBufferPointer($0)) }
        == "14946b305793adf4caafe8d1de61b2b4")
  }

  @Test("a user's domain stays apart, however it is written")
  func domains() {
    let (user, domain) = ("user-db4fd60362de8e2c", "domain-45180e6e35df2de6")
    #expect(pseudonymiser.user("CORP\\Anna") == "\(domain)\\\(user)")
    #expect(pseudonymiser.user("anna@corp") == "\(user)@\(domain)")
    #expect(pseudonymiser.user("ANNA") == user)
  }

  @Test("accounts of machines are still known by their ending, and those of systems stay")
  func accounts() {
    #expect(pseudonymiser.user("WS01$") == "host-66a7319241830919$")
    for name in ["-", "system", "anonymous logon", "dwm-3", ""] {
      #expect(pseudonymiser.user(name) == name)
    }
    #expect(pseudonymiser.user("NT AUTHORITY\\SYSTEM").hasSuffix("\\system"))
  }

  @Test("a key file that is none is refused without being quoted")
  func badKey() {
    let error = #expect(throws: PseudonymError.self) { try PseudonymKey(text: "hunter2") }
    #expect(error?.description.contains("hunter2") == false)
    #expect(throws: PseudonymError.self) { try PseudonymKey(text: testKeyText + "00") }
  }

  @Test("new keys are keys, and differ")
  func newKeys() throws {
    let keys = try (0..<2).map { _ in try PseudonymKey(text: PseudonymKey.newText()) }
    #expect(keys[0].fingerprint != keys[1].fingerprint)
  }
}

@Suite("Replacement in rows")
struct ReplacementTests {
  private let pseudonymiser: Pseudonymiser

  init() throws {
    pseudonymiser = try Pseudonymiser(
      PseudonymKey(text: testKeyText), addresses: .cryptoPAn, hidesNames: true)
  }

  private func hidden(_ address: String) throws -> String {
    try pseudonymiser.address(#require(Address(address))).description
  }

  /// What becomes of texts in a column of HTTP or DNS events.
  private func replaced(
    _ column: ColumnKey<Strings>, _ texts: [String?], in eventClass: EventClass, cutsURLs: Bool
  ) throws -> [String?] {
    let schema = eventClass.schema.filtered { $0.name == column.name }
    let (table, sink) = (TableBuilder(schema), TableSink())
    for text in texts { table.column(column).append(text) }
    try ReplacingSink(sink, EventReplacement(pseudonymiser, cutsURLs: cutsURLs))
      .write(table.finishBatch())
    return sink.batches.flatMap { batch in (0..<batch.rowCount).map { batch[column][$0] } }
  }

  @Test("addresses inside texts are replaced, and nothing like them")
  func texts() throws {
    let (client, server) = (try hidden("10.0.0.7"), try hidden("2001:db8::7"))
    let found = try replaced(
      Event.dnsAnswers,
      [
        "10.0.0.7,www.example.com", "2001:db8::7", "v=spf1 ip4:10.0.0.7.", nil, "1.2.3", "10:20",
        "from 2001:db8::7: refused 2001:db8::7.", "10.0.0.7-10.0.0.7", "to_10.0.0.7.. ws-10",
        "7.0.0.10.in-addr.arpa,x.example", "inside:2001:db8::7 2001:db8::7.443 10.0.0.7.443",
      ], in: .dns, cutsURLs: false)
    let reversed = client.split(separator: ".").reversed().joined(separator: ".")
    #expect(
      found == [
        "\(client),www.example.com", server, "v=spf1 ip4:\(client).", nil, "1.2.3", "10:20",
        "from \(server): refused \(server).", "\(client)-\(client)", "to_\(client).. ws-10",
        "\(reversed).in-addr.arpa,x.example", "inside:\(server) \(server).443 \(client).443",
      ])
  }

  @Test("names that ask for an address's name hold its pseudonym, backwards")
  func reverseNames() throws {
    let reversed = try hidden("10.0.0.7").split(separator: ".").reversed().joined(separator: ".")
    let block = try hidden("10.0.0.0").split(separator: ".").prefix(3).reversed()
      .joined(separator: ".")
    let nibbles = "7" + String(repeating: ".0", count: 23) + ".8.b.d.0.1.0.0.2"
    let found = try replaced(
      Event.dnsQuestion,
      [
        "7.0.0.10.in-addr.arpa", "0.0.10.IN-ADDR.ARPA.", nibbles + ".ip6.arpa", "a.example",
        "b._dns-sd._udp.7.0.0.10.in-addr.arpa", "7.0-25.0.0.10.in-addr.arpa", "10.0.0.7.",
      ],
      in: .dns, cutsURLs: false)
    #expect(found[0] == "\(reversed).in-addr.arpa")
    #expect(found[1] == "\(block).in-addr.arpa.")
    let digits = try #require(found[2]).dropLast(9).filter { $0 != "." }.reversed().map(String.init)
    let groups = stride(from: 0, to: 32, by: 4).map { digits[$0..<$0 + 4].joined() }
    #expect(
      Address(groups.joined(separator: ":"))?.description == (try hidden("2001:db8::7")))
    #expect(found[3] == "a.example")
    #expect(found[4] == "b._dns-sd._udp.\(reversed).in-addr.arpa")
    #expect(found[5] == "x.x.\(block).in-addr.arpa")
    #expect(try found[6] == hidden("10.0.0.7") + ".")
  }

  @Test("URLs lose queries and credentials, and addresses in them are replaced")
  func urls() throws {
    let host = try hidden("203.0.113.9")
    let texts = [
      "http://203.0.113.9:8080/a?user=anna&to=10.0.0.7", "/path;x?token=1#part",
      "https://anna:secret@www.example.com/b@c", nil,
    ]
    #expect(
      try replaced(Event.urlFull, texts, in: .http, cutsURLs: true) == [
        "http://\(host):8080/a", "/path;x", "https://www.example.com/b@c", nil,
      ])
    let kept = try replaced(Event.urlFull, texts, in: .http, cutsURLs: false)
    #expect(kept[0] == "http://\(host):8080/a?user=anna&to=\(try hidden("10.0.0.7"))")
  }

  @Test("rows keep their nulls, and dictionaries grow from batch to batch as before")
  func batches() throws {
    let schema = EventClass.flow.schema.filtered {
      [Event.sourceAddress.name, Event.sourceHost.name].contains($0.name)
    }
    let (table, sink) = (TableBuilder(schema), TableSink())
    let replacing = ReplacingSink(sink, EventReplacement(pseudonymiser, cutsURLs: true))
    for host in ["ws01", nil, "10.0.0.7"] {
      table.column(Event.sourceAddress).append(host.flatMap { Address($0) })
      table.column(Event.sourceHost).append(host)
      try replacing.write(table.finishBatch())
    }
    let client = try hidden("10.0.0.7")
    #expect(
      sink.batches.map { $0[Event.sourceHost][0] } == ["host-66a7319241830919", nil, client])
    #expect(sink.batches.map { $0[Event.sourceAddress][0]?.description } == [nil, nil, client])
  }
}
