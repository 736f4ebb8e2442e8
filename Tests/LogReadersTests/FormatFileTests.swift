import Testing

@testable import LogReaders

@Suite("Format files")
struct FormatFileTests {
  private static let whole = """
    [format]
    id = "sample"
    class = "flow"
    [flow]
    kind = "oneway"
    [detect]
    header_prefix = "time,from"
    [read]
    shape = "delimited"
    [time]
    field = "time"
    formats = ["epoch"]
    [map]
    source_ip = "from"
    [[test]]
    header = "time,from"
    line = "1782900000,10.0.0.1"
    expect = { source_ip = "10.0.0.1" }
    """

  @Test(
    "mistakes are errors that say where and what was expected",
    arguments: [
      ("class = \"flow\"", "class = \"flaw\"", "[format] class: expected one of flow, dns"),
      ("shape = \"delimited\"", "shape = \"delimited\"\nheaders = true", "unknown keys: headers"),
      ("source_ip = \"from\"", "source_ipp = \"from\"", "[map] has unknown keys: source_ipp"),
      (
        "source_ip = \"from\"", "source_ip = { from = \"from\", type = \"port\" }",
        "can't be of type port"
      ),
      (
        "source_ip = \"from\"", "duration_us = { from = \"from\", type = \"decimal\" }",
        "state their unit"
      ),
      ("source_ip = \"from\"", "conn_state = { from = \"from\", values = \"x\" }", "no [values.x]"),
      ("source_ip = \"from\"", "log_line = \"from\"", "filled by ingest itself"),
      ("\"epoch\"", "\"HH:mm\"", "expected epoch"),
      ("\"epoch\"", "\"yyyy-MM-dd\"", "[time] lacks zone"),
      (
        "formats = [\"epoch\"]", "formats = [\"epoch\"]\nzone = \"UTC\"",
        "state the zone themselves"
      ),
      ("kind = \"oneway\"", "kind = \"twoway\"", "expected oneway or biflow"),
      ("id = \"sample\"", "id = ", "sample.toml:2:"),
      (
        "source_ip = \"from\"", "conn_state = { from = \"from\", regex = \"(a\" }",
        "conn_state regex: \"(a\" is not a regular expression: expected ')'"
      ),
    ])
  func mistakes(part: String, mistake: String, message: String) throws {
    #expect(throws: Never.self) { try Format(toml: Self.whole, path: "sample.toml") }
    #expect {
      try Format(
        toml: replaced(Self.whole, part, mistake), path: "sample.toml")
    } throws: { error in
      "\(error)".hasPrefix("sample.toml") && "\(error)".contains(message)
    }
  }

  @Test("a format of a family has no rules about other lines than records")
  func familyRules() throws {
    let kin = replaced(
      replaced(Self.whole, "class = \"flow\"", "class = \"flow\"\nfamily = \"kin\""),
      "shape = \"delimited\"", "shape = \"json\"")
    #expect(throws: Never.self) { try Format(toml: kin, path: "sample.toml") }
    for rule in ["comment = \"#\"", "lines = [\"x\"]", "stop_at = \"x\""] {
      #expect {
        try Format(toml: replaced(kin, "[time]", "[skip]\n\(rule)\n[time]"), path: "sample.toml")
      } throws: {
        "\($0)".contains("a file that formats share has no [skip] comment")
      }
    }
  }

  @Test("a format file without samples is refused")
  func noTests() throws {
    let text = Self.whole.prefix(
      upTo: try #require(Self.whole.firstRange(of: "[[test]]")).lowerBound)
    #expect { try Format(toml: String(text), path: "sample.toml") } throws: {
      "\($0)".contains("lacks [[test]]")
    }
  }

  @Test("a sample that does not come out as stated is reported with its number")
  func wrongExpectation() throws {
    let text = replaced(Self.whole, "source_ip = \"10.0.0.1\"", "source_ip = \"10.0.0.2\"")
    let failures = try Format(toml: text, path: "sample.toml").runTests(zoneRules: zoneRules)
    #expect(
      failures.map(\.description) == [
        "sample.toml: [[test]] 1: source_ip: expected 10.0.0.2, found 10.0.0.1"
      ])
  }

  @Test("detection knows signatures, and tells nearest formats where none matches")
  func detection() throws {
    let library = try FormatLibrary([Format(toml: Self.whole, path: "sample.toml")])
    func detect(_ text: String, name: String = "x.csv") -> Detection {
      library.detect(FileHead(name: name, bytes: Array(text.utf8)))
    }
    guard case .match(let formats, let why) = detect("time,from,more\r\n1,2,3\r\n") else {
      Issue.record("no match")
      return
    }
    #expect(formats.map(\.id) == ["sample"])
    #expect(why == "header starts with time,from")
    #expect(
      detect("time,to\n1,2\n").problem?.contains("sample (lacks from, has to instead)") == true)
    #expect(
      detect("a;b\n").problem?.hasPrefix(
        "matches no format file; its first line is \"a;b\"; describe it") == true)
    #expect(detect("").problem == "holds no text")
    #expect(detect("#fields\tx\n#path\tweird\n").problem?.contains("weird.log") == true)
    let json = #"{"ts":1580000000.5,"name":"truncated_header","peer":"zeek"}"# + "\n"
    #expect(
      detect(json, name: "weird.2020-01-26.log").problem
        == "Zeek's weird.log: no format file maps it")
    #expect(
      detect(json, name: "other.log").problem?.hasPrefix("matches no format file") == true)
    // Rows of Zeek lack what is not known; the format shows in a later one.
    let kerberos = #"{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2"}"#
    let ticket = kerberos.replacing("}", with: #","request_type":"AS"}"#)
    guard
      case .match(let later, _) = try builtInFormats.get().detect(
        FileHead(name: "x.log", bytes: Array("\(kerberos)\n\(ticket)\n".utf8)))
    else {
      Issue.record("no match")
      return
    }
    #expect(later.map(\.id) == ["zeek.kerberos"])
    // What a format maps and doesn't fit it is no log that is left out.
    let mapped = try builtInFormats.get().detect(
      FileHead(name: "conn.log", bytes: Array(json.utf8)))
    #expect(mapped.problem?.hasPrefix("matches no format file") == true)
  }

  @Test("an unknown id is an error that names the nearest one")
  func unknownID() throws {
    let library = try builtInFormats.get()
    #expect { try library.format("nfdump.csv4") } throws: {
      "\($0)".contains("did you mean nfdump.csv48")
    }
  }

  private func replaced(_ text: String, _ part: String, _ other: String) -> String {
    guard let range = text.firstRange(of: part) else { return text }
    return text[..<range.lowerBound] + other + text[range.upperBound...]
  }
}
