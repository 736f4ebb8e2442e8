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
    let rejects = try rejected(day)
    // A source without rows on the day is silent, which is worth saying.
    let names = Set(rows.keys).union(site.inputs.map(\.source))
    return names.sorted().map { name in
      let reasons = rejects[name] ?? [:]
      return DayFacts.SourceQuality(
        source: name, rows: rows[name] ?? 0, coveredHours: hours[name]?.count ?? 0,
        dayHours: dayHours, rejected: reasons.values.reduce(0, +),
        rejectReasons: reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { ($0.key, $0.value) })
    }
  }

  /// Rejected lines by source and reason, of the files that hold rows of the day.
  private func rejected(_ day: CivilDate) throws -> [String: [String: Int]] {
    let start = site.calendar.start(of: day)
    let end = site.calendar.start(of: day.advanced(by: 1))
    var counts: [String: [String: Int]] = [:]
    for (_, manifest, file) in try store.ingestedFiles() where file.hasRows(from: start, to: end) {
      for (fact, value) in manifest.facts where fact.hasPrefix("rejected.") {
        let reason = String(fact.dropFirst("rejected.".count))
        counts[file.source, default: [:]][reason, default: 0] += Int(value) ?? 0
      }
    }
    return counts
  }
}
