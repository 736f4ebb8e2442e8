import ArrowFile
import Columnar
import Events
import Glibc
import LogReaders
import Pseudonyms
import StageKit
import Synchronization

/// Reads files into the store: one folder for each content.
struct Ingestion: Sendable {
  /// Raised when the same file gives other rows.
  static let algorithm = 5

  let site: Site
  let store: Store
  let library: FormatLibrary
  /// What replaces addresses and names; nil where they are stored as they are.
  let pseudonymiser: Pseudonymiser?
  let forcesLibCSV: Bool
  /// The share of a file's records that may be rejected; a file beyond it is not stored.
  let mostRejects: Double
  /// Whether a file's bytes are hashed and its rows written while more of it is read: worth it
  /// where there are fewer files than threads.
  var readsAhead = false

  /// Checks what the site file says of each input, as far as that needs no file.
  func checkInputs() throws {
    for input in site.inputs where !input.formats.isEmpty {
      do {
        _ = try formats(named: input.formats)
      } catch {
        throw StageError("\(input.place.text("format")): \(error)")
      }
    }
  }

  /// - Parameter names: ids, or paths as the site file states them.
  private func formats(named names: [String]) throws -> [Format] {
    let formats = try names.map { name in
      try library.format(name.hasSuffix(".toml") ? site.resolve(name) : name)
    }
    try LogReader.checkTogether(formats)
    return formats
  }

  /// Reads a file unless the store has its content; never throws, since other files go on.
  func ingest(_ file: InputFile, _ ledger: Ledger) -> FileResult {
    var result = FileResult(path: file.path, source: file.input.source)
    do {
      try ingest(file, ledger, &result)
    } catch let error as SettingMissing {
      let example = error.key == "zone" ? "\"\(site.calendar.zone.name)\"" : error.example
      result.state = .failed(
        "\(file.input.place.text()): format \(error.format): \(error.why); "
          + "add this line to it: \(error.key) = \(example)")
    } catch let error as TooManyRejects {
      result.state = .tooBad
      result.summary = error.summary
    } catch {
      let text = "\(error)"
      result.state = .failed(text.contains(file.path) ? text : "\(file.path): \(text)")
    }
    return result
  }

  private func ingest(
    _ file: InputFile, _ ledger: Ledger, _ result: inout FileResult
  ) throws {
    let status = try FileBytes.status(of: file.path)
    // Said when it was pruned, and not each day after.
    if let known = ledger.entry(for: file, status: status), pruned(file, known.sha256) != nil {
      result.state = .unchanged
      return
    }
    guard let known = try self.formats(of: file, status, &result) else { return }
    let formats =
      site.privacy.map { privacy in
        known.map { $0.kept(from: privacy, replacement) }
      } ?? known
    let reader = try LogReader(formats, settings(for: file))
    let options = try options(for: file, formats)
    func entry(sha256: String) -> Ledger.Entry {
      Ledger.Entry(
        source: file.input.source, path: file.path, byteCount: Int64(status.st_size),
        modified: status.modified, sha256: sha256,
        options: ContentHasher.hash("\(options.sorted(by: <))"))
    }
    if let known = ledger.entry(for: file, status: status), known == entry(sha256: known.sha256),
      try isStored(manifest(file, sha256: known.sha256, known.byteCount, options))
    {
      result.state = .unchanged
      return
    }
    if ledger.knows(size: Int64(status.st_size)) {
      let sha256 = try ContentHasher.hash(file: file.path)
      if let gone = pruned(file, sha256) {
        result.state = .left("pruned on \(gone.date)")
        result.entry = entry(sha256: sha256)
        return
      }
      let plan = manifest(file, sha256: sha256, Int64(status.st_size), options)
      if try isStored(plan) {
        result.state = .known
        result.entry = entry(sha256: sha256)
        return
      }
    }
    result.entry = entry(sha256: try read(file, reader, options, &result))
  }

  /// Why a file that was read is no longer in the store.
  private func pruned(_ file: InputFile, _ sha256: String) -> PruneLog.Entry? {
    store.pruned.entry(
      of: store.relative(store.ingested(source: file.input.source, fileHash: sha256)))
  }

  private var replacement: EventReplacement {
    EventReplacement(pseudonymiser, cutsURLs: site.privacy?.cutsURLs == true)
  }

  /// The file's formats; nil where it needs none, being empty, no log, or of a kind that is not
  /// mapped.
  private func formats(
    of file: InputFile, _ status: stat, _ result: inout FileResult
  ) throws -> [Format]? {
    if !file.input.formats.isEmpty {
      if status.st_size > 0 { return try formats(named: file.input.formats) }
      result.state = .left("empty")
      return nil
    }
    let detection = try library.detect(FileHead(path: file.path))
    switch detection {
    case .match(let formats, _): return formats
    case .empty: result.state = .left("empty")
    case .unmapped(let kind): result.state = .left("\(kind): no format file maps it")
    case .foreign(let file) where !file.mayHoldRecords: result.state = .left(file.kind)
    case .ambiguous, .unknown, .foreign:
      throw StageError("\(file.path): \(detection.problem ?? "unknown format")")
    }
    return nil
  }

