import Columnar
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ArrowFile

struct ReaderTests {
  @Test("columns of an uncompressed file are views of it, at multiples of 64 bytes")
  func zeroCopy() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    try EveryType(hasNulls: true).write(to: path, rowCount: 200, batchRowCount: 90)
    let reader = try ArrowReader(path: path)
    for index in 0..<reader.batchCount {
      let (first, second) = (try reader.batch(index), try reader.batch(index))
      for (column, again) in zip(first.columns, second.columns) {
        #expect(column.values.base == again.values.base, "\(column.type)")
        for buffer in [column.values, column.validity, column.offsets].compactMap({ $0 }) {
          // The mapping starts at a page, so that addresses are aligned as offsets in the file.
          #expect(Int(bitPattern: buffer.base) % 64 == 0, "\(column.type)")
        }
      }
    }
  }

  @Test("columns outlive their reader")
  func columnsOutliveReader() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let rows = EveryType(hasNulls: true)
    try rows.write(to: path, rowCount: 100)
    var reader: ArrowReader? = try ArrowReader(path: path)
    let batch = try #require(try reader?.batch(0))
    reader = nil
    try FileManager.default.removeItem(atPath: path)
    #expect(cells(batch) == cells(rows.batches(rowCount: 100)[0]))
  }

  @Test("several threads read the same batches", arguments: [Compression.none, .zstd])
  func concurrentReads(_ compression: Compression) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let rows = EveryType(hasNulls: true)
    try rows.write(to: path, rowCount: 400, compression: compression, batchRowCount: 100)
    let reader = try ArrowReader(path: path)
    let expected = rows.batches(rowCount: 400, batchRowCount: 100).map { cells($0) }
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 32) { iteration in
      do {
        let batch = try reader.batch(iteration % 4)
        if cells(batch) != expected[iteration % 4] {
          failures.withLock { $0.append("batch \(iteration % 4) differs") }
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }

  @Test("a pipe is refused, and its writer not waited for", .timeLimit(.minutes(1)))
  func pipe() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe.arrow")
    #expect(mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: ArrowFileError.self) { try ArrowReader(path: pipe) }
    #expect(
      error?.description
        == "\(pipe): expected a regular file, found a folder, pipe or device")
  }

  @Test("what is no Arrow file is refused with its place and what was found")
  func noArrowFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.arrow")
    let cases: [(bytes: [UInt8], message: String)] = [
      ([], "byte 0: expected an Arrow file, 18 bytes at least, found 0"),
      (Array("date,source,destination\n".utf8), "byte 0: expected an Arrow file's magic ARROW1"),
      (
        Array("ARROW1\0\0 and then nothing".utf8),
        "byte 19: expected the magic ARROW1 that ends a complete file"
      ),
      (
        Array("ARROW1\0\0".utf8) + [255, 255, 255, 127] + Array("ARROW1".utf8),
        "byte 8: expected a footer of 1...0 bytes"
      ),
    ]
    for (bytes, message) in cases {
      try write(bytes, to: path)
      let error = try #require(throws: ArrowFileError.self) { _ = try ArrowReader(path: path) }
      #expect("\(error)".hasPrefix("\(path): \(message)"), "\(error)")
    }
    let missing = folder.file("missing.arrow")
    let error = try #require(throws: ArrowFileError.self) { _ = try ArrowReader(path: missing) }
    #expect("\(error)" == "\(missing): expected a readable file, found no such file or directory")
    #expect(throws: ArrowFileError.self) { _ = try ArrowReader(path: folder.path) }
  }

  @Test("the checksum is CRC-64/XZ")
  func checksum() {
    // The check value of the CRC catalogue, reveng.sourceforge.io/crc-catalogue/all.htm.
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { Checksum(of: $0) }.digits == "995dc9bbdf1939fa")
    var inPieces = Checksum()
    for piece in [digits[..<2], digits[2..<2], digits[2...]] {
      piece.withUnsafeBytes { inPieces.add($0) }
    }
    #expect(inPieces == digits.withUnsafeBytes { Checksum(of: $0) })
    #expect(Checksum(digits: "00000000000000ab")?.digits == "00000000000000ab")
    for text in ["", "ab", "00000000000000AB", "+0000000000000ab", "0000000000000000ab"] {
      #expect(Checksum(digits: text[...]) == nil)
    }
  }
}
