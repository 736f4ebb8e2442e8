import DelimitedText
import Events

/// A file of indicators as it was read.
package struct IndicatorFile: Sendable {
  package enum Format: String, CaseIterable, Sendable {
    /// One a line; `#` and `;` begin comments; lines of hosts files count.
    case plain
    /// With a header, whose columns the site file names.
    case csv
    /// STIX 2: a bundle, or indicators without one.
    case stix
    /// MISP's JSON, of one event or several.
    case misp
  }

  /// The columns of a CSV.
  package struct Columns: Sendable {
    package let value: String
    package let from: String?
    package let until: String?
    package let note: String?

    package init(
      value: String, from: String? = nil, until: String? = nil, note: String? = nil
    ) {
      self.value = value
      self.from = from
      self.until = until
      self.note = note
    }
  }

  package let name: String
  /// Blocks that are no indicators: the site's own, private and special ones.
  private let own: [Network]
  package private(set) var indicators: [Indicator] = []
  /// `file:line: expected …, found …`, in order.
  package private(set) var problems: [String] = []
  /// Entries that say nothing of networks, such as hashes of files.
  package private(set) var unusedCount = 0

  /// - Parameters:
  ///   - path: for messages; its last part names the file in findings.
  ///   - format: nil where the file is to tell: JSON by what it is of, a CSV by its name's ending.
  ///   - columns: of a CSV; needed for that format.
  package init(
    _ bytes: [UInt8], path: String, format: Format?, columns: Columns?, site: SiteNetworks
  ) {
    name = String(path.split(separator: "/").last ?? "")
    own = site.networks + Network.reserved
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    if IndicatorFile.isDocument(bytes, format) {
      readDocument(bytes, path: path, format: format)
    } else if format == .csv || format == nil && IndicatorFile.isTable(path) {
      readTable(bytes, path: path, columns: columns ?? Columns(value: "value"))
    } else {
      readLines(bytes, path: path)
    }
  }

  private static func isDocument(_ bytes: [UInt8], _ format: Format?) -> Bool {
    switch format {
    case .stix, .misp: return true
    case .plain, .csv: return false
    case nil:
      let first = bytes.first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
      // A plain list may begin with an address in brackets.
      return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") && bytes.contains(0x7B)
    }
  }

  /// Whether a file of that name is taken for a CSV where nobody says what it is.
  package static func isTable(_ path: String) -> Bool { path.lowercased().hasSuffix(".csv") }

  private mutating func readDocument(_ bytes: [UInt8], path: String, format: Format?) {
    do {
      let document = try JSONValue(parsing: bytes)
      let isSTIX = format.map { $0 == .stix } ?? document.isSTIX
      let entries = isSTIX ? document.stixEntries : document.mispEntries
      for (number, entry) in entries.enumerated() {
        add(entry, at: "\(path): indicator \(number + 1)")
      }
      if entries.isEmpty { problems.append("\(path): expected indicators, found none") }
    } catch {
      problems.append("\(path): expected JSON: \(JSONValue.reason(error))")
    }
  }

  /// An entry of a list before it is understood.
  struct Entry {
    var text: String
    var from: String?
    var until: String?
    var note: String?
  }

  private mutating func add(_ entry: Entry, at place: String) {
    guard let value = Indicator.Value(entry.text) else {
      // Of other kinds lists speak as well.
      if entry.text.contains(where: { $0 == " " || $0 == "/" || $0 == "." }) {
        problems.append(
          "\(place): expected an address, network, domain or URL, found \(entry.text)")
      } else {
        unusedCount += 1
      }
      return
    }
    if case .network(let network) = value,
      let block = own.first(where: {
        $0.contains(network.address) && $0.prefixLength <= network.prefixLength
          || network.contains($0.address) && network.prefixLength <= $0.prefixLength
      })
    {
      problems.append(
        "\(place): expected addresses of others, found \(entry.text), which meets \(block)")
      return
    }
    do {
      indicators.append(
        Indicator(
          value, isPart: Indicator.isPart(entry.text), file: name,
          from: try IndicatorFile.date(entry.from),
          until: try IndicatorFile.date(entry.until),
          note: IndicatorFile.line(entry.note ?? "")))
    } catch {
      problems.append("\(place): \(error)")
    }
  }

  /// Text as one line, of at most 200 characters.
  private static func line(_ text: String) -> String {
    let words = text.split { $0.isWhitespace || $0.isNewline }
    return String(words.joined(separator: " ").prefix(200))
  }

  private struct DateError: Error, CustomStringConvertible {
    let text: String
    var description: String {
      "expected a date such as 2026-03-01, or seconds since 1970, found \(text)"
    }
  }

  /// The day, in UTC, of a date, a time or an epoch; nil for nothing.
  private static func date(_ text: String?) throws -> CivilDate? {
    guard let text, !["", "null", "None", "-"].contains(text) else { return nil }
    if let date = CivilDate(String(text.prefix(10))) { return date }
    guard let seconds = Double(text), (0..<32_503_680_000).contains(seconds) else {
      throw DateError(text: text)
    }
    return CivilDate(dayNumber: Int(seconds / 86_400))
  }
}