  private func settings(for file: InputFile) throws -> ReaderSettings {
    var settings = ReaderSettings(zoneRules: TimeZoneDatabase.rules)
    settings.zone = try file.input.zone.map { try TimeZoneDatabase.rules(named: $0) }
    if let year = file.input.year {
      try settings.state(year: year, of: file.path, by: file.input.place.text("year"))
    }
    settings.source = file.input.source
    settings.observer = file.input.observer
    settings.logName = file.logName
    settings.forcesLibCSV = forcesLibCSV
    settings.earliest = site.earliest
    let seed = site.seed
    settings.digest =
      pseudonymiser.map { $0.digest } ?? { text in
        var hasher = ContentHasher()
        hasher.update("\(seed)\n")
        hasher.update(text)
        return String(hasher.finish().prefix(32))
      }
    return settings
  }

  /// What decides the rows besides the file's content.
  private func options(for file: InputFile, _ formats: [Format]) throws -> [String: String] {
    var options = [
      "format": formats.map(\.id).joined(separator: " "),
      "format_sha256": try formats.map { try ContentHasher.hash(file: $0.path) }
        .joined(separator: " "),
      "zone": file.input.zone ?? "", "year": file.input.year?.text ?? "",
      "observer": file.input.observer ?? "", "earliest": "\(site.earliest.microseconds)",
      "tzdata": TimeZoneDatabase.version,
    ]
    options["privacy"] = site.privacy?.text(pseudonymiser)
    return options
  }

  private func manifest(
    _ file: InputFile, sha256: String, _ byteCount: Int64, _ options: [String: String]
  ) -> Manifest {
    // Named by content, not by path: a renamed file is the same input.
    Manifest(
      stage: "ingest", algorithm: Ingestion.algorithm, subject: file.input.source,
      options: options,
      inputs: [.init(name: "file", byteCount: Int(byteCount), sha256: sha256)])
  }

  /// Whether the store holds a file as planned, with few enough rejects.
  private func isStored(_ plan: Manifest) throws -> Bool {
    let folder = store.ingested(source: plan.subject, fileHash: plan.inputs[0].sha256)
    guard try plan.isMade(in: folder), let found = try Manifest.read(folder: folder) else {
      return false
    }
    if found.rejectShare <= mostRejects { return true }
    // Taken in under a laxer limit: it is read again, and refused with its counts.
    try store.remove(store.relative(folder), of: .ingested)
    return false
  }

  /// Reads a file to its folder; returns the hash of its content.
  private func read(
    _ file: InputFile, _ reader: LogReader, _ options: [String: String],
    _ result: inout FileResult
  ) throws -> String {
    let digest = FileDigest(on: readsAhead ? Background() : nil)
    let writing = readsAhead ? Background() : nil
    var sha256 = ""
    var summary: ReadSummary?
    let outcome = try store.fill(
      in: store.ingested, key: "\(file.input.source)\n\(file.path)", stage: "ingest"
    ) { output in
      // Nothing may still be written to a folder that is given up.
      defer { writing?.finish() }
      let tables = try RowTables(
        reader, output, replacement: site.privacy == nil ? nil : replacement, background: writing)
      let rejects = try output.table(Reject.schema, name: "rejects")
      let read = try reader.read(path: file.path, rows: tables.sinks, rejects: rejects) {
        digest.update($0)
      }
      guard read.rejectShare <= mostRejects else { throw TooManyRejects(summary: read) }
      try tables.finish()
      try rejects.finish()
      let content = digest.finish()
      sha256 = content.sha256
      summary = read
      var manifest = manifest(file, sha256: sha256, content.byteCount, options)
      manifest.facts = read.facts(source: file.input.source, logName: file.logName)
      return (store.ingested(source: file.input.source, fileHash: sha256), manifest)
    }
    result.state = outcome == .written ? .read : .known
    result.summary = summary
    result.lateRowCount = summary.map(lateRowCount) ?? 0
    return sha256
  }
}

extension Ingestion {
  /// Rows of days whose events were pruned, or can't be made again: they come too late to be
  /// heeded.
  private func lateRowCount(_ summary: ReadSummary) -> Int {
    var rows: [CivilDate: Int] = [:]
    for entry in summary.parts.flatMap(\.rowsByHour) {
      rows[site.calendar.day(of: entry.hour), default: 0] += entry.rows
    }
    return rows.filter { day, _ in
      store.pruned.entry(of: store.relative(store.events(day))) != nil
        || store.prunedSource(of: .events, day, site: site) != nil
    }.values.reduce(0, +)
  }
}

/// The hash and length of a file whose bytes are shown in order.
private final class FileDigest: Sendable {
  private let content = Mutex((hasher: ContentHasher(), byteCount: Int64(0)))
  private let background: Background?

  /// - Parameter background: hashes copies of the bytes; without it, whoever shows them waits.
  init(on background: Background?) { self.background = background }

  func update(_ bytes: UnsafeRawBufferPointer) {
    guard let background else { return add(bytes) }
    let copy = Buffer(copying: bytes)
    background.run { [self] in add(copy.bytes) }
  }

  private func add(_ bytes: UnsafeRawBufferPointer) {
    content.withLock {
      $0.hasher.update(bytes)
      $0.byteCount += Int64(bytes.count)
    }
  }

  func finish() -> (sha256: String, byteCount: Int64) {
    background?.finish()
    return content.withLock { ($0.hasher.finish(), $0.byteCount) }
  }
}

/// A file has more rejects than the user allows.
private struct TooManyRejects: Error {
  let summary: ReadSummary
}

extension Manifest {
  /// Of an ingested file: rejects as a share of its records, as `ReadSummary` has it.
  fileprivate var rejectShare: Double {
    facts["reject_share"].flatMap { Double($0) } ?? 0
  }
}
