import Events

/// A format file: how one kind of export is recognised, cut into fields, and mapped to the event
/// schema.
package struct Format: Sendable {
  package var id: String
  package var eventClass: EventClass
  /// The format file, for errors.
  package var path: String
  /// What the byte counts measure: l2, l3, l4payload or unknown; nil where there are none.
  package var bytesKind: String?
  package var flow: Flow?
  package var detect = Detect()
  package var read: Read
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
    /// Files of nfcapd; columns are named as `nfdump` names them.
    case nfcapd
  }

  package struct Read: Sendable {
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
  }

  package struct Skip: Sendable {
    package var comment = ""
    package var stopAt: String?
    package var lines: [String] = []
    /// Records in which a column holds one of these texts.
    package var when: [String: [String]] = [:]
  }

  package struct Time: Sendable {
    package var field: String
    package var formats: [String]
    package var zone: Zone
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

  /// Whether rows lack what the file holds, so that its lines may not be kept either.
  package var isPrivate: Bool { map.contains { $0.privacy != nil } }

  /// Columns of the file that any mapping, condition or the time reads, each once.
  var inputColumns: [String] {
    var seen: Set<String> = []
    var names = [time.field]
    for mapping in map { names += mapping.from + mapping.when.keys.sorted() }
    names += skip.when.keys.sorted()
    return names.filter { seen.insert($0).inserted }
  }
}

/// How one column of the event schema is filled.
package struct ColumnMapping: Sendable {
  package enum ValueType: String, Sendable, CaseIterable {
    case text, ip, port, int, hex, decimal, size, bool, time
    case flagsDotted = "flags_dotted"
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

  package enum Privacy: String, Sendable { case drop, hash }

  package var column: String
  /// `from` has one, `first_of` several: the first that is not null counts.
  package var from: [String] = []
  package var const: String?
  package var type: ValueType = .text
  package var trims = false
  package var trimEnd: String?
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
