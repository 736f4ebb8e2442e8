import ArrowFile
import Columnar
import Events

/// Rows of one format in a folder of ingested rows, by what `ingest` states in its manifest: most
/// folders hold those of one, and that of a file with several kinds of records those of several.
package struct IngestedFile: Sendable {
  /// The name of the input by which the file came.
  package var source: String
  /// Its name within the source.
  package var logFile: String
  package var eventClass: EventClass
  /// Of whose rows this is; nil where the file has rows of one format only.
  package var format: String?
  /// `oneway` or `biflow`; nil for other classes than flow.
  package var flowKind: String?
  /// After which the exporter cuts a long flow; nil where it doesn't.
  package var activeTimeoutSeconds: Int?
  /// Rows by UTC hour, for the hours that have any, in order.
  package var rowsByHour: [(hour: Instant, rowCount: Int)]

  package init(
    source: String, logFile: String, eventClass: EventClass, format: String? = nil,
    flowKind: String? = nil, activeTimeoutSeconds: Int? = nil,
    rowsByHour: [(hour: Instant, rowCount: Int)] = []
  ) {
    self.source = source
    self.logFile = logFile
    self.eventClass = eventClass
    self.format = format
    self.flowKind = flowKind
    self.activeTimeoutSeconds = activeTimeoutSeconds
    self.rowsByHour = rowsByHour
  }

  /// The name of the table that holds the rows.
  package var rowsName: String { IngestedFile.rowsName(format: format) }

  /// - Parameter format: nil where the file has rows of one format only.
  package static func rowsName(format: String?) -> String { format.map { "rows.\($0)" } ?? "rows" }

  private static let formatsFact = "formats"
  private var prefix: String { format.map { "\($0): " } ?? "" }

  /// Begins the names of the facts that count a file's rejected lines; the reason follows.
  package static let rejectPrefix = "rejected: "

  private static let hour: Int64 = 3_600_000_000

  /// Whether an hour that has rows overlaps `start ..< end`.
  package func hasRows(from start: Instant, to end: Instant) -> Bool {
    rowsByHour.contains { entry in
      entry.hour < end && entry.hour.advanced(byMicroseconds: IngestedFile.hour) > start
    }
  }

  /// What a manifest states of the file.
  package var facts: [String: String] {
    var facts = ["source": source, "log_file": logFile, "\(prefix)class": eventClass.rawValue]
    facts["\(prefix)flow_kind"] = flowKind
    facts["\(prefix)active_timeout_seconds"] = activeTimeoutSeconds.map { String($0) }
    facts["\(prefix)rows_by_hour"] = rowsByHour.map { entry in
      "\(entry.hour.microseconds / IngestedFile.hour):\(entry.rowCount)"
    }.joined(separator: " ")
    return facts
  }

  /// What a manifest states of the parts of a file.
  package static func facts(of parts: [IngestedFile]) -> [String: String] {
    var facts = parts.reduce(into: [:]) { $0.merge($1.facts) { _, last in last } }
    if parts.isEmpty || parts.contains(where: { $0.format != nil }) {
      facts[formatsFact] = parts.compactMap(\.format).joined(separator: " ")
    }
    return facts
  }

  /// From the facts of the manifest in `folder`.
  /// - Throws: when one is missing or not of its form.
  package static func all(_ facts: [String: String], folder: String) throws -> [IngestedFile] {
    guard let formats = facts[formatsFact] else {
      return [try IngestedFile(facts, format: nil, folder: folder)]
    }
    return try formats.split(separator: " ").map {
      try IngestedFile(facts, format: String($0), folder: folder)
    }
  }

  private init(_ facts: [String: String], format: String?, folder: String) throws {
    let prefix = format.map { "\($0): " } ?? ""
    self.format = format
    func fact(_ name: String) throws -> String {
      guard let value = facts[name] else {
        throw IngestedFile.malformed(folder, name, expected: "a value", found: "none")
      }
      return value
    }
    source = try fact("source")
    logFile = try fact("log_file")
    let name = try fact("\(prefix)class")
    guard let eventClass = EventClass(rawValue: name) else {
      throw IngestedFile.malformed(folder, "class", expected: "flow, dns, http or tls", found: name)
    }
    self.eventClass = eventClass
    flowKind = facts["\(prefix)flow_kind"]
    activeTimeoutSeconds = try facts["\(prefix)active_timeout_seconds"].map { text in
      guard let seconds = Int(text) else {
        throw IngestedFile.malformed(
          folder, "active_timeout_seconds", expected: "a number", found: text)
      }
      return seconds
    }
    rowsByHour = try fact("\(prefix)rows_by_hour").split(separator: " ").map { entry in
      let numbers = entry.split(separator: ":").compactMap { Int64($0) }
      guard numbers.count == 2, numbers[0].magnitude < UInt64(Int64.max / IngestedFile.hour) else {
        throw IngestedFile.malformed(
          folder, "rows_by_hour", expected: "hour:rows …", found: String(entry))
      }
      return (Instant(microseconds: numbers[0] * IngestedFile.hour), Int(numbers[1]))
    }
  }

  private static func malformed(
    _ folder: String, _ name: String, expected: String, found: String
  ) -> StageError {
    StageError(
      "\(folder)/\(Manifest.fileName): \(name): expected \(expected), found \(found); remove the "
        + "folder and run ingest again")
  }
}

extension Store {
  /// All rows in finished folders of ingested ones, by folder in order of their names.
  package func ingestedFiles() throws -> [(folder: String, manifest: Manifest, file: IngestedFile)]
  {
    var found: [(folder: String, manifest: Manifest, file: IngestedFile)] = []
    for source in try FileBytes.names(in: ingested) where source.hasPrefix("source=") {
      for name in try FileBytes.names(in: "\(ingested)/\(source)") where name.hasPrefix("file=") {
        let folder = "\(ingested)/\(source)/\(name)"
        guard let manifest = try Manifest.read(folder: folder) else { continue }
        found += try IngestedFile.all(manifest.facts, folder: folder).map { (folder, manifest, $0) }
      }
    }
    return found
  }
}
