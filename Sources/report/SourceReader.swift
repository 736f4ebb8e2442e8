import ArrowFile
import Columnar
import Events
import Incidents
import StageKit

/// Reads how well each source covered a day.
struct SourceReader: Sendable {
  let site: Site
  let store: Store

  func sources(_ day: CivilDate) throws -> [DayFacts.SourceQuality] {
    var rows: [String: Int] = [:]
    var hours: [String: Set<Instant>] = [:]
    let table = try store.requiredTable(Coverage.schema, in: store.profiles(day))
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (sources, starts) = (batch[Coverage.source], batch[Coverage.hour])
      let counts = batch[Coverage.rows]
      for row in 0..<batch.rowCount {
        guard let source = sources[row] else { continue }
        rows[source, default: 0] += Int(counts.value(row))
        hours[source, default: []].insert(starts.value(row))
      }
    }
    let dayHours = site.calendar.hours(of: day).count
    let files = try ingested(day)
    let rejects = rejected(files)
    let remarks = remarks(files)
    // A source without rows on the day is silent, which is worth saying.
    let names = Set(rows.keys).union(site.inputs.map(\.source))
    return names.sorted().map { name in
      let reasons = rejects[name] ?? [:]
      return DayFacts.SourceQuality(
        source: name, rows: rows[name] ?? 0, coveredHours: hours[name]?.count ?? 0,
        dayHours: dayHours, rejected: reasons.values.reduce(0, +),
        rejectReasons: reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { ($0.key, $0.value) }, remarks: remarks[name] ?? [])
    }
  }

  /// Stands for what reading the day's files gave, as far as a report shows it.
  func fingerprint(_ day: CivilDate) throws -> String {
    let files = try ingested(day)
    let rejects = rejected(files).sorted { $0.key < $1.key }.map { source, reasons in
      "\(source) \(reasons.sorted { $0.key < $1.key })"
    }
    let remarks = remarks(files).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ContentHasher.hash((rejects + remarks).joined(separator: "\n"))
  }

  /// The files that hold rows of the day, with the facts of their manifests.
  private func ingested(_ day: CivilDate) throws -> [(file: IngestedFile, facts: [String: String])]
  {
    let start = site.calendar.start(of: day)
    let end = site.calendar.start(of: day.advanced(by: 1))
    // What was rejected is said of a file, however many formats have rows of it.
    var seen: Set<String> = []
    return try store.ingestedFiles()
      .filter { $0.file.hasRows(from: start, to: end) && seen.insert($0.folder).inserted }
      .map { ($0.file, $0.manifest.facts) }
  }

  /// Rejected lines by source and reason.
  private func rejected(
    _ files: [(file: IngestedFile, facts: [String: String])]
  ) -> [String: [String: Int]] {
    var counts: [String: [String: Int]] = [:]
    for (file, facts) in files {
      for (fact, value) in facts where fact.hasPrefix("rejected: ") {
        let reason = String(fact.dropFirst("rejected: ".count))
        counts[file.source, default: [:]][reason, default: 0] += Int(value) ?? 0
      }
    }
    return counts
  }

  /// Remarks by source, in order of the files' names.
  private func remarks(
    _ files: [(file: IngestedFile, facts: [String: String])]
  ) -> [String: [String]] {
    var remarks: [String: [String]] = [:]
    for (file, facts) in files {
      guard let remark = facts["remark"] else { continue }
      remarks[file.source, default: []].append("\(file.logFile), \(remark)")
    }
    return remarks.mapValues { $0.sorted() }
  }
}
