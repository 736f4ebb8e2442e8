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
  /// Addresses and texts whose pseudonyms are kept at hand.
  private static let mostKept = 1 << 16

  private let sink: any BatchSink
  private let replacement: EventReplacement
  private var addresses: [Address: Address] = [:]
  private var texts: [String: [String: String]] = [:]
  /// By column: the dictionary that came last, and what became of it.
  private var dictionaries: [Int: (read: ColumnDictionary, written: ColumnDictionary)] = [:]

  package init(_ sink: any BatchSink, _ replacement: EventReplacement) {
    self.sink = sink
    self.replacement = replacement
  }

  package func write(_ batch: Batch) throws {
    let columns = try batch.schema.fields.indices.map { index in
      let (field, column) = (batch.schema.fields[index], batch.columns[index])
      guard let content = replacement.content(of: field) else { return column }
      switch column.type {
      case .address: return try replaceAddresses(column)
      case .utf8: return try replaceTexts(column, field.name, content)
      default: return try replaceDictionary(column, at: index, field.name, content)
      }
    }
    try sink.write(Batch(schema: batch.schema, rowCount: batch.rowCount, columns: columns))
  }

  private func replaceAddresses(_ column: Column) throws -> Column {
    let (values, builder) = (Values<Address>(column), ValuesBuilder<Address>())
    for row in 0..<column.rowCount { builder.append(try values[row].map(pseudonym)) }
    return builder.finish()
  }

  private func replaceTexts(
    _ column: Column, _ name: String, _ content: EventReplacement.Content
  ) throws -> Column {
    let (values, builder) = (Strings(column), StringsBuilder())
    for row in 0..<column.rowCount {
      builder.append(try values[row].map { try kept($0, name, content) })
    }
    return builder.finish()
  }

  private func replaceDictionary(
    _ column: Column, at index: Int, _ name: String, _ content: EventReplacement.Content
  ) throws -> Column {
    guard let read = column.dictionary else { return column }
    let written: ColumnDictionary
    if let last = dictionaries[index], last.read === read {
      written = last.written
    } else {
      written = ColumnDictionary(column: try replaceTexts(read.column, name, content))
      dictionaries[index] = (read, written)
    }
    return Column(
      type: column.type, rowCount: column.rowCount, nullCount: column.nullCount,
      validity: column.validity, values: column.values, dictionary: written)
  }

  private func pseudonym(_ address: Address) throws -> Address {
    if let known = addresses[address] { return known }
    let pseudonym = try replacement.pseudonymiser?.address(address) ?? address
    if addresses.count == ReplacingSink.mostKept { addresses.removeAll(keepingCapacity: true) }
    addresses[address] = pseudonym
    return pseudonym
  }

  private func kept(
    _ text: String, _ name: String, _ content: EventReplacement.Content
  ) throws -> String {
    if let known = texts[name]?[text] { return known }
    let replaced = try replace(text, content)
    if texts[name]?.count == ReplacingSink.mostKept / 8 {
      texts[name]?.removeAll(keepingCapacity: true)
    }
    texts[name, default: [:]][text] = replaced
    return replaced
  }

  private func replace(_ text: String, _ content: EventReplacement.Content) throws -> String {
    let pseudonymiser = replacement.pseudonymiser
    switch content {
    case .address, .text: return try AddressText.replace(in: text, pseudonym)
    case .asked: return try AddressText.replace(inName: text, pseudonym)
    case .url:
      let cut = replacement.cut(text)
      return pseudonymiser?.method == nil ? cut : try AddressText.replace(in: cut, pseudonym)
    case .user: return pseudonymiser?.user(text) ?? text
    case .domain: return pseudonymiser?.domain(text) ?? text
    case .device: return pseudonymiser?.device(text) ?? text
    case .host: return try pseudonymiser?.host(text) ?? text
    }
  }
}
