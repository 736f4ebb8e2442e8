/// What the first lines of a file, and those that say what follows, make of the cutter.
extension Reading {
  /// The cutter for the records that come, after taking the header; nil where more text is needed.
  func preparedCutter() throws -> FieldCutter? {
    if let cutter { return cutter }
    let read = format.read
    switch read.shape {
    case .json: try setLineCutter { JSONCutter($0) }
    case .keyvalue: try setLineCutter { KeyValueCutter($0, read.pairs) }
    case .pattern:
      try setLineCutter { names in
        try PatternCutter(
          format.patterns, names, piece: piece, path: format.path,
          unmatched: read.skipsUnmatched ? .skipped : .unknownLine)
      }
    case .document: setDocumentCutter()
    case .sectioned: try setLineCutter { SectionCutter($0, read) }
    case .positional where format.takesLines: try setCellCutter(columns: read.columns)
    case .positional, .nfcapd:
      setCutter(fieldNames: read.columns, delimiter: read.delimiters[0])
    case .delimited, .zeek, .elff:
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
    switch format.read.shape {
    case .zeek:
      guard text.first == UInt8(ascii: "{") else {
        throw InputError(
          "\(name):\(counts.lines + 1)",
          "expected a #fields line or a JSON object, as Zeek writes them, before the first record")
      }
      try setLineCutter { JSONCutter($0) }
    case .elff:
      throw InputError(
        "\(name):\(counts.lines + 1)", "expected a #Fields line before the first record")
    default: try takeHeader(text)
    }
  }

  private func takeHeader(_ text: UnsafeRawBufferPointer) throws {
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

  private func setCutter(fieldNames: [String], delimiter: UInt8) {
    let count = fieldNames.count
    let layout = FieldLayout(
      delimiter: delimiter, quote: format.read.quote, fieldCounts: fieldCounts(of: count),
      keptCount: count)
    layoutInReasons.value = layout.fieldCounts.lowerBound
    cutter = FieldCutter(layout: layout, rules: rules, forcesLibCSV: forcesLibCSV)
    builder.bind(fieldNames: fieldNames)
  }

  private func fieldCounts(of count: Int) -> ClosedRange<Int> {
    min(
      format.read.minimumColumns ?? count, count)...(format.read.allowsExtraColumns
      ? Int.max : count)
  }

  /// Sets a cutter that takes a record from each line.
  private func setLineCutter(_ make: (FieldNames) throws -> any TextCutter) throws {
    let read = format.read
    let fieldNames = format.fieldsOfLines
    let names = FieldNames(fieldNames)
    var chain = try make(names)
    if !format.cuts.isEmpty {
      let steps = try format.cuts.map { cut -> CutStep in
        let field = names.index(of: cut.field)
        switch cut.form {
        case .pairs(let syntax):
          return CutStep(
            field: field, cutter: KeyValueCutter(names, syntax), isOptional: false)
        case .patterns(let patterns):
          let cutter = try PatternCutter(
            patterns, names, piece: piece, path: format.path, unmatched: .unknownLine)
          return CutStep(field: field, cutter: cutter, isOptional: true)
        }
      }
      chain = CutterChain(first: chain, steps: steps)
    }
    let envelope =
      read.isEnveloped ? SyslogEnvelope(names, opensData: read.opensStructuredData) : nil
    cutter = FieldCutter(
      lines: LineIndexer(
        rules: rules, names: names, envelope: envelope, cutter: chain))
    cutter?.setConstant(Format.elffDate, elffDate)
    builder.bind(fieldNames: fieldNames)
  }

  /// Sets a cutter for columns by position in lines that hold more than them.
  private func setCellCutter(columns: [String]) throws {
    let read = format.read
    let counts = fieldCounts(of: columns.count)
    layoutInReasons.value = counts.lowerBound
    try setLineCutter { names in
      CellCutter(
        names, columns: columns, layouts: read.layouts, counts: counts,
        scanner: CellScanner(
          delimiter: read.delimiters[0], quote: read.quote,
          mergesDelimiters: read.mergesDelimiters))
    }
  }

  private func setDocumentCutter() {
    let read = format.read
    let fieldNames = format.inputColumns
    let names = FieldNames(fieldNames)
    let counts = fieldCounts(of: read.columns.count)
    layoutInReasons.value = counts.lowerBound
    let cells = CellCutter(
      names, columns: read.columns, layouts: [], counts: counts,
      scanner: CellScanner(delimiter: read.delimiters[0], quote: nil, mergesDelimiters: false))
    cutter = FieldCutter(
      document: DocumentIndexer(
        names, recordPaths: read.recordPaths, cells: read.columns.isEmpty ? nil : cells))
    builder.bind(fieldNames: fieldNames)
  }

  /// Takes a `#` line that says what follows.
  func takeDirective() throws {
    guard let line = piece.line(from: piece.position) else { return }
    let text = String(decoding: piece.text(piece.position..<line.end), as: UTF8.self)
    switch format.read.shape {
    case .elff: try takeELFFDirective(text)
    default: try takeZeekDirective(text)
    }
    _ = takeLine(as: .directive)
  }

  /// `#fields` may come again, with other fields.
  private func takeZeekDirective(_ text: String) throws {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "#fields" {
      let names = Array(parts.dropFirst())
      guard names.contains(format.time.fields[0]) else {
        throw InputError(
          "\(name):\(counts.lines + 1)", "#fields lacks \(format.time.fields[0]), the time")
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
  }

  /// `#Fields:` may come again, with other fields; `#Date:` gives the day of times without one.
  private func takeELFFDirective(_ text: String) throws {
    if text.hasPrefix("#Fields:") {
      let names = text.dropFirst(8).split { $0 == " " || $0 == "\t" }.map(String.init)
      try setCellCutter(columns: names)
    } else if text.hasPrefix("#Date:") {
      elffDate = text.dropFirst(6).split(separator: " ").first.map { Array($0.utf8) } ?? []
      cutter?.setConstant(Format.elffDate, elffDate)
    }
  }
}
