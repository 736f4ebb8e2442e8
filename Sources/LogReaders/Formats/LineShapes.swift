extension Format {
  /// What a line is cut by.
  package struct LinePattern: Sendable, Equatable {
    /// A template: text with `{captures}`.
    var text: String
    /// Fields that hold the same in all lines of this kind.
    var constants: [String: String] = [:]
    var outcome = Outcome.record

    /// What becomes of lines of this kind.
    enum Outcome: Sendable { case record, skip, reject }
  }

  /// Columns that follow the common ones, where a common one holds one of these texts.
  package struct Layout: Sendable, Equatable {
    var when: [String: [String]]
    var columns: [String]
  }

  /// What of a sectioned file holds the records.
  package struct Section: Sendable, Equatable {
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
  package struct Cut: Sendable, Equatable {
    enum Form: Sendable, Equatable {
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
    var seen: Set<String> = []
    return (inputColumns + cuts.map(\.field) + kinds).filter { seen.insert($0).inserted }
  }

  /// Fields that tell a record's kind: those that the format names, else those by which it knows
  /// its own records; but none that is kept from the store, and where records are, none that may
  /// hold anything.
  var kinds: [String] {
    let secret = secretFields
    var kinds = kindFields
    if kinds.isEmpty, isCutByLine {
      kinds = skip.unless.keys.sorted()
      if kinds.isEmpty, read.isEnveloped { kinds = [SyslogEnvelope.Field.program.rawValue] }
    }
    return kinds.filter {
      !secret.contains($0) && (!hidesRecords || Format.namesOfKinds.contains($0))
    }
  }

  /// Fields whose columns are dropped, hashed or replaced.
  var secretFields: Set<String> {
    Set(map.filter { $0.privacy != nil }.flatMap(\.from).flatMap { ColumnMapping.parts(of: $0) })
  }

  /// Fields in which products name the kinds of their records, and nothing else.
  private static let namesOfKinds: Set<String> = [
    "category", "event_type", "eventType", "log_component", "log_type", "product", "subtype",
    "type",
    "vendor",
  ]

  /// Whether each line is a record, or none: then several formats may take a file line by line.
  package var isCutByLine: Bool {
    switch read.shape {
    case .json, .keyvalue: true
    case .pattern: !read.takesParagraphs
    case .positional: takesLines
    case .delimited, .zeek, .document, .elff, .sectioned, .nfcapd: false
    }
  }

  /// Whether records are cut line by line, not by the index of delimited text.
  var takesLines: Bool {
    read.isEnveloped || !read.layouts.isEmpty || read.mergesDelimiters
      || (!cuts.isEmpty && read.shape != .positional)
  }

  /// Whether a file's lines may be offered to this format and others: none of its rules is about
  /// other lines than records.
  package var isReadWithOthers: Bool {
    isCutByLine && skip.comment.isEmpty && skip.lines.isEmpty && skip.stopAt == nil
  }

  /// Whether two formats cut lines in the same way.
  func cutsLike(_ other: Format) -> Bool {
    read == other.read && patterns == other.patterns && cuts == other.cuts
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
