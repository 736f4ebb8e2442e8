import Events

/// A format file: how one kind of export is recognised, cut into fields, and mapped to the event
/// schema.
package struct Format: Sendable {
  package var id: String
  package var eventClass: EventClass
  /// Formats of one family are the kinds of records that one file may hold: where a file has the
  /// signs of one of them, all of them read it.
  package var family: String?
  /// Fields that say of what kind a record is, for those that no format takes.
  var kindFields: [String] = []
  /// The format file, for errors.
  package var path: String
  /// What the byte counts measure: l2, l3, l4payload or unknown; nil where there are none.
  package var bytesKind: String?
  package var flow: Flow?
  package var detect = Detect()
  package var read: Read
  /// What lines of the shape `pattern` are cut by, in order.
  package var patterns: [LinePattern] = []
  /// Fields that are cut further, in order.
  package var cuts: [Cut] = []
  package var skip = Skip()
  /// What the footer states, by its own names, and the columns that must add up to it.
  package var totals: [String: [String]] = [:]
  package var time: Time
  /// By name of the event schema's column, in the schema's order.
  package var map: [ColumnMapping]
  package var values: [String: ValueTable]
  package var tests: [Test]

  /// What a record of a flow format stands for.
  package struct Flow: Sendable {
    package enum Kind: String, Sendable { case oneway, biflow }
    package var kind: Kind
    /// Seconds after which the exporter cuts a long flow into records; nil where it doesn't.
    package var activeTimeoutSeconds: Int?
  }

  /// Signatures; all that are stated must hold.
  package struct Detect: Sendable {
    /// A glob on the file's name.
    package var name: String?
    /// The header starts with one of these.
    package var headerPrefixes: [String] = []
    package var firstLine: String?
    /// Zeek's `#path`.
    package var zeekPath: String?
    /// Keys that the first JSON object has.
    package var jsonKeys: [String] = []
    /// Texts that one of the first lines holds, all of them.
    package var texts: [String] = []
    /// The file's first bytes.
    package var magic: [UInt8] = []
  }

  package enum Shape: String, Sendable, CaseIterable {
    /// Delimited, columns named by a header line.
    case delimited
    /// Delimited, columns named by the format file.
    case positional
    /// Zeek's logs: tab separated with `#` lines, or JSON lines.
    case zeek
    case json
    /// `key=value` pairs, a record a line.
    case keyvalue
    /// Lines of literal text with captures.
    case pattern
    /// JSON documents in which the records lie at a path.
    case document
    /// W3C extended log files: columns named by `#Fields` lines.
    case elff
    /// Status files of several sections, of which one holds the records.
    case sectioned
    /// Files of nfcapd; columns are named as `nfdump` names them.
    case nfcapd
  }

  package struct Read: Sendable, Equatable {
    package var shape: Shape
    /// The first of these that the header holds is the delimiter.
    package var delimiters: [UInt8] = [UInt8(ascii: ",")]
    package var quote: UInt8?
    package var columns: [String] = []
    package var allowsExtraColumns = false
    /// Columns that the header may lack.
    package var optionalColumns: [String] = []
    /// Whether spaces around every field are dropped.
    package var trims = false
    /// Texts that stand for null in every column.
    package var nulls: [String] = []
    /// Columns that a positional record has at least.
    package var minimumColumns: Int?
    /// What follows the columns of a positional record, where that varies.
    var layouts: [Layout] = []
    /// Whether records lie in syslog lines.
    package var isEnveloped = false
    /// Whether syslog's structured data is cut, not the message.
    package var opensStructuredData = false
    var pairs = PairSyntax()
    /// Whether a run of delimiters counts as one.
    package var mergesDelimiters = false
    var section: Section?
    /// Where the records of a JSON document lie.
    package var recordPaths: [String] = []
    /// Whether a record is all lines up to a blank one.
    var takesParagraphs = false
    /// Whether lines like none of the patterns are left out, not rejected.
    package var skipsUnmatched = false
  }

  package struct Skip: Sendable {
    package var comment = ""
    package var stopAt: String?
    package var lines: [String] = []
    /// Records in which a column holds one of these texts.
    package var when: [String: [String]] = [:]
    /// Records in which a column holds none of these texts.
    package var unless: [String: [String]] = [:]
  }

  package struct Time: Sendable {
    /// The first that is not null counts; `a + b` joins fields.
    package var fields: [String]
    package var formats: [String]
    package var zone: Zone
    /// Microseconds from 1970 to the instant from which epochs are counted.
    var epochBase: Int64 = 0
    /// Whether it is when the event ended: then `event_time` is that less `duration_us`.
    package var isEnd = false
  }

  package enum Zone: Sendable, Equatable {
    /// The formats state it themselves: epochs, or an offset in the text.
    case inText
    case named(String)
    /// The site must state it.
    case required
  }

  /// A record and what must become of it.
  package struct Test: Sendable {
    package var header: String?
    package var line: String
    package var zone: String?
    /// Column to text; nil where the column must be null.
    package var expect: [(column: String, text: String?)]
    /// The reason, where the line must be rejected.
    package var rejected: String?
    /// Whether the line must be left out by `[skip]`.
    package var isSkipped = false
  }

  /// Whether no line may be kept as it is, whatever the mappings say.
  package var hidesRecords = false

  /// Whether rows lack what the file holds, so that its lines may not be kept either.
  package var isPrivate: Bool { hidesRecords || map.contains { $0.privacy != nil } }

  /// Columns of the file that any mapping, condition or the time reads, each once.
  var inputColumns: [String] {
    var seen: Set<String> = []
    var names = time.fields.flatMap { ColumnMapping.parts(of: $0) }
    for mapping in map {
      names += mapping.from.flatMap { ColumnMapping.parts(of: $0) } + mapping.when.keys.sorted()
    }
    names += skip.when.keys.sorted() + skip.unless.keys.sorted()
    return names.filter { seen.insert($0).inserted }
  }
}

