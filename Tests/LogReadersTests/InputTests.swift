import Columnar
import Glibc
import Testing

@testable import LogReaders

@Suite("Files plain and packed")
struct InputTests {
  /// A small Zeek log: 3 records.
  private static let text = """
    #separator \\x09
    #path\tconn
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto
    1379288667.1\tC1\t10.0.0.1\t1032\t192.0.2.1\t80\ttcp
    1379288668.2\tC2\t10.0.0.2\t1033\t192.0.2.1\t443\ttcp
    1379288669.3\tC3\t10.0.0.3\t1034\t192.0.2.1\t53\tudp

    """

  private static let folder = fixtures + "/packed"

  @Test(
    "gives the same rows from plain text and from two packed parts in a row",
    arguments: ["conn.log", "conn.log.gz", "conn.log.zst", "conn.log.bz2", "conn.log.xz"])
  func packed(name: String) throws {
    let rows = TableSink()
    var bytes: [UInt8] = []
    let reader = try LogReader(builtIn("zeek.conn"), settings())
    let path = Self.folder + "/" + name
    let summary = try reader.read(path: path, rows: rows, rejects: TableSink()) { bytes += $0 }
    #expect(summary.counts.rows == 3)
    #expect(summary.textByteCount == Int64(Self.text.utf8.count))
    #expect(
      rows.batches.flatMap { texts($0) }.map { $0[0] } == [
        "2013-09-15T23:44:27.1Z", "2013-09-15T23:44:28.2Z", "2013-09-15T23:44:29.3Z",
      ])
    #expect(try bytes == FileStream(path: path).first(1 << 20), "all bytes are shown, as they lie")
  }

  @Test(
    "a packed file that is cut anywhere is an error that names it",
    arguments: ["conn.log.gz", "conn.log.zst", "conn.log.bz2", "conn.log.xz"])
  func truncated(name: String) throws {
    let bytes = try FileStream(path: Self.folder + "/" + name).first(1 << 20)
    let reader = try LogReader(builtIn("zeek.conn"), settings())
    var whole = 0
    for length in 6..<bytes.count {
      let cut = MemoryStream(Array(bytes[..<length]))
      let stream: any ByteStream =
        switch name.suffix(2) {
        case "gz": DecodedStream(cut, GzipDecoder(), path: "cut")
        case "z2": DecodedStream(cut, BZip2Decoder(), path: "cut")
        case "xz": DecodedStream(cut, try XZDecoder(), path: "cut")
        default: DecodedStream(cut, try ZstdDecoder(), path: "cut")
        }
      do {
        let summary = try reader.read(stream, name: "cut", rows: TableSink(), rejects: TableSink())
        // Cut between two members, the first is a whole file.
        #expect(summary.counts.rows == 2)
        whole += 1
      } catch let error as InputError {
        #expect(error.description.hasPrefix("cut:1: "))
        #expect(error.problem.contains("truncated") || error.problem.contains("corrupt"))
      }
    }
    #expect(whole <= 1)
  }

  @Test(
    "UTF-16 with a byte order mark is read as UTF-8, whatever the pieces", arguments: [1, 2, 3, 7])
  func utf16(pieceLength: Int) throws {
    let text = "time,über\r\n1,a\u{1F600}b\n"
    let units = Array(text.utf16)
    for isBigEndian in [false, true] {
      var bytes: [UInt8] = isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
      for unit in units + [0xD83D] {
        let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        bytes += isBigEndian ? pair : pair.reversed()
      }
      let stream = TextStream(MemoryStream(bytes, pieceLength: pieceLength))
      var decoded: [UInt8] = []
      while case let piece = try stream.first(pieceLength), !piece.isEmpty { decoded += piece }
      #expect(String(decoding: decoded, as: UTF8.self) == text + "\u{FFFD}")
    }
  }

  @Test("text that is not UTF-16 passes as it is")
  func plain() throws {
    for text in ["", "a", "ab", "abc,\u{0}\n"] {
      let stream = TextStream(MemoryStream(Array(text.utf8), pieceLength: 1))
      #expect(try stream.first(100) == Array(text.utf8))
    }
  }

  @Test("a missing file is an error that names it and the reason")
  func missing() throws {
    let reader = try LogReader(builtIn("zeek.conn"), settings())
    #expect {
      try reader.read(path: "/nowhere/conn.log", rows: TableSink(), rejects: TableSink())
    } throws: {
      "\($0)" == "/nowhere/conn.log: No such file or directory"
    }
  }
}
