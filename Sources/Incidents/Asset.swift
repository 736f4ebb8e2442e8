import DelimitedText

/// What the firm knows of a host: a row of its assets file.
package struct Asset: Hashable, Sendable {
  package enum Criticality: String, Sendable, CaseIterable {
    case low, normal, high, critical
  }

  package let address: String
  package let hostname: String?
  package let owner: String?
  package let role: String?
  package let criticality: Criticality
}

/// Why an assets file can't be used.
package struct AssetsFileError: Error, CustomStringConvertible {
  package let description: String
}

/// `assets.csv`: a header with at least `ip`; `hostname`, `owner`, `role` and `criticality` where
/// known.
package struct AssetsFile: Sendable {
  private let assets: [String: Asset]

  package static let empty = AssetsFile(assets: [:])

  private init(assets: [String: Asset]) { self.assets = assets }

  package subscript(entity: String) -> Asset? { assets[entity] }

  package var count: Int { assets.count }

  /// The names of all hosts that have one, sorted.
  package var hostnames: [String] { assets.values.compactMap(\.hostname).sorted() }

  /// The addresses of a host by its name, sorted.
  package func addresses(of hostname: String) -> [String] {
    let name = hostname.lowercased()
    return assets.values.filter { $0.hostname?.lowercased() == name }.map(\.address).sorted()
  }

  /// The same assets by other names.
  package func renamed(
    host: (String) throws -> String, person: (String) throws -> String
  ) rethrows -> AssetsFile {
    let renamed = try assets.sorted { $0.key < $1.key }.map { _, asset in
      Asset(
        address: try host(asset.address), hostname: try asset.hostname.map(host),
        owner: try asset.owner.map(person), role: asset.role, criticality: asset.criticality)
    }
    return AssetsFile(
      assets: Dictionary(renamed.map { ($0.address, $0) }) { first, _ in first })
  }

  /// - Throws: `AssetsFileError` with the line and what was expected.
  package init(path: String, bytes: [UInt8]) throws {
    let records = try AssetRecords.parse(bytes, path: path)
    guard let header = records.first?.fields.map({ $0.lowercased() }),
      let addressColumn = header.firstIndex(of: "ip")
    else { throw AssetsFileError(description: "\(path):1: expected a header with a column ip") }
    var assets: [String: Asset] = [:]
    for record in records.dropFirst() {
      func field(_ name: String) -> String? {
        guard let column = header.firstIndex(of: name), column < record.fields.count else {
          return nil
        }
        return record.fields[column].isEmpty ? nil : record.fields[column]
      }
      guard addressColumn < record.fields.count, !record.fields[addressColumn].isEmpty else {
        throw AssetsFileError(description: "\(path):\(record.line): expected an address in ip")
      }
      let stated = field("criticality")?.lowercased() ?? "normal"
      guard let criticality = Asset.Criticality(rawValue: stated) else {
        throw AssetsFileError(
          description: "\(path):\(record.line): criticality: expected "
            + Asset.Criticality.allCases.map(\.rawValue).joined(separator: ", ")
            + ", found \"\(stated)\"")
      }
      let address = record.fields[addressColumn]
      assets[address] = Asset(
        address: address, hostname: field("hostname"), owner: field("owner"),
        role: field("role"), criticality: criticality)
    }
    self.assets = assets
  }
}

/// The records of an assets file.
private enum AssetRecords {
  struct Record {
    /// 1-based number of the record, which is its line where no field spans lines.
    let line: Int
    let fields: [String]
  }

  static func parse(_ bytes: [UInt8], path: String) throws -> [Record] {
    var records: [Record] = []
    var fields: [String] = []
    let parser = RecordParser(
      takeField: { fields.append(String(decoding: UnsafeRawBufferPointer($0), as: UTF8.self)) },
      takeRecord: {
        records.append(Record(line: records.count + 1, fields: fields))
        fields = []
        return true
      })
    do {
      try bytes.withUnsafeBytes { try parser.parse($0) }
      try parser.finish()
    } catch let error as RecordError {
      throw AssetsFileError(
        description: "\(path): record \(records.count + 1): expected \(error.expected), found "
          + error.found)
    }
    return records
  }
}