extension IndicatorFile {
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      $0.last == 0x0D ? $0.dropLast() : $0
    }
  }

  private mutating func readLines(_ bytes: [UInt8], path: String) {
    for (index, line) in IndicatorFile.lines(bytes).enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," })
        .prefix { !$0.hasPrefix("#") && !$0.hasPrefix(";") }
      guard let first = words.first, let last = words.last else { continue }
      // A hosts file sends names to nowhere.
      let isHosts = words.count > 1 && ["0.0.0.0", "127.0.0.1", "::1", "::"].contains(first)
      let comment = text[last.endIndex...].drop { " \t,#;".contains($0) }
      add(
        Entry(text: String(isHosts ? words[1] : first), note: String(comment)),
        at: "\(path):\(index + 1)")
    }
  }

  private mutating func readTable(_ bytes: [UInt8], path: String, columns: Columns) {
    var places: (value: Int, from: Int?, until: Int?, note: Int?)?
    for (index, line) in IndicatorFile.lines(bytes).enumerated() where !line.isEmpty {
      let isComment = line.first == UInt8(ascii: "#")
      if isComment && places != nil { continue }
      let place = "\(path):\(index + 1)"
      let fields: [String]
      do { fields = try IndicatorFile.fields(isComment ? line.dropFirst() : line) } catch {
        if !isComment { problems.append("\(place): expected \(error.expected)") }
        continue
      }
      guard let places else {
        // Some lists write their header as the last comment.
        func column(_ name: String?) -> Int? { name.flatMap { fields.firstIndex(of: $0) } }
        if let value = column(columns.value) {
          places = (value, column(columns.from), column(columns.until), column(columns.note))
          for (name, found) in [
            (columns.from, places?.from), (columns.until, places?.until),
            (columns.note, places?.note),
          ] {
            if let name, found == nil {
              problems.append("\(place): expected a column \(name), found none")
            }
          }
        } else if !isComment {
          problems.append("\(place): expected a header with a column \(columns.value), found none")
          return
        }
        continue
      }
      guard fields.indices.contains(places.value) else {
        problems.append("\(place): expected \(places.value + 1) fields, found \(fields.count)")
        continue
      }
      func field(_ index: Int?) -> String? {
        index.flatMap { fields.indices.contains($0) ? fields[$0] : nil }
      }
      add(
        Entry(
          text: fields[places.value], from: field(places.from), until: field(places.until),
          note: field(places.note)), at: place)
    }
  }

  /// The fields of one record, without the spaces around them.
  private static func fields(_ line: ArraySlice<UInt8>) throws(RecordError) -> [String] {
    var fields: [String] = []
    let parser = RecordParser(
      takeField: { field in
        let text = String(decoding: UnsafeRawBufferPointer(field), as: UTF8.self)
        fields.append(text.trimmed)
      }, takeRecord: { true })
    var failure: RecordError?
    Array(line).withUnsafeBytes { bytes in
      do throws(RecordError) { try parser.parse(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    try parser.finish()
    return fields
  }
}

extension String {
  fileprivate var trimmed: String {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(start[...last])
  }
}
