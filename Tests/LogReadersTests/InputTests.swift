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
    "gives the same rows from plain text, gzip of two members, and zstd of two frames",
    arguments: ["conn.log", "conn.log.gz", "conn.log.zst"])
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
    arguments: ["conn.log.gz", "conn.log.zst"])
  func truncated(name: String) throws {
    let bytes = try FileStream(path: Self.folder + "/" + name).first(1 << 20)
    let reader = try LogReader(builtIn("zeek.conn"), settings())
    var whole = 0
    for length in 6..<bytes.count {
      let cut = MemoryStream(Array(bytes[..<length]))
      let stream: any ByteStream =
        try name.hasSuffix("gz")
        ? GzipStream(cut, path: "cut") : ZstdStream(cut, path: "cut")
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
