import ArrowFile
import Columnar
import Glibc

/// A folder that is being made beside the place where it will be seen.
package final class OutputFolder {
  /// Where files are written now.
  package let path: String
  package let compression: Compression
  private let stage: String

  init(path: String, stage: String, compression: Compression) {
    self.path = path
    self.stage = stage
    self.compression = compression
  }

  /// A writer of the table `name.arrow`; the caller finishes it.
  /// - Parameter compression: where it is not to be the store's.
  package func table(
    _ schema: Schema, name: String? = nil, compression: Compression? = nil
  ) throws -> ArrowWriter {
    try ArrowWriter(
      path: "\(path)/\(name ?? schema.name).arrow", schema: schema,
      compression: compression ?? self.compression,
      metadata: [("tidemark.stage", stage)])
  }

  /// Writes a whole table held in memory.
  package func write(_ table: Table, name: String? = nil) throws {
    let writer = try self.table(table.schema, name: name)
    for batch in table.batches { try writer.write(batch) }
    try writer.finish()
  }

  package func write(_ text: String, to name: String) throws {
    try FileBytes.write(text.utf8, to: path + "/" + name)
  }
}

/// What came of a request to make a folder.
package enum Outcome: Equatable, Sendable, CustomStringConvertible {
  case upToDate
  case written
  /// It stays as it is, since something that it was made from was pruned on that day.
  case settled(since: String)
  /// It is not made, since it, or something that it is made from, was pruned on that day.
  case missing(since: String)

  package var description: String {
    switch self {
    case .upToDate: "up to date"
    case .written: "written"
    case .settled(let date): "left as it is, since what it was made from was pruned on \(date)"
    case .missing(let date): "missing, since it or what it is made from was pruned on \(date)"
    }
  }
}

extension Store {
  /// Makes `folder` what `plan` says, unless its manifest shows that it is so already.
  ///
  /// `body` fills a folder of another name; then the manifest is written, everything brought to
  /// disk, and the old folder replaced, so that a half-written one is never seen. What a killed run
  /// left behind is removed first.
  ///
  /// - Throws: when another process is making the same folder, and is still at it after `patience`.
  package func make(
    _ folder: String, plan: Manifest, _ body: (OutputFolder) throws -> [String: String]
  ) throws -> Outcome {
    if try plan.isMade(in: folder) { return .upToDate }
    let parent = FileBytes.parent(of: folder)
    let name = FileBytes.name(of: folder)
    try FileBytes.makeFolder(parent)
    let leftover = Leftover(area: parent, name: name)
    let lock = try FileLock(path: leftover.lock, subject: folder, patience: patience)
    defer { lock.release() }
    // Another run may have made it while we waited.
    if try plan.isMade(in: folder) { return .upToDate }
    let temporary = leftover.partial
    try FileBytes.remove(temporary)
    try FileBytes.makeFolder(temporary)
    do {
      var manifest = plan
      manifest.facts = try body(
        OutputFolder(path: temporary, stage: plan.stage, compression: compression))
      try finish(temporary, manifest, as: folder)
    } catch {
      try FileBytes.remove(temporary)
      throw error
    }
    return .written
  }

  /// Fills a folder whose place is only known from its content: `body` says where it goes, and with
  /// which manifest. A folder that is there already with the same fingerprint stays as it is.
  ///
  /// - Parameter key: what no other run fills at the same time, such as the input's path.
  package func fill(
    in area: String, key: String, stage: String,
    _ body: (OutputFolder) throws -> (folder: String, manifest: Manifest)
  ) throws -> Outcome {
    try FileBytes.makeFolder(area)
    let name = String(ContentHasher.hash(key).prefix(16))
    let leftover = Leftover(area: area, name: name)
    let lock = try FileLock(path: leftover.lock, subject: key, patience: patience)
    defer { lock.release() }
    let temporary = leftover.partial
    try FileBytes.remove(temporary)
    try FileBytes.makeFolder(temporary)
    do {
      let (folder, manifest) = try body(
        OutputFolder(path: temporary, stage: stage, compression: compression))
      if try manifest.isMade(in: folder) {
        try FileBytes.remove(temporary)
        return .upToDate
      }
      try finish(temporary, manifest, as: folder)
    } catch {
      try FileBytes.remove(temporary)
      throw error
    }
    return .written
  }

  /// Writes the manifest of a filled folder, brings all to disk, and puts it in its place.
  private func finish(_ temporary: String, _ filled: Manifest, as folder: String) throws {
    var manifest = filled
    for file in try FileBytes.names(in: temporary) {
      let path = temporary + "/" + file
      manifest.outputs.append(
        .init(
          name: file, byteCount: try FileBytes.size(of: path),
          sha256: try contentHash(ofFile: path)))
    }
    try FileBytes.write(try manifest.encoded(), to: temporary + "/" + Manifest.fileName)
    try FileBytes.syncFolder(temporary)
    try FileBytes.makeFolder(FileBytes.parent(of: folder))
    try replace(folder, with: temporary)
  }

  /// Between the two renames neither folder is seen; `sweep` puts the old one back where a run died
  /// there.
  private func replace(_ folder: String, with new: String) throws {
    let old = Leftover(partial: new).old
    try FileBytes.remove(old)
    if FileBytes.exists(folder) { try FileBytes.move(folder, to: old) }
    do { try FileBytes.move(new, to: folder) } catch {
      if FileBytes.exists(old) { try FileBytes.move(old, to: folder) }
      throw error
    }
    try FileBytes.syncFolder(FileBytes.parent(of: folder))
    try FileBytes.remove(old)
  }

  /// Writes a file of an area that stands beside its folders, unless it has these bytes already.
  /// What a killed run leaves is removed with the folders' leftovers.
  package func replaceFile(_ name: String, in area: String, with bytes: [UInt8]) throws {
    try FileBytes.makeFolder(area)
    let path = "\(area)/\(name)"
    let leftover = Leftover(area: area, name: name)
    let lock = try FileLock(path: leftover.lock, subject: path, patience: 10_000)
    defer { lock.release() }
    if FileBytes.exists(path), try FileBytes.read(path) == bytes { return }
    do {
      try FileBytes.write(bytes, to: leftover.partial)
      try FileBytes.move(leftover.partial, to: path)
    } catch {
      try FileBytes.remove(leftover.partial)
      throw error
    }
    try FileBytes.syncFolder(area)
  }

  /// An Arrow file's footer holds the checksums of all its parts, so the footer stands for it;
  /// other files are hashed whole.
  package func contentHash(ofFile path: String) throws -> String {
    guard path.hasSuffix(".arrow") else { return try ContentHasher.hash(file: path) }
    let size = try FileBytes.size(of: path)
    var tail: [UInt8] = []
    try FileBytes.forEachPiece(of: path, from: max(0, size - 10)) { tail.append(contentsOf: $0) }
    let footerSize = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    var hasher = ContentHasher()
    try FileBytes.forEachPiece(of: path, from: max(0, size - 10 - footerSize)) {
      hasher.update($0)
    }
    return hasher.finish()
  }
}
