import Testing

@testable import LogReaders

@Suite("Records in documents")
struct DocumentTests {
  private func format(_ read: String, map: String) throws -> Format {
    try sampleFormat(
      read: read,
      time: """
        field = ["time", "date + clock", "elff.date + clock"]
        formats = ["epoch", "yyyy-MM-dd HH:mm:ss"]
        zone = "UTC"
        """, map: map)
  }

  private func read(
    _ text: String, _ format: Format, pieceCapacity: Int = 512 << 10
  ) throws -> Reading {
    let reading = try LogReadersTests.read(
      Array(text.utf8), format, settings: settings(), pieceCapacity: pieceCapacity)
    #expect(reading.summary.counts.isBalanced)
    return reading
  }

  private static let tuples = """
    shape = "document"
    records = ["all.groups.tuples"]
    columns = ["time", "ip", "note"]
    """
  private static let tupleMap = """
    source_ip = "ip"
    user_name = "note"
    rule_name = "all.groups.rule"
    event_id = "all.id"
    """

  private static let document = #"""
    { "version": 2, "all": [
      { "id": 7, "skip": {"tuples": ["no"], "x": [[1], "\"]"]},
        "groups": [ { "rule": "a \"b\"", "tuples": ["1782900000,10.0.0.1,x", "1782900001,10.0.0.2,y"] },
                    { "tuples": ["1782900002,10.0.0.3"] } ] },
      { "groups": [ { "rule": "c", "tuples": [] }, { "rule": "d", "tuples": [
        "1782900003,10.0.0.4,caf\u00e9" ] } ] } ] }
    {"all": {"id": "8", "groups": {"tuples": "1782900004,10.0.0.5,z"}}}
    """#

  @Test("elements at the path are records, with the values that stand before them in their objects")
  func tuples() throws {
    let format = try format(Self.tuples, map: Self.tupleMap)
    let whole = try read(Self.document, format)
    #expect(whole.column("source_ip") == ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.5"])
    #expect(whole.column("user_name") == ["x", "y", "café", "z"])
    #expect(whole.column("rule_name") == ["a \"b\"", "a \"b\"", "d", nil])
    #expect(whole.column("event_id") == ["7", "7", nil, "8"])
    #expect(whole.column("log_line") == ["3", "3", "6", "7"])
    #expect(whole.rejectTexts.map { $0[0] } == ["4"])
    #expect(whole.rejectTexts.map { $0[2] } == ["too few fields (expected 3)"])
    #expect(whole.summary.counts.lines == 7)
    for text in [Self.document, Self.document.replacing("\n", with: "\r\n")] {
      for capacity in [130, 200, 333] {
        let parts = try read(text, format, pieceCapacity: capacity)
        #expect(parts.rowTexts == whole.rowTexts, "pieces of \(capacity)")
        #expect(parts.summary.counts == whole.summary.counts)
      }
    }
  }

  @Test("a document that is cut, or malformed, is a reject, and what came before counts")
  func malformed() throws {
    let format = try format(Self.tuples, map: Self.tupleMap)
    for (cut, rows) in [(Self.document.prefix(230), 2), (Self.document.prefix(100), 0)] {
      let reading = try read(String(cut), format)
      #expect(reading.summary.counts.rows == rows)
      #expect(reading.rejectTexts.last?[2] == "not a JSON object")
    }
    let reading = try read("{\"all\": [{\"groups\": [}\n\n]", format)
    #expect(reading.summary.counts.rows == 0)
    #expect(reading.summary.counts.rejects == 1)
    #expect(reading.summary.counts.lines == 3)
  }

  @Test("an array of objects, over several lines, gives a record an object")
  func array() throws {
    let format = try format(
      "shape = \"document\"\nrecords = [\"\"]",
      map: "source_ip = \"a.ip\"\nuser_name = \"names.0\"\nrule_name = \"list.n\"")
    let text = """
      [ {"time": "1782900000", "a": {
           "ip": "10.0.0.1"}, "names": ["x", "y"], "list": [{"n": 1}, {"n": "two"}]},
        {"time": 1782900001, "a": null} ]
      {"time": 1782900002}
      """
    let reading = try read(text, format)
    #expect(reading.column("source_ip") == ["10.0.0.1", nil, nil])
    #expect(reading.column("user_name") == ["x", nil, nil])
    #expect(reading.column("rule_name") == ["1,two", nil, nil])
    #expect(reading.column("log_line") == ["1", "3", "4"])
  }

  @Test("texts that many objects of an array hold are all joined, however many records have them")
  func manyJoined() throws {
    let format = try format("shape = \"json\"", map: "user_name = \"a.n\"")
    let names = (0..<120).map { "{\"n\": \"name\\u0041\($0)\"}" }.joined(separator: ",")
    let line = "{\"time\": 1782900000, \"a\": [\(names)]}\n"
    let reading = try read(String(repeating: line, count: 60), format, pieceCapacity: 256 << 10)
    let expected = (0..<120).map { "nameA\($0)" }.joined(separator: ",")
    #expect(reading.column("user_name") == Array(repeating: expected, count: 60))
  }

  @Test("of a key that an object repeats the last value counts")
  func repeatedKeys() throws {
    let format = try format(Self.tuples, map: Self.tupleMap)
    let ids = (0..<5_000).map { "\"id\": \"\($0)\"" }.joined(separator: ", ")
    let text =
      "{\"all\": [{\(ids), \"groups\": {\"rule\": \"a\", \"rule\": \"b\", "
      + "\"tuples\": [\"1782900000,10.0.0.1,x\"]}}]}"
    let reading = try read(text, format)
    #expect(reading.column("event_id") == ["4999"])
    #expect(reading.column("rule_name") == ["b"])
  }

  @Test("a W3C log changes its columns mid-file, merges spaces, and takes the day from #Date")
  func extendedLog() throws {
    let format = try format("shape = \"elff\"", map: "source_ip = \"ip\"\nuser_name = \"who\"")
    let text = """
      #Version: 1.0
      #Fields: date clock ip who
      2026-07-01  10:00:00 10.0.0.1   "a ""b"" c"

