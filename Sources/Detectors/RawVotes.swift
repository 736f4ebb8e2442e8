import Columnar
import Events
import Features

/// Whether a detector could judge a source, and why not.
package struct CoverageRow: Hashable, Sendable {
  package let detector: String
  package let source: String
  /// Nil where it ran.
  package let reason: String?
}

/// Runs every detector over a day and writes `raw.arrow`.
/// - Parameter settings: the numbers of each detector's settings file, by the detector's name.
/// - Returns: a row per detector and source.
/// - Throws: `MissingSetting`, and whatever reading and writing throw.
package func rawVotes(
  _ inputs: ScoringInputs, settings: [String: [String: Double]],
  detectors: [any Detector] = allDetectors, to sink: any BatchSink
) throws -> [CoverageRow] {
  let sources = try SourceCoverage.read(inputs.tables.coverage)
  let writer = VoteWriter(sink)
  var coverage: [CoverageRow] = []
  for detector in detectors {
    let rows = sources.map { source in
      CoverageRow(
        detector: detector.name, source: source.name,
        reason: source.obstacle(to: detector)
          ?? (inputs.state.dayCount < detector.neededDays
            ? "learning: \(inputs.state.dayCount) of \(detector.neededDays) earlier days" : nil))
    }
    coverage += rows
    guard rows.contains(where: { $0.reason == nil }) else { continue }
    let own = Settings(detector: detector.name, numbers: settings[detector.name] ?? [:])
    try detector.run(inputs, settings: own) { vote in
      if vote.score >= vote.floor { try writer.append(vote) }
    }
  }
  try writer.finish()
  return coverage
}

/// What a source gave on a day.
struct SourceCoverage {
  let name: String
  private(set) var rows: [EventClass: Int64] = [:]
  private(set) var rowsWithBytes: Int64 = 0

  /// The sources of `coverage.arrow`, by name.
  static func read(_ table: any BatchSource) throws -> [SourceCoverage] {
    var sources: [String: SourceCoverage] = [:]
    try table.forEachBatch { batch in
      let (source, eventClass) = (batch[Coverage.source], batch[Coverage.eventClass])
      let (rows, withBytes) = (batch[Coverage.rows], batch[Coverage.rowsWithBytes])
      for row in 0..<batch.rowCount {
        guard let name = source[row],
          let eventClass = eventClass[row].flatMap(EventClass.init(rawValue:))
        else { continue }
        sources[name, default: SourceCoverage(name: name)].rows[eventClass, default: 0] +=
          rows.value(row)
        sources[name]?.rowsWithBytes += withBytes.value(row)
      }
    }
    return sources.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Why the detector cannot judge this source; nil where it can.
  func obstacle(to detector: any Detector) -> String? {
    guard detector.eventClasses.contains(where: { rows[$0, default: 0] > 0 }) else {
      return "no \(detector.eventClasses.map(\.rawValue).joined(separator: " or ")) rows"
    }
    return detector.needsBytes && rowsWithBytes == 0 ? "no rows with bytes" : nil
  }
}

extension [CoverageRow] {
  /// Writes `coverage.arrow`.
  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(DetectorRun.schema, to: sink)
    for row in self {
      rows.table.column(DetectorRun.detector).append(row.detector)
      rows.table.column(DetectorRun.source).append(row.source)
      rows.table.column(DetectorRun.ran).append(row.reason == nil)
      rows.table.column(DetectorRun.reason).append(row.reason)
      try rows.endRow()
    }
    try rows.finish()
  }
}

/// Writes votes without p-values.
private final class VoteWriter {
  private let rows: RowWriter

  init(_ sink: any BatchSink) { rows = RowWriter(Vote.schema, to: sink) }

  func append(_ vote: RawVote) throws {
    let table = rows.table
    let isInternet = vote.entity == HostHour.internet
    table.column(Vote.entityKind).append((isInternet ? .internet : vote.entityKind).rawValue)
    table.column(Vote.entity).append(vote.entity)
    table.column(Vote.windowStart).append(vote.window.lowerBound)
    table.column(Vote.windowEnd).append(vote.window.upperBound)
    table.column(Vote.detector).append(vote.detector)
    table.column(Vote.rawScore).append(vote.score)
    table.column(Vote.pValue).appendNull()
    table.column(Vote.floor).append(vote.floor)
    table.column(Vote.ceiling).append(vote.ceiling)
    table.column(Vote.peer).append(vote.peer)
    for index in 0..<3 {
      let evidence = index < vote.evidence.count ? vote.evidence[index] : nil
      table.column(Vote.features[index]).append(evidence?.feature)
      table.column(Vote.contributions[index]).append(evidence?.contribution)
      table.column(Vote.actuals[index]).append(evidence?.actual)
      table.column(Vote.typicals[index]).append(evidence?.typical)
      table.column(Vote.spreads[index]).append(evidence?.spread)
    }
    try rows.endRow()
  }

  func finish() throws { try rows.finish() }
}
