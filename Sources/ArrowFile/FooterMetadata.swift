import Columnar

/// What the footer's custom metadata says of the table: size, times, and checksums of every part
/// of the file.
struct FooterMetadata {
  enum Key {
    /// Says in the first message that the footer must hold checksums, so that a damaged footer
    /// does not pass for one without.
    static let checksums = "tidemark.checksums"
    static let rows = "tidemark.rows"
    static let minimumTime = "tidemark.min_time"
    static let maximumTime = "tidemark.max_time"
    /// A zone map: least and greatest time of each batch, `-` where it has none.
    static let times = "tidemark.batch_times"
    static let checksumPrefix = "tidemark.crc64."
    static let schemaChecksum = "tidemark.crc64.schema"
    static let batchChecksums = "tidemark.crc64.batches"
    static let dictionaryChecksums = "tidemark.crc64.dictionaries"
    /// The footer's own, computed with `0` for each of its digits.
    static let footerChecksum = "tidemark.crc64.footer"
  }

  static let checksumName = "crc64-xz"

  var rowCount = 0
  /// By batch; nil in a table without a timestamp column.
  var times: [TimeRange?]?
  /// Of the schema's message, or of the messages of batches and dictionaries, bodies and padding
  /// included.
  var schema = Checksum()
  var batches: [Checksum] = []
  var dictionaries: [Checksum] = []

  init() {}

  /// The entries in stored order.
  func keyValues(footerDigits: String) -> KeyValues {
    var pairs: KeyValues = [(Key.rows, "\(rowCount)")]
    if let times {
      let known = times.compactMap { $0 }
      if let first = known.map(\.first).min(), let last = known.map(\.last).max() {
        pairs.append((Key.minimumTime, "\(first.microseconds)"))
        pairs.append((Key.maximumTime, "\(last.microseconds)"))
      }
      pairs.append((Key.times, times.map(Self.text).joined(separator: " ")))
    }
    pairs.append((Key.schemaChecksum, schema.digits))
    pairs.append((Key.batchChecksums, batches.map(\.digits).joined(separator: " ")))
    pairs.append((Key.dictionaryChecksums, dictionaries.map(\.digits).joined(separator: " ")))
    pairs.append((Key.footerChecksum, footerDigits))
    return pairs
  }

  /// Reads the entries of a footer whose own checksum holds.
  init(_ pairs: KeyValues, footer: FlatBufferTable) throws(ArrowFileError) {
    for pair in pairs {
      var isRead = true
      switch pair.key {
      case Key.rows: isRead = Self.read(Int(pair.value), to: &rowCount)
      case Key.times: isRead = Self.read(Self.list(pair.value, Self.timeRange), to: &times)
      case Key.schemaChecksum: isRead = Self.read(Checksum(digits: pair.value[...]), to: &schema)
      case Key.batchChecksums:
        isRead = Self.read(Self.list(pair.value, Checksum.init(digits:)), to: &batches)
      case Key.dictionaryChecksums:
        isRead = Self.read(Self.list(pair.value, Checksum.init(digits:)), to: &dictionaries)
      default: break
      }
      guard isRead else {
        throw footer.failure(
          expected: "\(pair.key) as Tidemark writes it", found: "\(pair.value.prefix(80))")
      }
    }
  }

  private static func read<Value>(_ value: Value?, to property: inout Value) -> Bool {
    guard let value else { return false }
    property = value
    return true
  }

  private static func read<Value>(_ value: Value?, to property: inout Value?) -> Bool {
    property = value
    return value != nil
  }

  private static func list<Element>(
    _ text: String, _ element: (Substring) -> Element?
  ) -> [Element]? {
    var elements: [Element] = []
    for word in text.split(separator: " ") {
      guard let element = element(word) else { return nil }
      elements.append(element)
    }
    return elements
  }

  private static func text(_ range: TimeRange?) -> String {
    range.map { "\($0.first.microseconds):\($0.last.microseconds)" } ?? "-"
  }

  private static func timeRange(_ text: Substring) -> TimeRange?? {
    if text == "-" { return .some(nil) }
    let ends = text.split(separator: ":")
    guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first <= last
    else { return nil }
    return TimeRange(
      first: Instant(microseconds: first), last: Instant(microseconds: last))
  }
}