/// How one column of the event schema is filled.
package struct ColumnMapping: Sendable {
  package enum ValueType: String, Sendable, CaseIterable {
    case text, ip, port, int, hex, decimal, size, bool, time
    case flagsDotted = "flags_dotted"
    case flagsLetters = "flags_letters"
    /// Hexadecimal without a prefix.
    case hexDigits = "hex_digits"
    /// `1:02:03` or `1h:02m:03s`
    case clock
    /// Degrees of latitude or longitude: decimals that may be negative.
    case degrees
  }

  package enum Unit: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// Decimal digits from this unit to microseconds.
    var digitsToMicroseconds: Int {
      switch self {
      case .seconds: 6
      case .milliseconds: 3
      case .microseconds: 0
      case .nanoseconds: -3
      }
    }
  }

  package enum Privacy: String, Sendable {
    case drop, hash
    /// Whoever writes the rows puts something else in its place.
    case replace
  }

  package var column: String
  /// `from` has one, `first_of` several: the first that is not null counts.
  package var from: [String] = []
  package var const: String?
  package var type: ValueType = .text
  package var trims = false
  package var trimEnd: String?
  /// Characters that are dropped at both ends.
  package var trimmedCharacters: String?
  package var lowercases = false
  package var null: [String] = []
  package var regex: String?
  /// The part between separators that is taken, from 0.
  package var split: (separator: String, part: Int)?
  package var values: String?
  package var when: [String: [String]] = [:]
  package var unit: Unit?
  package var div: Int?
  package var mod: Int?
  package var nullIfZero = false
  package var privacy: Privacy?
  /// Whether a text that does not fit is null, and no reason to reject the record.
  package var elseNull = false
  /// Whether `+` stands for a space.
  package var plusIsSpace = false
  /// Whether a name is written as Windows' DNS server does, `(3)www(7)example(3)com(0)`.
  package var readsLabels = false
  /// Whether an IP address is null: for columns of names, from fields that hold either.
  package var excludesAddresses = false

  /// The fields that an element of `from` names: `a + b` joins several by spaces.
  static func parts(of name: String) -> [String] { name.split(separator: " + ").map(String.init) }
}

/// What texts stand for; `*` takes the rest.
package struct ValueTable: Sendable {
  package var texts: [String: String]
  package var other: String?
}

/// Why a format file can't be used.
package struct FormatError: Error, CustomStringConvertible {
  package let path: String
  package let problem: String
  package var description: String { "\(path): \(problem)" }
}
