import Columnar
import Events
import Foundation
import Glibc
import TestSupport
import Testing

@testable import LogReaders

/// The same records written in other ways.
@Suite("The same records")
struct SameRowsTests {
  /// Columns that say where a row is from, not what is in it.
  private static let place: Set = ["event_dataset", "time_quality", "log_line"]
  private static let translations: Set = [
    "nat_source_ip", "nat_destination_ip", "nat_source_port", "nat_destination_port",
  ]
  private static let returns: Set = ["destination_bytes", "destination_packets"]
  private static let routing: Set = [
    "observer_ingress_interface", "observer_egress_interface", "source_as_number",
    "destination_as_number",
  ]

  @Test(
    "are the same rows in nfcapd's files and in each of nfdump's dialects, but for what these lack",
    arguments: ["flows-2", "events-2", "biflow-2"])
  func nfdumpDialects(name: String) throws {
    let dialects: [(name: String, format: String, lacks: Set<String>)] = [
      ("csv48", "nfdump.csv48", SameRowsTests.translations.union(["record_count"])),
      (
        "csv10", "nfdump.csv10",
        SameRowsTests.translations.union(SameRowsTests.returns).union(SameRowsTests.routing)
          .union(["tcp_flags"])
      ),
      (
        "csv-fast", "nfdump.csv-fast",
        SameRowsTests.translations.union(SameRowsTests.returns).union(["record_count"])
      ),
      ("ndjson", "nfdump.ndjson", []),
    ]
    let direct = try readDirectly(bytes(of: "\(fixtures)/nfcapd/\(name).nfcapd"), builtIn("nfcapd"))
    for dialect in dialects {
      let found = try read(
        bytes(of: "\(fixtures)/dialects/\(name).\(dialect.name)"), builtIn(dialect.format),
        settings: settings())
      let count = found.summary.counts.rows
      #expect(count >= 20 && found.summary.counts.rejects == 0, "\(found.summary)")
      #expect(found.summary.remarks.isEmpty, "what the footer states is what the rows add up to")
      let columns = Set(found.rows[0].schema.fields.map(\.name))
      let wanted = direct.rows[0].schema.fields.map(\.name)
      #expect(Set(wanted).subtracting(columns) == dialect.lacks)
      for column in wanted where columns.contains(column) && !SameRowsTests.place.contains(column) {
        var expected = Array(direct.column(column).prefix(count))
        if column == "event_time" && dialect.name == "csv48" {
          expected = expected.map {
            $0.map { $0.split(separator: ".")[0].filter { $0 != "Z" } + "Z" }
          }
        }
        // Printed only where a record has the extension.
        if column == "record_count" && dialect.name == "ndjson" {
          expected = zip(expected, found.column(column)).map { $1 == nil && $0 == "1" ? nil : $0 }
        }
        #expect(found.column(column) == expected, "\(dialect.name), \(column)")
      }
    }
  }

  /// What formats read of their own samples, written in some way.
  private static func outcome(
    _ format: Format, _ lineEnd: String, write: (String) -> any ByteStream
  ) throws -> [String] {
    var format = format
    if format.read.shape == .nfcapd { format.read.shape = .positional }
    var settings = try settings(zone: "Europe/Berlin")
    settings.year = 2026
    let lines = [format.tests.first?.header].compactMap { $0 } + format.tests.map(\.line)
    let (rows, rejects) = (TableSink(), TableSink())
    do {
      let summary = try LogReader(format, settings).read(
        write(lines.joined(separator: lineEnd)), name: "sample", rows: rows, rejects: rejects)
      #expect(summary.counts.isBalanced)
      return rows.batches.flatMap { texts($0) }.map { "\($0)" }
        + rejects.batches.flatMap { batch in
          let lines = batch[Reject.line]
          let reasons = batch[Reject.reason]
          return (0..<batch.rowCount).map { "\(lines.value($0)) \(reasons[$0] ?? "")" }
        } + ["\(summary.counts)"]
    } catch let error as InputError {
      return [error.description]
    }
  }

