import Columnar
import Events
import Features
import Forest
import Synchronization

/// Whether a detector could judge a source, and why not.
package struct CoverageRow: Hashable, Sendable {
  package let detector: String
  package let source: String
  package let ran: Bool
  /// Why it was skipped, or blind for some of it; nil where it ran and saw everything.
  package let reason: String?
}

/// Runs every detector over a day and writes `raw.arrow`.
/// - Parameter settings: the numbers of each detector's settings file, by the detector's name.
/// - Parameter threads: detectors that run at a time; what is written does not depend on it.
/// - Returns: a row per detector and source.
/// - Throws: `MissingSetting`, and whatever reading and writing throw.
package func rawVotes(
  _ inputs: ScoringInputs, settings: [String: [String: Double]],
  detectors: [any Detector] = allDetectors, threads: Int = 1, to sink: any BatchSink
) throws -> [CoverageRow] {
  let judged = Set(detectors.flatMap(\.eventClasses))
  let sources = try SourceCoverage.read(inputs.tables, of: judged)
  let results = Mutex([Result<Judgement, any Error>?](repeating: nil, count: detectors.count))
  inParallel(taskCount: detectors.count, threads: threads) { takeTask in
    while let task = takeTask() {
      let own = Settings(
        detector: detectors[task].name, numbers: settings[detectors[task].name] ?? [:])
      let result = Result {
        try Judgement(by: detectors[task], of: inputs, sources: sources, settings: own)
      }
      results.withLock { $0[task] = result }
    }
  }
  let judgements = try results.withLock { try $0.compactMap { try $0?.get() } }
  let writer = VoteWriter(sink)
  for judgement in judgements {
    for vote in judgement.votes { try writer.append(vote) }
  }
  try writer.finish()
  return judgements.flatMap(\.coverage)
}

/// What one detector says of a day.
private struct Judgement: Sendable {
  let votes: [RawVote]
  /// A row per source.
  let coverage: [CoverageRow]

  init(
    by detector: any Detector, of inputs: ScoringInputs, sources: [SourceCoverage],
    settings: Settings
  ) throws {
    let learning =
      try detector.obstacle(inputs)
      ?? (inputs.state.dayCount < detector.neededDays
        ? "learning: \(inputs.state.dayCount) of \(detector.neededDays) earlier days" : nil)
    let sights = sources.map { Sight(of: $0, by: detector, on: inputs.wholeDay) }
    var votes: [RawVote] = []
    var withheld: [String: Int] = [:]
    if learning == nil, sights.contains(where: { $0.obstacle == nil }) {
      try detector.run(inputs, settings: settings) { vote in
        guard vote.score >= vote.floor else { return }
        if let fault = inputs.fault(misleading: detector, vote) {
          withheld[fault.source, default: 0] += 1
        } else {
          votes.append(vote)
        }
      }
    }
    self.votes = votes
    coverage = sights.map { $0.row(learning: learning, withheld: withheld[$0.source] ?? 0) }
  }
}

/// What a detector sees of a source on a day.
private struct Sight {
  let source: String
  private let detector: String
  /// Why it sees nothing; nil where it does.
  let obstacle: String?
  /// What it does not see, where it sees something.
  private let gaps: [String]

  init(of source: SourceCoverage, by detector: any Detector, on day: Range<Instant>) {
    self.source = source.name
    self.detector = detector.name
    let classes = detector.eventClasses.filter { eventClass in
      source.rows[eventClass, default: 0] > 0
        || source.faults.contains { $0.eventClass == eventClass }
    }
    let faults = source.faults.filter {
      classes.contains($0.eventClass)
        && ($0.kind == .silent || detector.misledBy.contains($0.kind)
          || ($0.kind == .bytes && detector.needsBytes))
    }
    let lost = faults.filter { $0.window == day }
    let isBlind = classes.allSatisfy { eventClass in
      lost.contains { $0.eventClass == eventClass }
    }
    if classes.isEmpty {
      obstacle = "no \(detector.eventClasses.map(\.rawValue).joined(separator: " or ")) rows"
    } else if isBlind {
      obstacle = "blind: " + Sight.notes(lost).joined(separator: ", ")
    } else {
      obstacle = detector.needsBytes && source.rowsWithBytes == 0 ? "no rows with bytes" : nil
    }
    gaps = Sight.notes(faults)
  }

  private static func notes(_ faults: [SourceFault]) -> [String] {
    var notes: [String] = []
    for fault in faults where !notes.contains(fault.note) { notes.append(fault.note) }
    return notes
  }

  func row(learning: String?, withheld: Int) -> CoverageRow {
    let count = withheld == 0 ? [] : ["\(withheld) \(withheld == 1 ? "vote" : "votes") withheld"]
    let parts = (obstacle.map { [$0] } ?? gaps) + count
    let blindness = parts.isEmpty ? nil : parts.joined(separator: "; ")
    let reason =
      obstacle == nil ? learning ?? blindness.map { "blind in part: \($0)" } : blindness
    return CoverageRow(
      detector: detector, source: source, ran: obstacle == nil && learning == nil, reason: reason)
  }
}

extension ScoringInputs {
  /// The fault that makes a detector's vote of something that is missing or wrong in the data; nil
  /// where there is none.
  fileprivate func fault(misleading detector: any Detector, _ vote: RawVote) -> SourceFault? {
    guard !tables.faults.isEmpty else { return nil }
    let sources = sources(of: vote.entity)
    let eventClass = vote.evidence.first.flatMap { lead in
      Measure.all.first { $0.name == lead.feature }?.eventClass
    }
    return tables.faults.first { fault in
      detector.misledBy.contains(fault.kind) && fault.window.overlaps(vote.window)
        && sources.contains(fault.source) && detector.eventClasses.contains(fault.eventClass)
        && eventClass ?? fault.eventClass == fault.eventClass
    }
  }
}

/// What a source gave on a day.
private struct SourceCoverage: Sendable {
  let name: String
  private(set) var rows: [EventClass: Int64] = [:]
  private(set) var rowsWithBytes: Int64 = 0
  private(set) var faults: [SourceFault] = []

  private init(name: String) { self.name = name }

  /// The sources of `coverage.arrow` and those with faults, by name, but for those of which no
  /// detector reads anything.
  static func read(_ tables: DayTables, of judged: Set<EventClass>) throws -> [SourceCoverage] {
    var sources: [String: SourceCoverage] = [:]
    try tables.coverage.forEachBatch { batch in
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
    for fault in tables.faults {
      sources[fault.source, default: SourceCoverage(name: fault.source)].faults.append(fault)
    }
    let known = sources.values.filter { source in
      judged.contains { eventClass in
        source.rows[eventClass] != nil || source.faults.contains { $0.eventClass == eventClass }
      }
    }
    return known.sorted { $0.name < $1.name }
  }
}

extension [CoverageRow] {
  /// Writes `coverage.arrow`.
  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(DetectorRun.schema, to: sink)
    for row in self {
      rows.table.column(DetectorRun.detector).append(row.detector)
      rows.table.column(DetectorRun.source).append(row.source)
      rows.table.column(DetectorRun.ran).append(row.ran)
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
    table.column(Vote.cause).append(vote.cause)
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
