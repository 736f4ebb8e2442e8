/// A text's place in a piece: positions of the byte before it and the byte after it.
typealias Place = (before: Int, after: Int)

/// Cuts a text into fields of the record that a table gets next.
protocol TextCutter {
  /// - Parameter text: positions in the table's piece; a readable byte lies before and after it.
  /// - Returns: `.none` where the text is cut, `.skipped` or `.otherKind` where the format leaves
  ///   it out, else what is wrong with it.
  mutating func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind
}

/// A field that is cut further.
struct CutStep {
  let field: Int
  var cutter: any TextCutter
  /// Whether a text that the cutter does not know stays as it is.
  let isOptional: Bool
}

/// A cutter, and others that cut its fields further.
struct CutterChain: TextCutter {
  var first: any TextCutter
  var steps: [CutStep]

  mutating func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    let kind = first.cut(text, into: table)
    guard kind == .none else { return kind }
    for index in steps.indices {
      guard let field = table.nextField(steps[index].field) else { continue }
      let kind = steps[index].cutter.cut(field, into: table)
      guard kind == .none || steps[index].isOptional else { return kind }
    }
    return .none
  }
}
