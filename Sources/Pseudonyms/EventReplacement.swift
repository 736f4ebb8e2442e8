import Columnar
import Events

/// What takes the place of addresses, names and queries in the columns of the event schema.
package struct EventReplacement: Sendable {
  /// Makes pseudonyms; nil where addresses and names stay.
  package let pseudonymiser: Pseudonymiser?
  /// Whether URLs lose their queries, fragments and credentials.
  package let cutsURLs: Bool

  package init(_ pseudonymiser: Pseudonymiser?, cutsURLs: Bool) {
    self.pseudonymiser = pseudonymiser
    self.cutsURLs = cutsURLs
  }

  /// What a column holds that may have to be replaced.
  enum Content {
    case address, user, domain, host, device
    /// A name that was asked for, which may hold an address backwards.
    case asked
    case url
    /// Words among which may be addresses.
    case text
  }

  private static let contents: [String: Content] = [
    Event.userName.name: .user, Event.userDomain.name: .domain, Event.sourceHost.name: .host,
    Event.destinationHost.name: .host, Event.sourceMAC.name: .device,
    Event.dnsQuestion.name: .asked, Event.dnsAnswers.name: .text, Event.urlFull.name: .url,
    Event.urlDomain.name: .text, Event.tlsServerName.name: .text, Event.reason.name: .text,
    Event.ruleName.name: .text, Event.userAgent.name: .text,
  ]

  /// Whether texts or addresses of a column are replaced.
  package func replaces(_ field: Field) -> Bool { content(of: field) != nil }

  /// What of a column is replaced; nil where all of it stays.
  func content(of field: Field) -> Content? {
    guard
      let content = field.type == .address ? .address : EventReplacement.contents[field.name]
    else { return nil }
    let hidesAddresses = pseudonymiser?.method != nil
    let hidesNames = pseudonymiser?.hidesNames == true
    let isReplaced =
      switch content {
      case .address, .asked, .text: hidesAddresses
      case .user, .domain, .device: hidesNames
      case .host: hidesAddresses || hidesNames
      case .url: hidesAddresses || cutsURLs
      }
    return isReplaced ? content : nil
  }

  /// A URL without what is behind its path, and without `user:password@`.
  func cut(_ url: String) -> String {
    guard cutsURLs else { return url }
    let path = url.prefix { $0 != "?" && $0 != "#" }
    guard let scheme = path.firstRange(of: "://") else { return String(path) }
    let rest = path[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return String(path) }
    return String(path[..<scheme.upperBound] + rest[rest.index(after: at)...])
  }
}

/// A table whose rows are written with pseudonyms in place of what they stand for.
package final class ReplacingSink: BatchSink {
  /// Addresses whose pseudonyms are kept at hand, and bytes of the texts of a column.
  private static let mostKept = 1 << 16
  private static let mostKeptBytes = 1 << 20

  private let sink: any BatchSink
  private let replacement: EventReplacement
  private var addresses: [Address: Address] = [:]
  /// By column.
  private var texts: [Int: KeptTexts] = [:]
  /// By column: the dictionary that came last, and what became of it.
  private var dictionaries: [Int: (read: ColumnDictionary, written: ColumnDictionary)] = [:]

  package init(_ sink: any BatchSink, _ replacement: EventReplacement) {
    self.sink = sink
    self.replacement = replacement
  }

  package func write(_ batch: Batch) throws {
    let columns = batch.schema.fields.indices.map { index in
      let (field, column) = (batch.schema.fields[index], batch.columns[index])
      guard let content = replacement.content(of: field) else { return column }
      switch column.type {
      case .address: return replaceAddresses(column)
      case .utf8: return replaceTexts(column, at: index, content)
      default: return replaceDictionary(column, at: index, content)
      }
    }
    try sink.write(Batch(schema: batch.schema, rowCount: batch.rowCount, columns: columns))
  }

  private func replaceAddresses(_ column: Column) -> Column {
    let (values, builder) = (Values<Address>(column), ValuesBuilder<Address>())
    for row in 0..<column.rowCount { builder.append(values[row].map(pseudonym)) }
    return builder.finish()
  }

  private func replaceTexts(
    _ column: Column, at index: Int, _ content: EventReplacement.Content
  ) -> Column {
    let (values, builder) = (Strings(column), StringsBuilder())
    var kept = texts.removeValue(forKey: index) ?? KeptTexts()
    for row in 0..<column.rowCount {
      builder.append(
        values[row].map { text in
          if let known = kept.replaced[text] { return known }
          let replaced = replace(text, content)
          kept.keep(text, replaced, mostBytes: ReplacingSink.mostKeptBytes)
          return replaced
        })
    }
    texts[index] = kept
    return builder.finish()
  }

  private func replaceDictionary(
    _ column: Column, at index: Int, _ content: EventReplacement.Content
  ) -> Column {
    guard let read = column.dictionary else { return column }
    let written: ColumnDictionary
    if let last = dictionaries[index], last.read === read {
      written = last.written
    } else {
      written = ColumnDictionary(column: replaceTexts(read.column, at: index, content))
      dictionaries[index] = (read, written)
    }
    return Column(
      type: column.type, rowCount: column.rowCount, nullCount: column.nullCount,
      validity: column.validity, values: column.values, dictionary: written)
  }

  private func pseudonym(_ address: Address) -> Address {
    if let known = addresses[address] { return known }
    let pseudonym = replacement.pseudonymiser?.address(address) ?? address
    if addresses.count == ReplacingSink.mostKept { addresses.removeAll(keepingCapacity: true) }
    addresses[address] = pseudonym
    return pseudonym
  }

  private func replace(_ text: String, _ content: EventReplacement.Content) -> String {
    let pseudonymiser = replacement.pseudonymiser
    switch content {
    case .address, .text: return AddressText.replace(in: text, pseudonym)
    case .asked: return AddressText.replace(inName: text, pseudonym)
    case .url:
      let cut = replacement.cut(text)
      return pseudonymiser?.method == nil ? cut : AddressText.replace(in: cut, pseudonym)
    case .user: return pseudonymiser?.user(text) ?? text
    case .domain: return pseudonymiser?.domain(text) ?? text
    case .device: return pseudonymiser?.device(text) ?? text
    case .host: return pseudonymiser?.host(text) ?? text
    }
  }
}

/// Texts with what took their place, bounded by their bytes.
private struct KeptTexts {
  private(set) var replaced: [String: String] = [:]
  private var byteCount = 0

  mutating func keep(_ text: String, _ pseudonym: String, mostBytes: Int) {
    byteCount += text.utf8.count + pseudonym.utf8.count
    if byteCount > mostBytes {
      replaced.removeAll(keepingCapacity: true)
      byteCount = 0
    }
    replaced[text] = pseudonym
  }
}
