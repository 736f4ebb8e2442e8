/// How lines are cut where each is a record.
extension Reading {
  /// Sets a cutter that takes a record from each line, in as many ways as the formats differ.
  ///
  /// - Parameter columns: names of the cells, where the file states them.
  func setLineCutter(columns: [String]? = nil) throws {
    (lanes, laneOfMember) = ([], [])
    for (place, member) in members.enumerated() {
      let alike = members[..<place].firstIndex { $0.format.cutsLike(member.format) }
      if alike == nil { lanes.append(try lane(for: member.format, place, columns)) }
      laneOfMember.append(alike.map { laneOfMember[$0] } ?? lanes.count - 1)
      member.builder.bind(fieldNames: lanes[laneOfMember[place]].names.names)
    }
    cutter = FieldCutter(
      lines: LineIndexer(
        rules: rules, lanes: lanes, takesParagraphs: format.read.takesParagraphs))
    cutter?.setConstant(Format.elffDate, elffDate)
  }

  /// What cuts lines for the formats that cut them as the one at a place does.
  private func lane(for format: Format, _ place: Int, _ columns: [String]?) throws -> LineLane {
    let alike = members.map(\.format).filter { $0.cutsLike(format) }
    var seen: Set<String> = []
    let names = FieldNames(alike.flatMap(\.fieldsOfLines).filter { seen.insert($0).inserted })
    var cutter = try self.cutter(for: format, place, names, columns)
    if !format.cuts.isEmpty {
      cutter = CutterChain(
        first: cutter, steps: try format.cuts.map { try step($0, names, format) })
    }
    let read = format.read
    return LineLane(
      table: lanes.isEmpty ? table : FieldTable(piece: piece), names: names,
      envelope: read.isEnveloped ? SyslogEnvelope(names, opensData: read.opensStructuredData) : nil,
      cutter: cutter, gate: read.isEnveloped ? EnvelopeGate(alike, names) : nil)
  }

  private func cutter(
    for format: Format, _ place: Int, _ names: FieldNames, _ columns: [String]?
  ) throws -> any TextCutter {
    let read = format.read
    switch read.shape {
    case .json, .zeek: return JSONCutter(names)
    case .keyvalue: return KeyValueCutter(names, read.pairs)
    case .sectioned: return SectionCutter(names, read)
    case .pattern:
      return try PatternCutter(
        format.patterns, names, piece: piece, path: format.path,
        unmatched: read.skipsUnmatched ? .otherKind : .unknownLine)
    case .positional, .elff, .delimited, .document, .nfcapd:
      let columns = columns ?? read.columns
      let counts = read.fieldCounts(of: columns.count)
      layoutInReasons.values[place] = counts.lowerBound
      return CellCutter(
        names, columns: columns, layouts: read.layouts, counts: counts,
        scanner: CellScanner(
          delimiter: read.delimiters[0], quote: read.quote, mergesDelimiters: read.mergesDelimiters)
      )
    }
  }

  /// Sets what cuts the cells of positional records further.
  func setCellCuts() throws {
    let names = FieldNames(format.fieldsOfLines)
    cellCuts = CellCuts(
      names, columns: format.read.columns, piece: piece,
      steps: try format.cuts.map { try step($0, names, format) })
    builder.bind(fieldNames: names.names)
  }

  private func step(_ cut: Format.Cut, _ names: FieldNames, _ format: Format) throws -> CutStep {
    let field = names.index(of: cut.field)
    switch cut.form {
    case .pairs(let syntax):
      return CutStep(field: field, cutter: KeyValueCutter(names, syntax), isOptional: false)
    case .patterns(let patterns):
      let cutter = try PatternCutter(
        patterns, names, piece: piece, path: format.path, unmatched: .unknownLine)
      return CutStep(field: field, cutter: cutter, isOptional: true)
    }
  }
}

extension Format.Read {
  /// How many fields a record of so many columns may have.
  func fieldCounts(of count: Int) -> ClosedRange<Int> {
    min(minimumColumns ?? count, count)...(allowsExtraColumns ? Int.max : count)
  }
}
