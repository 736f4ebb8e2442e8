import Columnar
import Events

/// The reading of one file.
final class Reading {
  let format: Format
  let name: String
  let forcesLibCSV: Bool
  let piece: PieceBuffer
  private let table: FieldTable
  let builder: RowBuilder
  private let rejects: RejectWriter
  var rules: LineRules
  private(set) var counts = LineCounts()
  var cutter: FieldCutter?
  /// What `#Date` of a W3C log said last.
  var elffDate: [UInt8] = []
  private var totals: FooterTotals?
  private var remarks: [String] = []
  /// Whether the format's stop line was met.
  private var isFooter = false
  /// Whether the text at hand is the rest of a record that was rejected for its length.
  private var isInLongLine = false
  let layoutInReasons: ExpectedCount

  /// Fields that records should have, for reasons in words.
  final class ExpectedCount { var value = 0 }

  init(
    _ format: Format, _ settings: ReaderSettings, name: String, pieceCapacity: Int,
    rows: any BatchSink, rejects sink: any BatchSink
  ) throws {
    self.format = format
    self.name = name
    forcesLibCSV = settings.forcesLibCSV
    piece = PieceBuffer(capacity: pieceCapacity)
    table = FieldTable(piece: piece)
    rules = try LineRules(format)
    let expected = ExpectedCount()
    layoutInReasons = expected
    if format.isPrivate && settings.digest == nil {
      throw FormatError(
        path: format.path, problem: "columns are dropped or hashed, and no key is at hand")
    }
    let plan = try RowPlan(format, settings)
    let schema = plan.schema
    rejects = RejectWriter(sink: sink, digest: format.isPrivate ? settings.digest : nil) { reason in
      reason.text(
        columnName: schema.fields[Int(reason.column)].name, expectedFields: expected.value,
        timeFormats: format.time.formats)
    }
    builder = RowBuilder(plan, format, sink: rows, rejects: rejects)
    totals = format.totals.isEmpty ? nil : FooterTotals(format.totals)
  }

  func run(_ stream: any ByteStream) throws -> ReadSummary {
    try refill(from: stream)
    if piece.text(1..<min(4, piece.textEnd)).elementsEqual([0xEF, 0xBB, 0xBF]) {
      piece.position += 3
    }
    while true {
      try takePiece()
      if piece.isLast && piece.position == piece.textEnd { break }
      let kept = piece.textEnd - piece.position
      try refill(from: stream)
      if kept == piece.capacity - 1, format.read.shape != .document { try takeLongLine() }
    }
    try builder.flush()
    try rejects.flush()
    checkTotals()
    return summary()
  }

  /// Takes more text; where that fails, the error says how far the file was read.
  private func refill(from stream: any ByteStream) throws {
    do {
      try piece.refill(from: stream)
    } catch let error as InputError {
      throw InputError("\(error.path):\(counts.lines + 1)", error.problem)
    }
  }

  /// Takes all complete records of the piece.
  private func takePiece() throws {
    if isInLongLine {
      guard let line = piece.line(from: piece.position) else {
        piece.position = piece.textEnd
        return
      }
      piece.position = line.next
      isInLongLine = false
    }
    while piece.position < piece.textEnd {
      if isFooter {
        guard try takeFooterLine() else { return }
        continue
      }
      guard let cutter = try preparedCutter() else { return }
      let stop = cutter.index(piece, into: table, counts: &counts)
      try builder.append(table, counts: &counts)
      piece.arenaEnd = piece.arenaStart
      switch stop {
      case .table, .reference: continue
      case .special(.stop): isFooter = true
      case .special: try takeDirective()
      case .piece: return
      }
    }
  }

  /// Counts the next line; false where the piece ends before the line does.
  func takeLine(as kind: LineKind) -> Bool {
    guard let line = piece.line(from: piece.position) else { return false }
    counts.add(kind)
    piece.position = line.next
    return true
  }

  /// Counts a line after the records; false where the piece ends before the line does.
  ///
  /// A header that comes again begins another export: files may be joined.
  private func takeFooterLine() throws -> Bool {
    guard let line = piece.line(from: piece.position) else { return false }
    let text = piece.text(piece.position..<line.end)
    guard rules.kind(of: text) == .header else {
      totals?.take(footer: String(decoding: text, as: UTF8.self))
      return takeLine(as: .stop)
    }
    try builder.flush()
    checkTotals()
    isFooter = false
    return takeLine(as: .header)
  }

  /// Compares what the footer states with what was read since the last one.
  private func checkTotals() {
    guard let difference = totals?.difference(builder.takeSums(), counts) else { return }
    remarks.append("line \(counts.lines): \(difference)")
  }

  /// Rejects a line that does not fit a piece.
  private func takeLongLine() throws {
    guard piece.line(from: piece.position) == nil else { return }
    counts.lines += 1
    counts.rejects += 1
    rejects.add(
      piece.text(piece.position..<piece.position + min(4096, piece.capacity / 2)),
      line: Int64(counts.lines), offset: piece.fileOffset + Int64(piece.position),
      RejectReason(.tooLong))
    piece.position = piece.textEnd
    isInLongLine = true
  }

  private func summary() -> ReadSummary {
    ReadSummary(
      format: format.id, eventClass: format.eventClass, flow: format.flow,
      bytesKind: format.bytesKind, counts: counts, rejectsByReason: rejects.counts,
      remarks: remarks,
      repairedTextCount: builder.repairs.textCount, timeRange: builder.hours.range,
      rowsByHour: builder.hours.byHour,
      textByteCount: piece.fileOffset + Int64(piece.position))
  }
}
