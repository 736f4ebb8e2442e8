/// What the first lines of a file, and those that say what follows, make of the cutter.
extension Reading {
  /// The cutter for the records that come, after taking the header; nil where more text is needed.
  func preparedCutter() throws -> FieldCutter? {
    if let cutter { return cutter }
    let read = format.read
    switch read.shape {
    case .json, .keyvalue, .pattern: try setLineCutter()
    case .document: setDocumentCutter()
    case .sectioned: try setLineCutter()
    case .positional where format.takesLines: try setLineCutter()
    case .positional, .nfcapd:
      setCutter(fieldNames: read.columns, delimiter: read.delimiters[0])
      if !format.cuts.isEmpty { try setCellCuts() }
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
      try setLineCutter()
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
    lanes = []
    let count = fieldNames.count
    let layout = FieldLayout(
      delimiter: delimiter, quote: format.read.quote,
      fieldCounts: format.read.fieldCounts(of: count),
      keptCount: count)
    layoutInReasons.values[0] = layout.fieldCounts.lowerBound
    cutter = FieldCutter(layout: layout, rules: rules, forcesLibCSV: forcesLibCSV)
    builder.bind(fieldNames: fieldNames)
  }

  private func setDocumentCutter() {
    let read = format.read
    let fieldNames = format.inputColumns
    let names = FieldNames(fieldNames)
    let counts = read.fieldCounts(of: read.columns.count)
    layoutInReasons.values[0] = counts.lowerBound
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
      try setLineCutter(columns: names)
    } else if text.hasPrefix("#Date:") {
      elffDate = text.dropFirst(6).split(separator: " ").first.map { Array($0.utf8) } ?? []
      cutter?.setConstant(Format.elffDate, elffDate)
    }
  }
}
