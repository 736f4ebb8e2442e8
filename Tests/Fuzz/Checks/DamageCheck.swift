import ArrowFile
import Columnar
import Foundation
import TestSupport

/// Damages an Arrow file of Tidemark's own, which must then be refused or hold what it held.
///
/// The first byte names a file; each three more a place and what the byte there is exclusive-ored
/// with; one byte beyond cuts the file short.
enum DamageCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    guard let first = input.first else { return nil }
    let files = try files.get()
    let whole = files[Int(first) % files.count]
    var bytes = whole.bytes
    var rest = input.dropFirst()
    while rest.count >= 3 {
      let edit = Array(rest.prefix(3))
      bytes[(Int(edit[0]) << 8 | Int(edit[1])) % bytes.count] ^= edit[2]
      rest = rest.dropFirst(3)
    }
    if let cut = rest.first { bytes.removeLast(Int(cut) * bytes.count / 255) }
    let file = try ScratchFile(bytes)
    do {
      let found = try contents(file.path)
      return found == whole.contents ? nil : "other rows"
    } catch is ArrowFileError {
      return nil
    }
  }

  private struct Contents: Equatable {
    let schema: Schema
    let texts: [[String?]]
    let metadata: [String: String]
  }

  private static func contents(_ path: String) throws -> Contents {
    let reader = try ArrowReader(path: path)
    let texts = try (0..<reader.batchCount).flatMap { try reader.batch($0).texts }
    return Contents(schema: reader.schema, texts: texts, metadata: reader.metadata)
  }

  private static let files = Result {
    try [Compression.none, .zstd].map { compression in
      let folder = try TemporaryFolder()
      let path = folder.file("whole.arrow")
      let writer = try ArrowWriter(
        path: path, schema: schema, compression: compression, metadata: [("key", "value")])
      for rowCount in [40, 0, 7] { try writer.write(batch(rowCount)) }
      try writer.finish()
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      return (bytes: bytes, contents: try contents(path))
    }
  }

  private static let time = ColumnKey<Values<Instant>>("time", isNullable: false)
  private static let count = ColumnKey<Values<UInt64>>("count")
  private static let share = ColumnKey<Values<Double>>("share")
  private static let isKnown = ColumnKey<Flags>("is_known")
  private static let text = ColumnKey<Strings>("text")
  private static let kind = ColumnKey<Coded<Strings>>("kind")
  private static let host = ColumnKey<Coded<Values<Address>>>("host")
  private static let schema = Schema(
    "damage", version: 1,
    [
      time.field, count.field, share.field, isKnown.field, text.field, kind.field, host.field,
    ])
  private static let kinds = ["flow", "dns", "tls"]

  private static func batch(_ rowCount: Int) -> Batch {
    let table = TableBuilder(schema)
    for row in 0..<rowCount {
      let isThere = row % 5 != 3
      table.column(time).append(Instant(microseconds: 1_774_396_800_000_000 + Int64(row) * 977))
      table.column(count).append(isThere ? UInt64(row * row) : nil)
      table.column(share).append(isThere ? Double(row) / 7 : nil)
      table.column(isKnown).append(isThere ? row % 2 == 0 : nil)
      table.column(text).append(isThere ? "text \(row)" : nil)
      table.column(kind).append(isThere ? kinds[row % 3] : nil)
      let address = Address(ipv4: 0x0A00_0000 + UInt32(row % 6))
      withUnsafeBytes(of: address) { table.column(host).append($0) }
    }
    return table.finishBatch()
  }
}
