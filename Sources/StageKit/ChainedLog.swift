import Events
import FoundationEssentials
import Glibc

/// Append-only JSON lines, of which each states the hash of the one before and its own:
/// `{"previous":"…","hash":"…","entry":{…}}`, where `hash` is the SHA-256 of the hash before, a
/// line feed, and the entry's bytes. The first line's `previous` is 64 zeros.
///
/// So an edited, removed, inserted or moved line is found where it is. That lines are missing at
/// the end, or that all were made anew, shows only beside a hash that was kept elsewhere: reports
/// and bundles state that of the last line.
package struct ChainedLog: Sendable {
  /// Bytes of an entry with where they stand.
  package struct Record: Sendable {
    /// 1-based.
    package let line: Int
    package let hash: String
    /// JSON text.
    package let entry: String
  }

  package let path: String

  /// The records' entries.
  /// - Throws: naming the line that is no such entry, or says more than this version understands.
  package func decoded<Entry: Codable>(_ records: [Record]) throws -> [Entry] {
    let decoder = JSONDecoder()
    return try records.map { record in
      let entry: Entry
      do {
        entry = try decoder.decode(Entry.self, from: Data(record.entry.utf8))
      } catch {
        throw otherVersion(record, "\(JSONMembers.reason(error))")
      }
      let known = try JSONText.compact(entry)
      // Most are as this version writes them.
      if known != record.entry,
        let stranger = try JSONMembers.paths(of: record.entry)
          .subtracting(JSONMembers.paths(of: known)).min()
      {
        throw otherVersion(record, "\(stranger) is not known")
      }
      return entry
    }
  }

  private func otherVersion(_ record: Record, _ why: String) -> StageError {
    StageError(
      "\(path):\(record.line): expected an entry of this version of Tidemark, found another: \(why); "
        + "use the version that wrote it")
  }

  package init(path: String) { self.path = path }

  private static let start = String(repeating: "0", count: 64)
  private static let opening = "{\"previous\":\""
  private static let middle = "\",\"hash\":\""
  private static let last = "\",\"entry\":"

  /// All entries; none where there is no log. What a power failure left half-written at the end
  /// counts as not written.
  /// - Throws: naming the first line that is not as it was written.
  package func read() throws -> [Record] {
    guard FileBytes.exists(path) else { return [] }
    return try ChainedLog.records(of: try FileBytes.read(path), path: path).records
  }

  /// All entries, where the log ends with a whole line.
  /// - Throws: as `read`, and where the end is half-written, be it by a failure or by a hand.
  package func verified() throws -> [Record] {
    guard FileBytes.exists(path) else { return [] }
    let bytes = try FileBytes.read(path)
    let (records, byteCount) = try ChainedLog.records(of: bytes, path: path)
    guard byteCount == bytes.count else {
      throw StageError(
        "\(path):\(records.count + 1): expected the line's end, found the end of the file; what was "
          + "decided last may be lost: decide it again")
    }
    return records
  }

  /// The hash of the last whole line; nil where there is none. What is before it is not read.
  ///
  /// It waits for whoever adds a line: one that does not reach the disk is taken back.
  package func lastHash() throws -> String? {
    guard FileBytes.exists(path) else { return nil }
    let lock = try self.lock()
    defer { lock.release() }
    let lines = try lastBytes().bytes.split(separator: 0x0A)
    return lines.reversed().lazy.compactMap(ChainedLog.parts).first?.hash
  }

  /// Adds entries, all or none, and brings them to disk.
  /// - Parameter entries: made from what the log holds already, while nobody else adds to it: JSON
  ///   objects, each on one line.
  /// - Returns: what was added.
  @discardableResult
  package func append(_ entries: ([Record]) throws -> [String]) throws -> [Record] {
    try FileBytes.makeFolder(FileBytes.parent(of: path))
    let lock = try self.lock()
    defer { lock.release() }
    let bytes = FileBytes.exists(path) ? try FileBytes.read(path) : []
    let (records, completeByteCount) = try ChainedLog.records(of: bytes, path: path)
    var previous = records.last?.hash ?? ChainedLog.start
    var added: [Record] = []
    var text = ""
    for entry in try entries(records) {
      let hash = ChainedLog.hash(of: entry, after: previous)
      text += ChainedLog.line(entry, hash, after: previous)
      added.append(Record(line: records.count + added.count + 1, hash: hash, entry: entry))
      previous = hash
    }
    if !added.isEmpty {
      try FileBytes.append(
        ChainedLog.lineEnd(bytes, completeByteCount) + text.utf8, to: path, at: completeByteCount)
    }
    return added
  }

  /// The line feed that the last whole line lacks, where somebody's editor took it.
  private static func lineEnd(_ bytes: [UInt8], _ byteCount: Int) -> [UInt8] {
    byteCount > 0 && bytes[byteCount - 1] != 0x0A ? [0x0A] : []
  }

  /// Adds an entry after the last whole line, whether or not the lines before are as they were
  /// written: for what must be recorded in any case.
  package func appendUnread(_ entry: String) throws {
    try FileBytes.makeFolder(FileBytes.parent(of: path))
    let lock = try self.lock()
    defer { lock.release() }
    let (bytes, offset) = try lastBytes()
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
    var last = lines.last.flatMap(ChainedLog.parts)
    var byteCount = bytes.count
    if last == nil, bytes.last != 0x0A {
      // Half a line at the end was never written.
      byteCount = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      last = lines.dropLast().last.flatMap(ChainedLog.parts)
    }
    // After a line that is none, checking fails there, and the chain begins anew.
    let previous = last?.hash ?? ChainedLog.start
    let hash = ChainedLog.hash(of: entry, after: previous)
    try FileBytes.append(
      ChainedLog.lineEnd(bytes, byteCount) + ChainedLog.line(entry, hash, after: previous).utf8,
      to: path, at: offset + byteCount)
  }

  private func lock() throws -> FileLock {
    try FileLock(path: path + ".lock", subject: path, patience: 10_000)
  }

  /// The end of the log from `offset` on: with its last whole line, but hardly more of a long log.
  private func lastBytes() throws -> (bytes: [UInt8], offset: Int) {
    guard FileBytes.exists(path) else { return ([], 0) }
    let size = try FileBytes.size(of: path)
    var byteCount = 1 << 16
    while true {
      let offset = max(0, size - byteCount)
      var bytes: [UInt8] = []
      try FileBytes.forEachPiece(of: path, from: offset) { bytes.append(contentsOf: $0) }
      if offset == 0 || bytes.count(where: { $0 == 0x0A }) > 1 { return (bytes, offset) }
      byteCount *= 4
    }
  }

  private static func hash(of entry: String, after previous: String) -> String {
    precondition(!entry.utf8.contains(0x0A), "an entry is one line")
    return ContentHasher.hash(previous + "\n" + entry)
  }

  private static func line(_ entry: String, _ hash: String, after previous: String) -> String {
    opening + previous + middle + hash + last + entry + "}\n"
  }

  /// - Returns: the records, and how many bytes they take: fewer than there are where half a line
  ///   is at the end.
  private static func records(of bytes: [UInt8], path: String) throws -> (
    records: [Record], byteCount: Int
  ) {
    var records: [Record] = []
    var previous = start
    var position = 0
    while position < bytes.count {
      let number = records.count + 1
      let end = bytes[position...].firstIndex(of: 0x0A)
      let line = bytes[position..<(end ?? bytes.count)]
      guard let (stated, hash, entry) = parts(line) else {
        if end == nil { break }
        throw StageError(
          "\(path):\(number): expected {\"previous\":…,\"hash\":…,\"entry\":…}; the line is not as "
            + "it was written")
      }
      guard stated == previous else {
        throw StageError(
          "\(path):\(number): expected a line that follows \(previous.prefix(16))…, found one that "
            + "follows \(stated.prefix(16))…; lines were removed, inserted or moved")
      }
      guard ContentHasher.hash(previous + "\n" + entry) == hash else {
        throw StageError(
          "\(path):\(number): its hash is not that of its entry; the line is not as it was written")
      }
      records.append(Record(line: number, hash: hash, entry: entry))
      previous = hash
      position = end.map { $0 + 1 } ?? bytes.count
    }
    return (records, position)
  }

  private static func parts(_ line: ArraySlice<UInt8>) -> (
    previous: String, hash: String, entry: String
  )? {
    let frame = opening.utf8.count + middle.utf8.count + last.utf8.count + 2 * 64 + 1
    guard line.count > frame, let text = String(validating: line, as: UTF8.self) else { return nil }
    var rest = Substring(text)
    func take(_ literal: String) -> Bool {
      guard rest.hasPrefix(literal) else { return false }
      rest = Substring(rest.utf8.dropFirst(literal.utf8.count))
      return true
    }
    func takeHash() -> String? {
      let hash = rest.prefix(64)
      guard hash.utf8.count == 64, hash.utf8.allSatisfy(isHexadecimal) else { return nil }
      rest = rest.dropFirst(64)
      return String(hash)
    }
    guard take(opening), let previous = takeHash(), take(middle), let hash = takeHash(), take(last),
      rest.utf8.last == UInt8(ascii: "}")
    else { return nil }
    return (previous, hash, String(decoding: rest.utf8.dropLast(), as: UTF8.self))
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}
