import Columnar
import Dispatch
import Events
import Glibc
import Testing

@testable import LogReaders

private let folder = fixtures + "/nfcapd"
private let goldenNames = [
  "flows-1", "flows-2", "flows-2-debian", "events-1", "events-2", "biflow-2",
]

/// Reads a file of nfcapd without nfdump.
func readDirectly(_ file: [UInt8], _ format: Format, streamPiece: Int = .max) throws -> Reading {
  let head = try NfcapdHeader(Array(file.prefix(NfcapdHeader.largestByteCount)), path: "sample")
  let (rows, rejects) = (TableSink(), TableSink())
  let settings = try settings()
  let summary = try NfcapdReading(
    format, settings, FlowPlan(format, settings), head, name: "sample", rows: rows,
    rejects: rejects
  ).run(MemoryStream(file, pieceLength: streamPiece))
  return Reading(summary: summary, rows: rows.batches, rejects: rejects.batches)
}

func bytes(of path: String) throws -> [UInt8] { try FileStream(path: path).first(64 << 20) }

/// Reads a file through nfdump.
private func readPrinted(_ path: String, _ format: Format) async throws -> [[String?]] {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async {
      continuation.resume(
        with: Result {
          let rows = TableSink()
          let flows = FlowCountingSink(rows)
          let reader = try LogReader(format, settings())
          _ = try NfdumpReader(format: format, path: path).read(
            observe: nil, flowCount: { flows.count }
          ) { try reader.read($0, name: path, rows: flows, rejects: TableSink()) }
          return rows.batches.flatMap { texts($0) }
        })
    }
  }
}

private let hasNfdump = access("/usr/bin/nfdump", X_OK) == 0

@Suite("Files of nfcapd, read directly")
struct NfcapdTests {
  @Test("give the rows of what nfdump printed for them", arguments: goldenNames)
  func golden(name: String) throws {
    let printed = try bytes(of: "\(folder)/\(name).csv")
    let newline = try #require(printed.firstIndex(of: UInt8(ascii: "\n")))
    let format = try builtIn("nfcapd")
    var text = format
    text.read.shape = .positional
    text.read.columns = String(decoding: printed[..<newline], as: UTF8.self)
      .split(separator: ",").map(String.init)
    let expected = try read(Array(printed[(newline + 1)...]), text, settings: settings())
    let found = try readDirectly(bytes(of: "\(folder)/\(name).nfcapd"), format)
    #expect(expected.summary.counts.rows > 20)
    #expect(found.rowTexts == expected.rowTexts)
    #expect(found.summary.counts.rejects == 0, "\(found.summary.rejectsByReason)")
    #expect(found.summary.counts.isBalanced)
    #expect(found.summary.remarks.allSatisfy { !$0.contains("cut") })
  }

  @Test(
    "give the same rows packed and plain, whatever pieces they come in",
    arguments: [
      ("flows-1", "flows-1-lz4"), ("flows-2", "flows-2-lz4"), ("flows-2", "flows-2-zstd"),
    ])
  func packed(plain: String, packed: String) throws {
    let format = try builtIn("nfcapd")
    let expected = try readDirectly(bytes(of: "\(folder)/\(plain).nfcapd"), format)
    for piece in [7, 4096, .max] {
      let found = try readDirectly(
        bytes(of: "\(folder)/\(packed).nfcapd"), format, streamPiece: piece)
      #expect(found.rowTexts == expected.rowTexts)
      #expect(found.summary.counts.rejects == 0)
    }
  }

  @Test(
    "give the rows that nfdump gives for them here", .enabled(if: hasNfdump),
    // Not the events of 1.6, whose ICMP types nfdump 1.7 loses.
    arguments: goldenNames.filter { $0 != "events-1" })
  func live(name: String) async throws {
    let path = "\(folder)/\(name).nfcapd"
    let format = try builtIn("nfcapd")
    #expect(try await readPrinted(path, format) == readDirectly(bytes(of: path), format).rowTexts)
  }

  @Test(
    "give interfaces, autonomous systems, translations and aggregated flows, where there are any")
  func otherColumns() throws {
    let format = try builtIn("nfcapd")
    func stated(_ name: String, in file: String) throws -> Int {
      try readDirectly(bytes(of: "\(folder)/\(file).nfcapd"), format).column(name)
        .count { $0 != nil }
    }
    for name in ["observer_ingress_interface", "observer_egress_interface"] {
      #expect(try stated(name, in: "flows-2") > 5)
      #expect(try stated(name, in: "events-2") == 0)
    }
    for name in ["source_as_number", "destination_as_number"] {
      #expect(try stated(name, in: "flows-2") > 5)
      #expect(try stated(name, in: "events-2") == 0)
    }
    for name in [
      "nat_source_ip", "nat_destination_ip", "nat_source_port", "nat_destination_port",
    ] {
      #expect(try stated(name, in: "events-2") > 5)
      #expect(try stated(name, in: "flows-2") == 0)
    }
    let aggregated = try readDirectly(bytes(of: "\(folder)/biflow-2.nfcapd"), format)
    #expect(aggregated.column("record_count").count { $0 == "2" } == 5)
  }

  @Test(
    "packed with LZO or BZ2 are read through nfdump, and a remark says so",
    .enabled(if: hasNfdump), arguments: ["lzo", "bz2"])
  func throughNfdump(packing: String) async throws {
    let format = try builtIn("nfcapd")
    let expected = try readDirectly(bytes(of: "\(folder)/flows-2.nfcapd"), format)
    let (rows, remarks) = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result {
            let rows = TableSink()
            let summary = try LogReader(format, settings()).read(
              path: "\(folder)/flows-2-\(packing).nfcapd", rows: rows, rejects: TableSink())
            return (rows.batches.flatMap { texts($0) }, summary.remarks)
          })
      }
    }
    #expect(rows == expected.rowTexts)
    #expect(
      remarks.first == "read through nfdump: its blocks are packed with \(packing.uppercased())")
  }

  @Test("are shown whole to who looks at their bytes, and a remark names the layout")
  func observed() throws {
    let path = "\(folder)/flows-1.nfcapd"
    var seen: [UInt8] = []
    let summary = try LogReader(builtIn("nfcapd"), settings()).read(
      path: path, rows: TableSink(), rejects: TableSink()
    ) { seen += $0 }
    #expect(try seen == bytes(of: path))
    #expect(summary.remarks.first == "read directly (layout 1, uncompressed)")
    #expect(summary.remarks.dropFirst().first?.contains("extension map") == true)
  }

  @Test("are read through nfdump where a mapping needs its text")
  func mappingThatNeedsText() throws {
    var format = try builtIn("nfcapd")
    format.map.append(ColumnMapping(column: "event_action", from: ["evt"]))
    #expect(throws: NotCovered.self) { try FlowPlan(format, settings()) }
    format = try builtIn("nfcapd")
    format.skip.when = ["flg": ["...AP.S."]]
    #expect(throws: NotCovered.self) { try FlowPlan(format, settings()) }
  }

  @Test("leave out flows as the format says, and count them")
  func skipped() throws {
    var format = try builtIn("nfcapd")
    let file = try bytes(of: "\(folder)/flows-2.nfcapd")
    let all = try readDirectly(file, format)
    format.skip.when = ["pr": ["TCP", "17"]]
    let found = try readDirectly(file, format)
    let protocols = all.column("network_iana_number")
    let left = protocols.count { $0 == "6" || $0 == "17" }
    #expect(found.summary.counts.skippedRecords == left)
    #expect(found.summary.counts.rows == protocols.count - left)
    #expect(found.summary.counts.isBalanced)
  }
}
