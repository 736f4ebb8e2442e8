import Columnar
import Events
import TestSupport
import Testing

@testable import LogReaders

@Suite("Files with several kinds of records")
struct SharedFileTests {
  private struct Shared {
    let summary: ReadSummary
    /// By format: the rows as text.
    let rows: [String: [[String?]]]
    let rejects: [[String?]]
  }

  private func read(
    _ text: String, _ formats: [Format], pieceCapacity: Int = 64 << 10
  ) throws -> Shared {
    var settings = try settings()
    settings.year = 2026
    var reader = try LogReader(formats, settings)
    reader.pieceCapacity = pieceCapacity
    let sinks = formats.map { _ in TableSink() }
    let rejects = TableSink()
    let summary = try reader.read(
      MemoryStream(Array(text.utf8)), name: "sample", rows: sinks, rejects: rejects)
    #expect(summary.counts.isBalanced)
    let rows = zip(formats, sinks).map { ($0.id, $1.batches.flatMap { texts($0) }) }
    return Shared(
      summary: summary, rows: Dictionary(uniqueKeysWithValues: rows),
      rejects: rejects.batches.flatMap { texts($0) })
  }

  private func formats(_ text: String) throws -> [Format] {
    let head = FileHead(name: "sample.log", bytes: Array(text.utf8))
    guard case .match(let formats, _) = try builtInFormats.get().detect(head) else { return [] }
    return formats
  }

  @Test("all samples of a family in one file give the rows that each of its formats gives alone")
  func families() throws {
    let families = Dictionary(
      grouping: try builtInFormats.get().formats.filter { $0.family != nil },
      by: { $0.family ?? "" })
    #expect(families.count >= 10)
    for (family, formats) in families.sorted(by: { $0.key < $1.key }) {
      var random = SplitMix(seed: 7)
      let samples = formats.flatMap(\.tests).filter { !$0.line.contains("\n") }
      let lines = (0..<3 * samples.count).map { _ in samples[random.next(samples.count)].line }
      let text = lines.joined(separator: "\n") + "\n"
      let shared = try read(text, formats, pieceCapacity: 4 << 10)
      #expect(shared.summary.counts.lines == lines.count)
      let whole = try read(text, formats, pieceCapacity: text.utf8.count + (4 << 10))
      #expect(shared.rows == whole.rows, "\(family) in pieces")
      #expect(shared.rejects == whole.rejects, "\(family) in pieces")
      #expect(shared.summary.leftOut == whole.summary.leftOut, "\(family) in pieces")
      var taken: Set<String> = []
      for format in formats {
        // What an earlier format takes is not offered to the others.
        let alone = try read(text, [format]).rows[format.id]?.filter { !taken.contains(line($0)) }
        #expect(shared.rows[format.id] == alone, "\(family): \(format.id)")
        taken.formUnion(shared.rows[format.id]?.map { line($0) } ?? [])
      }
    }
  }

  /// `log_line`, the schema's last column.
  private func line(_ row: [String?]) -> String { (row.last ?? nil) ?? "" }

  private static let eve = """
    {"timestamp":"2026-03-29T10:00:00.5+0000","flow_id":1,"event_type":"dns","src_ip":"10.0.0.53",\
    "src_port":53,"dest_ip":"10.0.0.7","dest_port":5000,"proto":"UDP",\
    "dns":{"type":"answer","rrname":"example.com","rrtype":"A","rcode":"NOERROR"}}
    {"timestamp":"2026-03-29T10:00:00.1+0000","flow_id":1,"event_type":"dns","src_ip":"10.0.0.7",\
    "src_port":5000,"dest_ip":"10.0.0.53","dest_port":53,"proto":"UDP",\
    "dns":{"type":"query","rrname":"example.com","rrtype":"A"}}
    {"timestamp":"2026-03-29T10:00:01+0000","flow_id":2,"event_type":"fileinfo"}
    {"timestamp":"2026-03-29T10:00:02+0000","flow_id":3,"event_type":"tls","src_ip":"10.0.0.7",\
    "src_port":5001,"dest_ip":"192.0.2.4","dest_port":443,"proto":"TCP",\
    "tls":{"sni":"example.com","version":"TLS 1.3"}}
    {"timestamp":"2026-03-29T10:00:03+0000","flow_id":3,"event_type":"tls","src_ip":"nowhere",\
    "src_port":5001,"dest_ip":"192.0.2.4","dest_port":443,"proto":"TCP","tls":{}}
    {"timestamp":"2026-03-29T10:00:04+0000","flow_id":4,"event_type":"fileinfo"}
    {"timestamp":
    """

