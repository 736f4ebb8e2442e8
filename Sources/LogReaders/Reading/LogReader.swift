import Columnar
import Events

/// Reads files of one format to rows of the event schema.
package struct LogReader {
  package let format: Format
  package let settings: ReaderSettings
  /// Bytes of text taken at a time.
  var pieceCapacity = 512 << 10

  /// - Throws: where the site lacks what the format needs, or the format can't be used.
  package init(_ format: Format, _ settings: ReaderSettings) throws {
    self.format = format
    self.settings = settings
    _ = try RowPlan(format, settings)
  }

  /// The table that `read` writes rows of.
  package func rowSchema() throws -> Schema { try RowPlan(format, settings).schema }

  /// Reads a file, plain or packed with gzip or zstd.
  ///
  /// - Parameter observe: is shown the file's own bytes, in order, to the end.
  package func read(
    path: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> ReadSummary {
    if format.read.shape == .nfcapd {
      return try readNfcapd(path: path, rows: rows, rejects: rejects, observe: observe)
    }
    let stream = try Packing.open(path: path, observe: observe)
    return try read(stream, name: path, rows: rows, rejects: rejects)
  }

  /// Reads text; `name` stands for it in errors.
  package func read(
    _ stream: any ByteStream, name: String, rows: any BatchSink, rejects: any BatchSink
  ) throws -> ReadSummary {
    let reading = try Reading(
      format, settings, name: name, pieceCapacity: pieceCapacity, rows: rows, rejects: rejects)
    return try reading.run(stream)
  }
}

/// The reading of one file.
private final class Reading {
  private let format: Format
  private let name: String
  private let forcesLibCSV: Bool
  private let piece: PieceBuffer
  private let table: FieldTable
  private let builder: RowBuilder
  private let rejects: RejectWriter
  private var rules: LineRules
  private var counts = LineCounts()
  private var cutter: FieldCutter?
  private var totals: FooterTotals?
  private var remarks: [String] = []
  /// Whether the format's stop line was met.
  private var isFooter = false
  /// Whether the text at hand is the rest of a record that was rejected for its length.
  private var isInLongLine = false
  private let layoutInReasons: ExpectedCount

  /// Fields that records should have, for reasons in words.
  private final class ExpectedCount { var value = 0 }

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
    let schema = try RowPlan(format, settings).schema
    rejects = RejectWriter(sink: sink, digest: format.isPrivate ? settings.digest : nil) { reason in
      reason.text(
        columnName: schema.fields[Int(reason.column)].name, expectedFields: expected.value,
        timeFormats: format.time.formats)
    }
    builder = try RowBuilder(format, settings, sink: rows, rejects: rejects)
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
      if kept == piece.capacity - 1 { try takeLongLine() }
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
  private func takeLine(as kind: LineKind) -> Bool {
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

  // MARK: What the first lines say

  /// The cutter for the records that come, after taking the header; nil where more text is needed.
  private func preparedCutter() throws -> FieldCutter? {
    if let cutter { return cutter }
    let read = format.read
    switch read.shape {
    case .json: setJSONCutter()
    case .positional, .nfcapd:
      setCutter(fieldNames: read.columns, delimiter: read.delimiters[0])
    case .delimited, .zeek:
      while cutter == nil, let line = piece.line(from: piece.position) {
        let text = piece.text(piece.position..<line.end)
        switch rules.kind(of: text) {
        case .record: try begin(text)
        case .directive: try takeDirective()
        case let other: _ = takeLine(as: other)
        }
      }
    }
    return cutter
  }

  /// Looks at the first line that is not a comment.
  private func begin(_ text: UnsafeRawBufferPointer) throws {
    if format.read.shape == .zeek {
      guard text.first == UInt8(ascii: "{") else {
        throw InputError(
          "\(name):\(counts.lines + 1)",
          "expected a #fields line or a JSON object, as Zeek writes them, before the first record")
      }
      setJSONCutter()
      return
    }
    let header = HeaderLine(text, format.read)
    let missing = format.inputColumns.filter {
      !header.names.contains($0) && !format.read.optionalColumns.contains($0)
    }
    guard missing.isEmpty else {
      throw InputError(
        "\(name):\(counts.lines + 1)",
        "the header is not one of \(format.id): it lacks \(missing.joined(separator: ", ")); "
          + "it has \(shown(header.names.joined(separator: ", ")))")
    }
    rules.setHeader(text)
    setCutter(fieldNames: header.names, delimiter: header.delimiter)
    _ = takeLine(as: .header)
  }

  private func setJSONCutter() {
    cutter = FieldCutter(json: JSONIndexer(paths: format.inputColumns, rules: rules))
    builder.bind(fieldNames: format.inputColumns)
  }

  private func setCutter(fieldNames: [String], delimiter: UInt8) {
    let count = fieldNames.count
    let layout = FieldLayout(
      delimiter: delimiter, quote: format.read.quote,
      fieldCounts: count...(format.read.allowsExtraColumns ? Int.max : count), keptCount: count)
    layoutInReasons.value = count
    cutter = FieldCutter(layout: layout, rules: rules, forcesLibCSV: forcesLibCSV)
    builder.bind(fieldNames: fieldNames)
  }

  /// Takes a `#` line of a Zeek log; `#fields` may come again, with other fields.
  private func takeDirective() throws {
    guard let line = piece.line(from: piece.position) else { return }
    let text = String(decoding: piece.text(piece.position..<line.end), as: UTF8.self)
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "#fields" {
      let names = Array(parts.dropFirst())
      guard names.contains(format.time.field) else {
        throw InputError(
          "\(name):\(counts.lines + 1)", "#fields lacks \(format.time.field), the time")
      }
      setCutter(fieldNames: names, delimiter: UInt8(ascii: "\t"))
    } else if parts[0] == "#path", let expected = format.detect.zeekPath,
      parts.count > 1, parts[1] != expected
    {
      throw InputError(
        "\(name):\(counts.lines + 1)",
        "#path is \(shown(parts[1])), expected \(expected) for format \(format.id)")
    } else if text.hasPrefix("#separator"), !text.hasSuffix("\\x09") {
      throw InputError(
        "\(name):\(counts.lines + 1)",
        "expected tab (\\x09) as Zeek's separator, found \(shown(text))")
    }
    _ = takeLine(as: .directive)
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