      #Date: 2026-07-02 00:00:00
      #Fields: who clock  x(Y)
      - 10:00:01 z
      d 10:00:02
      "d 10:00:02 q
      """
    let reading = try read(text, format)
    #expect(reading.column("event_time") == ["2026-07-01T10:00:00Z", "2026-07-02T10:00:01Z"])
    #expect(reading.column("user_name") == ["a \"b\" c", nil])
    #expect(reading.rejectTexts.map { $0[0] } == ["8", "9"])
    #expect(reading.summary.counts.headers == 4)
    #expect(throws: InputError.self) { try read("2026-07-01 10:00:00 10.0.0.1 x", format) }
  }

  @Test("one section's rows are records, by tag or by block, and other lines are left out")
  func sections() throws {
    let format = try format(
      """
      shape = "sectioned"
      delimiter = [";"]
      [read.section]
      tag = "ROW"
      header_tag = "HEAD"
      begin = "BEGIN"
      header = "who;"
      end = ["END"]
      values = ["AT"]
      """, map: "user_name = \"who\"\nrule_name = \"AT\"")
    let text = """
      who;time
      AT;now;5
      HEAD;ROW;time;who
      HEAD;OTHER;x
      ROW;1782900000;ann
      OTHER;1
      ROW;1782900000
      BEGIN
      who;time
      bob;1782900001
      AT;6
      cid;1782900002
      END
      eve;1782900003
      """
    let reading = try read(text, format)
    #expect(reading.column("user_name") == ["ann", "bob", "cid"])
    #expect(reading.column("rule_name") == ["5", "5", "6"])
    #expect(reading.rejectTexts.map { $0[0] } == ["7"])
  }
}