  @Test("each line is counted once: taken, rejected, or left out with its kind")
  func accounting() throws {
    let formats = try formats(Self.eve)
    #expect(formats.count == 5)
    let shared = try read(Self.eve, formats)
    let counts = shared.summary.counts
    #expect(counts.lines == 7)
    #expect(counts.rows == 2)
    #expect(counts.rejects == 2)
    #expect(counts.skippedRecords == 3)
    #expect(shared.rows["suricata.dns"]?.count == 1)
    #expect(shared.rows["suricata.tls"]?.count == 1)
    #expect(shared.rows["suricata.flow"] == [])
    #expect(
      shared.summary.leftOut.map(\.description) == [
        "2 × event_type=fileinfo", "1 × event_type=dns (by suricata.dns)",
      ])
    #expect(shared.rejects.map { $0[0] } == ["5", "7"])
    #expect(
      shared.summary.rejectsByReason.map(\.description) == [
        "1 × not a JSON object, in line 7",
        "1 × suricata.tls: source_ip: not an IP address, in line 5",
      ])
  }

  @Test(
    "formats of a user's choice may share a file, and each record is the first one's that takes it")
  func chosen() throws {
    let text = """
      Mar 29 10:00:00 fw sshd[7]: Accepted password for ann from 192.0.2.7 port 5022 ssh2
      Mar 29 10:00:01 fw cron[8]: job
      Mar 29 10:00:02 fw %ASA-6-302014: Teardown TCP connection 9 for outside:192.0.2.9/443 to \
      inside:10.0.0.7/5001 duration 0:00:03 bytes 42 TCP FINs
      Mar 29 10:00:03 fw %ASA-5-111008: User 'ann' executed a command
      """
    let formats = try [builtIn("linux.sshd"), builtIn("cisco.asa")]
    let shared = try read(text, formats)
    #expect(shared.rows["linux.sshd"]?.count == 1)
    #expect(shared.rows["cisco.asa"]?.count == 1)
    #expect(shared.summary.leftOut.reduce(0) { $0 + $1.count } == 2)
    #expect(shared.summary.leftOut.contains { $0.kind?.hasPrefix("syslog.program=cron") == true })
    #expect {
      try LogReader([builtIn("linux.sshd"), builtIn("nfdump.csv48")], settings())
    } throws: {
      "\($0)".contains("nfdump.csv48 can't read a file together with other formats")
    }
    #expect { try LogReader([builtIn("linux.sshd"), builtIn("linux.sshd")], settings()) } throws: {
      "\($0)".contains("named twice")
    }
  }

  @Test(
    "the year is that of the file's first time, whatever kind of record that is",
    arguments: [["linux.sshd"], ["dhcpd.leases", "linux.sshd"], ["linux.sshd", "cisco.asa"]],
    [1, 200])
  func newYear(ids: [String], othersBefore: Int) throws {
    let others = String(repeating: "Dec 31 23:00:00 fw cron[8]: job\n", count: othersBefore)
    let text =
      others
      + "Jan  1 00:10:00 fw sshd[9]: Failed password for root from 192.0.2.6 port 4022 ssh2\n"
    let shared = try read(text, ids.map { try builtIn($0) }, pieceCapacity: 4 << 10)
    #expect(shared.rows["linux.sshd"]?.map { $0[0] } == ["2027-01-01T00:10:00Z"])
  }

  @Test("many good records of one format do not hide that all of another are rejected")
  func rejectShare() throws {
    let lines = Self.eve.split(separator: "\n")
    let good = try #require(lines.first { $0.contains("rrtype") })
    let bad = try #require(lines.first { $0.contains("nowhere") })
    let text = [Substring](repeating: good, count: 50) + [bad]
    let summary = try read(
      text.joined(separator: "\n"), [builtIn("suricata.dns"), builtIn("suricata.tls")]
    ).summary
    #expect(summary.counts.rows == 50)
    #expect(summary.parts.map(\.rejectCount) == [0, 1])
    #expect(summary.rejectShare == 1)
  }

  @Test("a reason states the fields that its format expects, where formats cut alike")
  func expectedFields() throws {
    let second = try builtIn("pfsense.filterlog")
    var first = second
    first.id = "first"
    first.skip.unless = ["syslog.program": ["another"]]
    let text = "Mar 29 10:00:00 fw filterlog[5]: 5,,,1000\n"
    let alone = try read(text, [second]).summary.rejectsByReason.map(\.reason)
    #expect(alone == ["too few fields (expected 9)"])
    #expect(
      try read(text, [first, second]).summary.rejectsByReason.map(\.reason)
        == alone.map { "pfsense.filterlog: \($0)" })
  }

  @Test("a kind is shown without what a terminal obeys")
  func kindsOfControls() throws {
    let line =
      "{\"timestamp\":\"2026-03-29T10:00:01+0000\",\"flow_id\":2,"
      + "\"event_type\":\"\\u001b[2J\\n\"}\n"
    let kinds = try read(line, [builtIn("suricata.tls")]).summary.leftOut
    #expect(kinds.map(\.name) == ["event_type=\u{b7}[2J\u{b7}"])
  }

  @Test("kinds beyond those that are told apart are counted together")
  func manyKinds() throws {
    let lines = (0..<300).map {
      "{\"timestamp\":\"2026-03-29T10:00:01+0000\",\"flow_id\":2,\"event_type\":\"k\($0)\"}\n"
    }
    let shared = try read(lines.joined(), [builtIn("suricata.tls")])
    #expect(shared.summary.leftOut.count == 257)
    #expect(shared.summary.leftOut.last?.description == "44 × further kinds")
  }

  @Test(
    "files that are no logs are told by their first bytes, or by name where no format knows them")
  func foreignFiles() throws {
    func problem(_ name: String, _ bytes: [UInt8]) throws -> String {
      try builtInFormats.get().detect(FileHead(name: name, bytes: bytes)).problem ?? ""
    }
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    #expect(try problem("a.log", png) == "is an image, and no log")
    #expect(try problem("README.md", Array("# About\n".utf8)) == "is a description, and no log")
    #expect(try problem("x.xlsx", [0x50, 0x4B, 3, 4, 20]).contains("save the sheet"))
    #expect(try problem("LICENSE", Array("text\n".utf8)) == "is a licence, and no log")
    #expect(try problem("readme-first.txt", Array("text\n".utf8)).contains("a description"))
    #expect(try problem("manifest", Array("a  b\n".utf8)) == "is a list of files, and no log")
    #expect(try !problem("license-server.csv", Array("a,b\n1,2\n".utf8)).contains("licence"))
    #expect(try !problem("manifest.log", Array("a b\n".utf8)).contains("a list of files"))
    let named = FileHead(name: "README", bytes: Array((Self.eve + "\n").utf8))
    guard case .match = try builtInFormats.get().detect(named) else {
      Issue.record("a log was taken for a description")
      return
    }
  }

  @Test("a first line matches where an optional group of its expression holds nothing")
  func optionalGroup() throws {
    let format = try builtIn("argus.csv")
    let head = FileHead(
      name: "x.csv",
      bytes: Array("StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotBytes\n".utf8))
    guard case .match(let found, _) = try FormatLibrary([format]).detect(head) else {
      Issue.record("no match")
      return
    }
    #expect(found.map(\.id) == ["argus.csv"])
  }
}
