import Testing

@testable import LogReaders

@Suite("Totals in a footer")
struct FooterTests {
  private static let header =
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n"
  private static let row =
    "2011-12-06 20:18:15,2011-12-06 20:18:15,0.433,10.0.0.11,10.0.0.12,1,445,TCP,...AP.S.,0,0,3,100,"

  /// Records with 3 packets and 100 bytes one way, and the given bytes back.
  private func export(_ back: [String], footer: String) -> String {
    Self.header + back.map { Self.row + $0 + "\n" }.joined() + footer
  }

  private func footer(_ flows: Int, _ bytes: Int, _ packets: Int) -> String {
    "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n\(flows),\(bytes),\(packets),1,1,1\n"
  }

  private func read(_ text: String) throws -> ReadSummary {
    let summary = try LogReadersTests.read(
      Array(text.utf8), builtIn("nfdump.csv48"), settings: settings()
    ).summary
    #expect(summary.counts.isBalanced)
    return summary
  }

  @Test("that agree with the records are worth no remark, one-way or two-way")
  func agree() throws {
    #expect(try read(export(["0,0", "0,0"], footer: footer(2, 200, 6))).remarks == [])
    #expect(try read(export(["1,50"], footer: footer(2, 150, 4))).remarks == [])
    #expect(try read(export([], footer: "No matched flows\n" + footer(0, 0, 0))).remarks == [])
    #expect(try read(export(["0,0"], footer: "")).remarks == [])
  }

  @Test("that differ are a remark with the line, both numbers and what it may mean")
  func differ() throws {
    let cut = try read(export(["0,0"], footer: footer(2, 200, 6)))
    #expect(
      cut.remarks == [
        "line 5: the footer states 200 bytes, 2 flows, 6 packets, and the records above it have "
          + "100, 1, 3: the file may be cut"
      ])
    let packets = try read(export(["0,0"], footer: footer(1, 100, 4)))
    #expect(
      packets.remarks == [
        "line 5: the footer states 4 packets, and the records above it have 3: the file may be cut"
      ])
  }

  @Test("are compared by count alone where a record was rejected, since its bytes are not known")
  func rejected() throws {
    let bad = Self.row.replacing("10.0.0.11", with: "nobody") + "0,0\n"
    let text = export(["0,0"], footer: bad + footer(2, 999, 99))
    #expect(try read(text).remarks == [])
    #expect(try read(text.replacing("\n2,999", with: "\n3,999")).remarks.count == 1)
  }

  @Test("are compared for each of several exports in one file, whose records all count")
  func joined() throws {
    let parts = [
      export(["0,0", "0,0"], footer: footer(2, 200, 6)), export(["0,0"], footer: footer(1, 7, 3)),
    ]
    let summary = try read(parts.joined())
    #expect(summary.counts.rows == 3)
    #expect(
      summary.remarks == [
        "line 11: the footer states 7 bytes, and the records above it have 100: the file may be cut"
      ])
  }
}
