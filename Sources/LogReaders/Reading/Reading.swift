import Columnar
import Events

/// The reading of one file.
final class Reading {
  /// A format, and what makes rows of the records that it takes.
  struct Member {
    let format: Format
    let builder: RowBuilder
  }

  /// In the order in which they are offered records.
  let members: [Member]
  let name: String
  let forcesLibCSV: Bool
  let piece: PieceBuffer
  let table: FieldTable
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
  /// Where lines are records: how each is cut.
  var lanes: [LineLane] = []
  /// By member: the lane whose table it reads.
  var laneOfMember: [Int] = []
  /// What cuts the cells of positional records further, where the format says so.
  var cellCuts: CellCuts?
  /// Of the file's times without one.
  private let years: YearSequence
  private let outcomes = RecordOutcomes()
  private var kinds: KindTally
  let layoutInReasons: ExpectedCounts

  /// By member: fields that records should have, for reasons in words.
  final class ExpectedCounts { var values: [Int] = [] }

  /// The format of files that only one format can read.
  var format: Format { members[0].format }
  var builder: RowBuilder { members[0].builder }

  init(
    _ formats: [Format], _ settings: ReaderSettings, name: String, pieceCapacity: Int,
    rows: [any BatchSink], rejects sink: any BatchSink
  ) throws {
    self.name = name
    forcesLibCSV = settings.forcesLibCSV
    piece = PieceBuffer(capacity: pieceCapacity)
    table = FieldTable(piece: piece)
    rules = try LineRules(formats[0])
    let expected = ExpectedCounts()
    expected.values = formats.map { _ in 0 }
    layoutInReasons = expected
    let secret = formats.first(where: \.isPrivate)
    if let secret, settings.digest == nil {
      throw FormatError(
        path: secret.path, problem: "columns are dropped or hashed, and no key is at hand")
    }
    let years = settings.years
    self.years = years
    let plans = try formats.map { try RowPlan($0, settings, years) }
    let schemas = plans.map(\.schema)
    let rejects = RejectWriter(sink: sink, digest: secret == nil ? nil : settings.digest) { key in
      let format = formats[key.format]
      let text = key.reason.text(
        columnName: schemas[key.format].fields[Int(key.reason.column)].name,
        expectedFields: expected.values[key.format], timeFormats: format.time.formats)
      return formats.count == 1 || key.reason.kind.isOfLine ? text : "\(format.id): \(text)"
    }
    self.rejects = rejects
    members = zip(zip(formats, plans), rows).map { pair, sink in
      Member(
        format: pair.0, builder: RowBuilder(pair.1, pair.0, sink: sink, rejects: rejects))
    }
    // One format's kind may be another's secret.
    var seen = formats.reduce(into: Set<String>()) { $0.formUnion($1.secretFields) }
    kinds = KindTally(fields: formats.flatMap(\.kinds).filter { seen.insert($0).inserted })
    totals = formats[0].totals.isEmpty ? nil : FooterTotals(formats[0].totals)
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
    for member in members { try member.builder.flush() }
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
      try takeRecords()
      piece.arenaEnd = piece.arenaStart
      switch stop {
      case .table, .reference: continue
      case .special(.stop): isFooter = true
      case .special: try takeDirective()
      case .piece: return
      }
    }
  }

  /// Makes rows and rejects of the records that the cutter found.
  private func takeRecords() throws {
    guard !lanes.isEmpty else { return try takeCells() }
    findYears(rowCount: table.rowCount) { lanes[laneOfMember[$0]].table }
    outcomes.begin(rowCount: table.rowCount)
    for (place, member) in members.enumerated() {
      outcomes.offer(toFormat: place)
      let table = lanes[laneOfMember[place]].table
      try member.builder.append(table, counts: &counts, outcomes: outcomes)
    }
    try outcomes.settle(lanes, rejects, &kinds, counts: &counts)
  }

  /// The same where records are the rows of delimited text.
  private func takeCells() throws {
    guard let cellCuts else {
      findYears(rowCount: table.rowCount) { _ in table }
      return try builder.append(table, counts: &counts)
    }
    var row = 0
    while row < table.rowCount {
      row = cellCuts.cut(table, from: row)
      findYears(rowCount: cellCuts.table.rowCount) { _ in cellCuts.table }
      try builder.append(cellCuts.table, counts: &counts)
    }
  }

  /// Finds the years of the records at hand before any format takes or leaves out one.
  ///
  /// - Parameter table: what the member at a place reads.
  private func findYears(rowCount: Int, table: (Int) -> FieldTable) {
    guard members.contains(where: \.builder.mayLackYear) else { return }
    years.begin(rowCount: rowCount)
    for (place, member) in members.enumerated() {
      member.builder.noteMonths(of: table(place), in: years)
    }
    years.settle()
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
      parts: members.enumerated().map { place, member in
        .init(member.format, member.builder.hours, rejectCount: rejects.count(format: place))
      },
      counts: counts,
      rejectsByReason: rejects.counts, leftOut: kinds.counts(formats: members.map(\.format.id)),
      remarks: remarks,
      repairedTextCount: members.reduce(0) { $0 + $1.builder.repairs.textCount },
      textByteCount: piece.fileOffset + Int64(piece.position))
  }
}
