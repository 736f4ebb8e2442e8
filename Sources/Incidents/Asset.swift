import CLibCSV

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

  /// - Throws: `AssetsFileError` with the line and what was expected.
  package init(path: String, bytes: [UInt8]) throws {
    let records = try CSVRecords.parse(bytes, path: path)
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

/// The records of a small CSV file, by libcsv.
enum CSVRecords {
  struct Record {
    /// 1-based number of the record, which is its line where no field spans lines.
    let line: Int
    var fields: [String]
  }

  private final class Collector {
    var records: [Record] = []
    var fields: [String] = []
    var line = 1
  }

  static func parse(_ bytes: [UInt8], path: String) throws -> [Record] {
    var parser = csv_parser()
    guard csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL)) == 0 else {
      throw AssetsFileError(description: "\(path): cannot start the CSV parser")
    }
    defer { csv_free(&parser) }
    let collector = Collector()
    let context = Unmanaged.passUnretained(collector).toOpaque()
    let onField: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void =
      {
        text, length, context in
        guard let context else { return }
        let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
        collector.fields.append(
          String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self))
      }
    let onRecord: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
      guard let context else { return }
      let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
      collector.records.append(Record(line: collector.line, fields: collector.fields))
      collector.fields = []
      collector.line += 1
    }
    let parsed = bytes.withUnsafeBytes {
      csv_parse(&parser, $0.baseAddress, $0.count, onField, onRecord, context)
    }
    guard parsed == bytes.count, csv_fini(&parser, onField, onRecord, context) == 0 else {
      let reason = String(cString: csv_strerror(csv_error(&parser)))
      throw AssetsFileError(
        description:
          "\(path): record \(collector.line): \(reason); expected CSV with quotes in pairs")
    }
    return collector.records
  }
}
