/// One way to cut lines, into a table of its own; several formats may read what it yields.
struct LineLane {
  let table: FieldTable
  let names: FieldNames
  let envelope: SyslogEnvelope?
  var cutter: any TextCutter
  let gate: EnvelopeGate?
  /// A field that lines before the records state for all of them.
  private var constant: (field: Int, text: [UInt8])?
  /// Where the piece holds the constant's text for the records that are being taken.
  private var constantPlace: Place?

  init(
    table: FieldTable, names: FieldNames, envelope: SyslogEnvelope?, cutter: any TextCutter,
    gate: EnvelopeGate?
  ) {
    self.table = table
    self.names = names
    self.envelope = envelope
    self.cutter = cutter
    self.gate = gate
  }

  /// Sets what a field holds in all records from here on.
  mutating func setConstant(_ name: String, _ text: [UInt8]) {
    let field = names.index(of: name)
    constant = field >= 0 && !text.isEmpty ? (field, text) : nil
  }

  /// Empties the table for records from a line on.
  mutating func begin(_ piece: PieceBuffer, firstLine: Int) {
    table.setEmpty(stride: names.names.count, firstLine: firstLine)
    constantPlace = constant.flatMap { piece.store($0.text) }
  }

  /// Adds the record of a line.
  ///
  /// - Parameters:
  ///   - number: lines after the table's first.
  ///   - continuationLines: lines that the record takes besides.
  @inline(__always) mutating func take(
    _ line: Range<Int>, number: Int, continuationLines: Int
  ) {
    let text = envelope?.open(line, into: table) ?? line
    if let constant, let constantPlace {
      table.setField(constant.field, before: constantPlace.before, after: constantPlace.after)
    }
    var fault = RejectReason.Kind.none
    if gate?.isOpen(table) == false {
      fault = .otherKind
    } else {
      fault = cutter.cut(text, into: table)
    }
    if fault != .none && !fault.keepsFields && !fault.isLeftOut { table.clearNext() }
    table.add(
      .init(
        start: UInt32(line.lowerBound), end: UInt32(line.upperBound), line: UInt32(number),
        continuationLines: UInt32(continuationLines), reason: RejectReason(fault)))
  }
}

/// Lines that the header alone shows to be of another kind need not be cut.
struct EnvelopeGate {
  private let conditions: [(field: Int, texts: TextSet)]

  /// Nil where a format takes lines whatever their header says.
  init?(_ formats: [Format], _ names: FieldNames) {
    let envelope = Set(SyslogEnvelope.Field.allCases.map(\.rawValue))
    var conditions: [(field: Int, texts: TextSet)] = []
    for format in formats {
      let known = format.skip.unless.keys.filter(envelope.contains).sorted()
      guard let name = known.first, let texts = format.skip.unless[name] else { return nil }
      conditions.append((names.index(of: name), TextSet(texts)))
    }
    self.conditions = conditions
  }

  func isOpen(_ table: FieldTable) -> Bool {
    conditions.contains { field, texts in
      guard let range = table.nextField(field) else { return false }
      return texts.contains(
        FieldText(start: UnsafePointer(table.piece.base) + range.lowerBound, count: range.count))
    }
  }
}