  @Test("of every format are the same rows whatever the zone of the process")
  func processZone() async {
    await #expect(processExitsWith: .success) {
      var first: [[String]] = []
      for zone in ["UTC", "America/New_York", "Asia/Kathmandu"] {
        setenv("TZ", zone, 1)
        tzset()
        let formats = try builtInFormats.get().formats
        let outcomes = try formats.map { format in
          try SameRowsTests.outcome(format, "\n") { MemoryStream(Array($0.utf8)) }
        }
        if first.isEmpty { first = outcomes }
        #expect(outcomes == first)
      }
      #expect(first.count > 80)
    }
  }

  private static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
    ([0xFEFF] + Array(text.utf16)).flatMap { unit -> [UInt8] in
      let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBigEndian ? bytes : bytes.reversed()
    }
  }

  @Test(
    "of every format are the same rows with CRLF, CR, a byte order mark, a last line end, UTF-16")
  func lineEndsAndEncodings() throws {
    for format in try builtInFormats.get().formats {
      let plain = try SameRowsTests.outcome(format, "\n") { MemoryStream(Array($0.utf8)) }
      #expect(plain.count > 1, "\(format.id)")
      let ways: [(name: String, lineEnd: String, write: (String) -> any ByteStream)] = [
        ("CRLF", "\r\n", { MemoryStream(Array($0.utf8)) }),
        ("CR", "\r", { MemoryStream(Array($0.utf8)) }),
        (
          "last line end", "\n",
          { MemoryStream(Array(($0.hasSuffix("\n") ? $0 : $0 + "\n").utf8)) }
        ),
        ("byte order mark", "\n", { MemoryStream([0xEF, 0xBB, 0xBF] + Array($0.utf8)) }),
        (
          "UTF-16LE", "\r\n",
          { TextStream(MemoryStream(SameRowsTests.utf16($0, isBigEndian: false), pieceLength: 99)) }
        ),
        (
          "UTF-16BE", "\n", { TextStream(MemoryStream(SameRowsTests.utf16($0, isBigEndian: true))) }
        ),
      ]
      for way in ways {
        #expect(
          try SameRowsTests.outcome(format, way.lineEnd, write: way.write) == plain,
          "\(format.id), \(way.name)")
      }
    }
  }

  @Test(
    "of every shape are the same rows packed with gzip, zstd, bzip2 and xz by their own programs")
  func packed() throws {
    let temporary = try TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    let ids = [
      "nfdump.csv48", "zeek.conn", "iis.w3c", "fortigate.traffic", "cisco.asa", "suricata.flow",
      "azure.nsg-flow", "openvpn.status", "umbrella.dns",
    ]
    var plain: [String: [[String?]]] = [:]
    func rows(_ id: String, _ end: String) throws -> [[String?]] {
      var settings = try settings()
      settings.year = 2026
      let rows = TableSink()
      _ = try LogReader(builtIn(id), settings).read(
        path: "\(folder)/\(id)\(end)", rows: rows, rejects: TableSink())
      return rows.batches.flatMap { texts($0) }
    }
    for id in ids {
      let format = try builtIn(id)
      let lines = [format.tests.first?.header].compactMap { $0 } + format.tests.map(\.line)
      // Enough for several blocks of any packing.
      let text = lines.joined(separator: "\n") + "\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(id)"))
      plain[id] = try rows(id, "")
      #expect(plain[id]?.isEmpty == false, "\(id)")
    }
    for (program, end) in [("gzip", ".gz"), ("zstd", ".zst"), ("bzip2", ".bz2"), ("xz", ".xz")] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.arguments = [program, "-k", "-q"] + ids
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(program)")
      for id in ids {
        #expect(try rows(id, end) == plain[id], "\(id)\(end)")
      }
    }
  }

  /// A Zeek log as Zeek writes it in JSON: its `#types` say how.
  private func json(ofZeek text: String) throws -> String {
    var names: [Substring] = []
    var types: [Substring] = []
    var lines: [String] = []
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      switch cells[0] {
      case "#fields": names = Array(cells.dropFirst())
      case "#types": types = Array(cells.dropFirst())
      case let first where first.hasPrefix("#"): break
      default:
        try #require(cells.count == names.count)
        let pairs = zip(zip(names, types), cells).compactMap { column, cell in
          json(cell, column.1).map { "\"\(column.0)\":\($0)" }
        }
        lines.append("{\(pairs.joined(separator: ","))}\n")
      }
    }
    return lines.joined()
  }

  /// Nil where the cell is unset.
  private func json(_ cell: Substring, _ type: Substring) -> String? {
    if cell == "-" { return nil }
    if type.hasPrefix("set[") || type.hasPrefix("vector[") {
      let element = type.drop { $0 != "[" }.dropFirst().dropLast()
      let parts = cell == "(empty)" ? [] : cell.split(separator: ",")
      return "[\(parts.map { json($0, element) ?? "null" }.joined(separator: ","))]"
    }
    switch type {
    case "time", "interval", "double", "count", "int", "port": return String(cell)
    case "bool": return cell == "T" ? "true" : "false"
    default:
      if cell == "(empty)" { return "\"\"" }
      var bytes: [UInt8] = []
      var rest = Array(cell.utf8)[...]
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
          let code = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
        {
          bytes.append(code)
          rest = rest.dropFirst(3)
        } else {
          bytes.append(byte)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
        .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
      return "\"\(text)\""
    }
  }

  private static let zeekLogs: [(String, String)] = [
    (
      "zeek.conn",
      """
      #path\tconn
      #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents
      #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]
      1379288667.706265\tC1\t10.0.0.1\t1032\t192.0.2.1\t80\ttcp\thttp\t0.44746\t3\t4\tSF\tT\t0\tShADad\t5\t300\t6\t400\t(empty)
      1379288668.1\tC2\tfe80::1\t135\tff02::2\t0\ticmp\t-\t-\t-\t-\tOTH\t-\t0\t-\t1\t72\t0\t0\t-
      1379288669\tC3\t10.0.0.1\t5353\t224.0.0.251\t5353\tudp\tdns\t1e-06\t0\t0\tS0\tF\t0\tD\t1\t60\t0\t0\tCa,Cb

      """
    ),
    (
      "zeek.dns",
      """
      #path\tdns
      #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqclass_name\tqtype_name\trcode_name\tAA\tanswers\tTTLs
      #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tstring\tstring\tstring\tstring\tbool\tvector[string]\tvector[interval]
      1379288667.63\tC1\t10.0.0.1\t1030\t192.0.2.3\t53\tudp\t44949\tExample.com\tC_INTERNET\tA\tNOERROR\tF\ta.example.com,192.0.2.7\t3.0,4.0
      1379288668.63\tC2\t10.0.0.1\t1030\t192.0.2.3\t53\tudp\t44950\ttab\\x09\\x22quoted\\x22 \\x2d\tC_INTERNET\tTXT\tNXDOMAIN\tT\t-\t-

      """
    ),
    (
      "zeek.http",
      """
      #path\thttp
      #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\thost\turi\tuser_agent\trequest_body_len\tresponse_body_len\tstatus_code\tusername
      #types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring\tstring\tcount\tcount\tcount\tstring
      1379288667.66\tC1\t10.0.0.1\t1031\t192.0.2.8\t80\tGET\texample.com\t/a?b="c"&d=\\x5c\tMozilla/5.0 (X11; "so")\t0\t920\t200\t-
      1379288668.66\tC2\t10.0.0.1\t1031\t192.0.2.8\t80\t-\t-\t-\t(empty)\t0\t0\t-\tann

      """
    ),
  ]

  @Test("of a Zeek log are the same rows in tabs and in JSON")
  func zeek() throws {
    var texts = SameRowsTests.zeekLogs
    if let samples = ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"] {
      for kind in ["conn", "dns", "http", "ssl"] {
        let log = try bytes(of: "\(samples)/formats/zeek_tsv/zat_\(kind).log")
        texts.append(("zeek.\(kind)", String(decoding: log, as: UTF8.self)))
      }
    }
    for (id, text) in texts {
      let format = try builtIn(id)
      let tabs = try read(Array(text.utf8), format, settings: settings())
      let json = try read(Array(json(ofZeek: text).utf8), format, settings: settings())
      #expect(tabs.summary.counts.rows > 1 && tabs.summary.counts.rejects == 0)
      #expect(json.summary.counts.rows == tabs.summary.counts.rows, "\(json.summary)")
      for column in tabs.rows[0].schema.fields.map(\.name) where column != "log_line" {
        #expect(json.column(column) == tabs.column(column), "\(id), \(column)")
      }
    }
  }
}
