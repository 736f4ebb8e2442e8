import ArrowFile
import Columnar
import Glibc
import StageKit

/// `ingested/ledger.arrow`: the files read so far, so that one that did not change is not read
/// again, and one that was renamed or sent again is known by its content.
struct Ledger: Sendable {
  struct Entry: Sendable, Equatable {
    var source: String
    var path: String
    var byteCount: Int64
    var modified: Instant
    var sha256: String
    /// Stands for the format and what the site says of the input.
    var options: String
  }

  private enum Key {
    static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
    static let path = ColumnKey<Strings>("path", isNullable: false)
    static let byteCount = ColumnKey<Values<Int64>>("byte_count", isNullable: false)
    static let modified = ColumnKey<Values<Instant>>("modified", isNullable: false)
    static let sha256 = ColumnKey<Strings>("sha256", isNullable: false)
    static let options = ColumnKey<Strings>("options", isNullable: false)
    static let schema = Schema(
      "ledger", version: 1,
      [
        source.field, path.field, byteCount.field, modified.field, sha256.field, options.field,
      ])
  }

  private var entries: [String: Entry] = [:]
  /// Sizes of files that were read; only a file of one of them can be known by its content.
  private let sizes: Set<Int64>

  private static func path(_ store: Store) -> String { store.ingested + "/ledger.arrow" }

  init(store: Store) throws {
    guard FileBytes.exists(Ledger.path(store)) else {
      sizes = []
      return
    }
    let file = try Ledger.open(Ledger.path(store))
    for index in 0..<file.batchCount {
      let batch = try file.batch(index)
      let sources = batch[Key.source]
      let paths = batch[Key.path]
      let (sizes, times) = (batch[Key.byteCount], batch[Key.modified])
      let (hashes, options) = (batch[Key.sha256], batch[Key.options])
      for row in 0..<batch.rowCount {
        let entry = Entry(
          source: sources[row] ?? "", path: paths[row] ?? "", byteCount: sizes.value(row),
          modified: times.value(row), sha256: hashes[row] ?? "", options: options[row] ?? "")
        entries[Ledger.key(entry.source, entry.path)] = entry
      }
    }
    sizes = Set(entries.values.map(\.byteCount))
  }

  private static func open(_ path: String) throws -> ArrowReader {
    do { return try ArrowReader(path: path, expecting: Key.schema) } catch {
      guard error.isOtherVersion else {
        throw StageError("\(error); if it is damaged, remove it: ingest makes it again")
      }
      throw StageError("\(error); use that version, or begin another store")
    }
  }

  private static func key(_ source: String, _ path: String) -> String { "\(source)\n\(path)" }

  /// What is known of a file whose size and time of change are the same as when it was read.
  func entry(for file: InputFile, status: stat) -> Entry? {
    guard let entry = entries[Ledger.key(file.input.source, file.path)],
      entry.byteCount == status.st_size, entry.modified == status.modified
    else { return nil }
    return entry
  }

  /// Whether a file of this size was read before.
  func knows(size: Int64) -> Bool { sizes.contains(size) }

  /// Adds entries to the ledger of a store; those that another run added meanwhile stay.
  static func add(_ new: [Entry], to store: Store) throws {
    try FileBytes.makeFolder(store.ingested)
    let subject = path(store)
    let lock = try FileLock(
      path: "\(store.ingested)/.ledger.lock", subject: subject, patience: 10_000)
    defer { lock.release() }
    // A run that was killed as it wrote left its file.
    for name in try FileBytes.names(in: store.ingested)
    where name.hasPrefix(".ledger.arrow.") && name.hasSuffix(".partial") {
      try FileBytes.remove("\(store.ingested)/\(name)")
    }
    var ledger = try Ledger(store: store)
    for entry in new { ledger.entries[key(entry.source, entry.path)] = entry }
    try ledger.save(to: store)
  }

  private func save(to store: Store) throws {
    let table = TableBuilder(Key.schema)
    var batches: [Batch] = []
    let sorted = entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for entry in sorted.compactMap({ entries[$0] }) {
      table.column(Key.source).append(entry.source)
      table.column(Key.path).append(entry.path)
      table.column(Key.byteCount).append(entry.byteCount)
      table.column(Key.modified).append(entry.modified)
      table.column(Key.sha256).append(entry.sha256)
      table.column(Key.options).append(entry.options)
      if table.rowCount == maximumBatchRowCount { batches.append(table.finishBatch()) }
    }
    if table.rowCount > 0 { batches.append(table.finishBatch()) }
    let writer = try ArrowWriter(
      path: Ledger.path(store), schema: Key.schema, compression: store.compression,
      metadata: [("tidemark.stage", "ingest")])
    for batch in batches { try writer.write(batch) }
    try writer.finish()
  }
}

extension stat {
  /// When the file's content last changed.
  var modified: Instant {
    Instant(microseconds: Int64(st_mtim.tv_sec) * 1_000_000 + Int64(st_mtim.tv_nsec) / 1000)
  }
}
