extension Format {
  /// What a line is cut by.
  package struct LinePattern: Sendable {
    /// A template: text with `{captures}`.
    var text: String
    /// Fields that hold the same in all lines of this kind.
    var constants: [String: String] = [:]
    var outcome = Outcome.record

    /// What becomes of lines of this kind.
    enum Outcome: Sendable { case record, skip, reject }
  }

  /// Columns that follow the common ones, where a common one holds one of these texts.
  package struct Layout: Sendable {
    var when: [String: [String]]
    var columns: [String]
  }

  /// What of a sectioned file holds the records.
  package struct Section: Sendable {
    /// First cell of the records, where each line names its section.
    var tag: String?
    /// First cell of the lines that name columns, before the section's name.
    var headerTag: String?
    /// The line before a block of records, the start of its header, and lines that end it.
    var begin: String?
    var header: String?
    var end: [String] = []
    /// First cells of lines whose last cell is a field of all records, by that name.
    var values: [String] = []
  }

  /// A field that is cut into further fields.
  package struct Cut: Sendable {
    enum Form: Sendable {
      case pairs(PairSyntax)
      /// A text that none of these matches stays whole.
      case patterns([LinePattern])
    }

    var field: String
    var form: Form
  }

  /// The field in which a W3C log's records find the day that `#Date` states.
  static let elffDate = "elff.date"

  /// Fields that are taken from lines: those that are read, and those that are cut further.
  var fieldsOfLines: [String] {
    let names = inputColumns
    return names + cuts.map(\.field).filter { !names.contains($0) }
  }

  /// Whether records are cut line by line, not by the index of delimited text.
  var takesLines: Bool {
    read.isEnveloped || !cuts.isEmpty || !read.layouts.isEmpty || read.mergesDelimiters
  }

  /// Names of fields that cutting a record may yield; nil where any may come.
  var knownFields: Set<String>? {
    var names = Set(read.columns + read.layouts.flatMap(\.columns))
    switch read.shape {
    case .positional, .nfcapd: break
    case .pattern: names.formUnion(fields(of: patterns))
    default: return nil
    }
    if read.isEnveloped { names.formUnion(SyslogEnvelope.Field.allCases.map(\.rawValue)) }
    for cut in cuts {
      switch cut.form {
      case .pairs: return nil
      case .patterns(let patterns): names.formUnion(fields(of: patterns))
      }
    }
    return names
  }

  private func fields(of patterns: [LinePattern]) -> [String] {
    patterns.flatMap { pattern in
      let names = (try? LineTemplate(pattern.text, path: path) { _ in -1 })?.names ?? []
      return names + pattern.constants.keys
    }
  }
}
