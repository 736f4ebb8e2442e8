import Columnar
import Events

extension Answer {
  /// Sources that gave less than half of what is usual on a day, or nothing in some hours in which
  /// there always is something.
  /// - Parameter days: `quality/day=D/sources.arrow` with what was found on the day, in order.
  package static func quietSources(
    _ days: [(day: CivilDate, sources: any BatchSource, findings: [DataFinding])]
  ) throws -> Answer {
    var rows: [[Value]] = []
    var checked = 0
    for (day, table, findings) in days {
      for index in 0..<table.batchCount {
        let batch = try table.batch(index)
        let (sources, classes) = (batch[SourceDay.source], batch[SourceDay.eventClass])
        let (counts, usual) = (batch[SourceDay.rows], batch[SourceDay.usualRows])
        let (hours, dayHours) = (batch[SourceDay.hours], batch[SourceDay.dayHours])
        for row in 0..<batch.rowCount {
          checked += 1
          let (source, eventClass) = (sources[row] ?? "", classes[row] ?? "")
          let silence = findings.first {
            $0.kind == .silent && $0.source == source && $0.eventClass.rawValue == eventClass
          }
          let isLow = usual[row].map { Double(counts.value(row)) < $0 / 2 } ?? false
          guard isLow || silence != nil else { continue }
          rows.append([
            .text(day.description), .text(source), .text(eventClass),
            .count(Int(counts.value(row))), usual[row].map(Value.number) ?? .unknown,
            .count(Int(hours.value(row))), .count(Int(dayHours.value(row))),
            .text(silence?.note ?? "fewer rows than usual"),
          ])
        }
      }
    }
    let sentence =
      rows.last.map { row in
        "Last, \(row[1].text) (\(row[2].text)) on \(row[0].text): \(row[3].text) rows, usually "
          + "\(row[4].text); \(row[7].text)."
      } ?? "0 found in \(Quantity.count(checked)) kinds of data checked."
    return Answer(
      columns: ["day", "source", "data", "rows", "usual_rows", "hours", "day_hours", "why"],
      rows: rows, sentence: sentence)
  }
}
