import Columnar

/// One thing that is wrong with a day's data: a row of `findings.arrow`, whose columns say what its
/// members are.
package struct DataFinding: Hashable, Sendable {
  package let source: String
  package let eventClass: EventClass
  package let kind: QualityFinding.Kind
  package var fault: SourceFault.Kind?
  package let window: Range<Instant>
  package var since: Instant
  package var subject: String?
  package let actual: Double
  package let usual: Double?
  package let limit: Double?
  package let likeDays: Int
  package let like: String
  package var note = ""
  package var text = ""
  package var advice = ""

  package init(
    source: String, eventClass: EventClass, kind: QualityFinding.Kind,
    fault: SourceFault.Kind? = nil, window: Range<Instant>, since: Instant,
    subject: String? = nil, actual: Double, usual: Double?, limit: Double? = nil, likeDays: Int,
    like: String
  ) {
    self.source = source
    self.eventClass = eventClass
    self.kind = kind
    self.fault = fault
    self.window = window
    self.since = since
    self.subject = subject
    self.actual = actual
    self.usual = usual
    self.limit = limit
    self.likeDays = likeDays
    self.like = like
  }

  /// What it does to detectors; nil where nothing.
  package var sourceFault: SourceFault? {
    fault.map {
      SourceFault(source: source, eventClass: eventClass, kind: $0, window: window, note: note)
    }
  }

  /// "core-switch: no conversations 06:00–12:00, …"
  package var line: String { "\(source): \(text)" }

  /// The rows of a `findings.arrow`, in its order.
  package static func read(_ findings: any BatchSource) throws -> [DataFinding] {
    var found: [DataFinding] = []
    for index in 0..<findings.batchCount {
      let batch = try findings.batch(index)
      let (sources, classes) = (batch[QualityFinding.source], batch[QualityFinding.eventClass])
      let (kinds, faults) = (batch[QualityFinding.kind], batch[QualityFinding.fault])
      let (starts, ends) = (batch[QualityFinding.windowStart], batch[QualityFinding.windowEnd])
      let (since, subjects) = (batch[QualityFinding.since], batch[QualityFinding.subject])
      let (actual, usual) = (batch[QualityFinding.actual], batch[QualityFinding.usual])
      let (limits, likeDays) = (batch[QualityFinding.limit], batch[QualityFinding.likeDays])
      let like = batch[QualityFinding.like]
      let (notes, texts) = (batch[QualityFinding.note], batch[QualityFinding.text])
      let advice = batch[QualityFinding.advice]
      for row in 0..<batch.rowCount {
        guard let source = sources[row],
          let eventClass = classes[row].flatMap(EventClass.init(rawValue:)),
          let kind = kinds[row].flatMap(QualityFinding.Kind.init(rawValue:)),
          starts.value(row) < ends.value(row)
        else { continue }
        var finding = DataFinding(
          source: source, eventClass: eventClass, kind: kind,
          fault: faults[row].flatMap(SourceFault.Kind.init(rawValue:)),
          window: starts.value(row)..<ends.value(row), since: since.value(row),
          subject: subjects[row], actual: actual.value(row), usual: usual[row],
          limit: limits[row], likeDays: Int(likeDays.value(row)), like: like[row] ?? "")
        (finding.note, finding.text) = (notes[row] ?? "", texts[row] ?? "")
        finding.advice = advice[row] ?? ""
        found.append(finding)
      }
    }
    return found
  }

  /// A `findings.arrow`.
  package static func table(_ findings: [DataFinding]) -> Table {
    let table = TableBuilder(QualityFinding.schema)
    for finding in findings {
      table.column(QualityFinding.source).append(finding.source)
      table.column(QualityFinding.eventClass).append(finding.eventClass.rawValue)
      table.column(QualityFinding.kind).append(finding.kind.rawValue)
      table.column(QualityFinding.fault).append(finding.fault?.rawValue)
      table.column(QualityFinding.windowStart).append(finding.window.lowerBound)
      table.column(QualityFinding.windowEnd).append(finding.window.upperBound)
      table.column(QualityFinding.since).append(finding.since)
      table.column(QualityFinding.subject).append(finding.subject)
      table.column(QualityFinding.actual).append(finding.actual)
      table.column(QualityFinding.usual).append(finding.usual)
      table.column(QualityFinding.limit).append(finding.limit)
      table.column(QualityFinding.likeDays).append(UInt32(finding.likeDays))
      table.column(QualityFinding.like).append(finding.like)
      table.column(QualityFinding.note).append(finding.note)
      table.column(QualityFinding.text).append(finding.text)
      table.column(QualityFinding.advice).append(finding.advice)
    }
    return Table(schema: table.schema, batches: [table.finishBatch()])
  }
}
