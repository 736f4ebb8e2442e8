import Columnar
import Events

/// A `[[test]]` of a format file that did not come out as stated.
package struct FormatTestFailure: CustomStringConvertible, Sendable {
  package let path: String
  /// From 1.
  package let number: Int
  package let problem: String
  package var description: String { "\(path): [[test]] \(number): \(problem)" }
}

extension Format {
  /// Runs the file's `[[test]]` samples.
  ///
  /// - Parameter zoneRules: rules of the zones that the format or its tests name.
  package func runTests(
    zoneRules: @escaping (String) throws -> TimeZoneRules
  ) -> [FormatTestFailure] {
    tests.enumerated().flatMap { index, test -> [FormatTestFailure] in
      let problems: [String]
      do {
        problems = try run(test, zoneRules)
      } catch {
        problems = ["\(error)"]
      }
      return problems.map { FormatTestFailure(path: path, number: index + 1, problem: $0) }
    }
  }

  private func run(
    _ test: Test, _ zoneRules: @escaping (String) throws -> TimeZoneRules
  ) throws -> [String] {
    var settings = ReaderSettings(zoneRules: zoneRules)
    if let zone = test.zone { settings.zone = try zone == "UTC" ? .utc : zoneRules(zone) }
    settings.year = 2026
    settings.digest = { _ in "digest" }
    let text = (test.header.map { $0 + "\n" } ?? "") + test.line + "\n"
    let (rows, rejects) = (TableSink(), TableSink())
    var format = self
    // The text of nfdump stands for the file: samples need no nfdump.
    if format.read.shape == .nfcapd { format.read.shape = .positional }
    let summary = try LogReader(format, settings).read(
      MemoryStream(Array(text.utf8)), name: "sample", rows: rows, rejects: rejects)
    guard summary.counts.isBalanced else { return ["lines are not accounted for"] }
    let reason = rejects.batches.first.flatMap { $0[Reject.reason][0] }
    if let expected = test.rejected {
      return reason?.contains(expected) == true
        ? [] : ["expected to be rejected with \"\(expected)\", found \(reason ?? "a row")"]
    }
    if test.isSkipped {
      return summary.counts.rows + summary.counts.rejects == 0
        ? [] : ["expected to be skipped, found \(reason ?? "a row")"]
    }
    guard summary.counts.rows == 1, let batch = rows.batches.first else {
      return ["expected one row, found \(summary.counts.rows)\(reason.map { " (\($0))" } ?? "")"]
    }
    return test.expect.compactMap { column, expected in
      guard let index = batch.schema.index(of: column) else {
        return "expected \(column), which the format does not map"
      }
      let found = batch.columns[index].text(0)
      return found == expected
        ? nil : "\(column): expected \(expected ?? "null"), found \(found ?? "null")"
    }
  }
}

extension Column {
  /// The value of a row as text, as format files and reports show it; nil for null.
  package func text(_ row: Int) -> String? {
    switch type {
    case .uint8: Values<UInt8>(self)[row].map { "\($0)" }
    case .uint16: Values<UInt16>(self)[row].map { "\($0)" }
    case .uint32: Values<UInt32>(self)[row].map { "\($0)" }
    case .uint64: Values<UInt64>(self)[row].map { "\($0)" }
    case .int32: Values<Int32>(self)[row].map { "\($0)" }
    case .int64: Values<Int64>(self)[row].map { "\($0)" }
    case .float32: Values<Float>(self)[row].map { "\($0)" }
    case .float64: Values<Double>(self)[row].map { "\($0)" }
    case .bool: Flags(self)[row].map { "\($0)" }
    case .timestamp: Values<Instant>(self)[row].map { $0.isoText }
    case .address: Values<Address>(self)[row].map { "\($0)" }
    case .utf8: Strings(self)[row]
    case .dictionaryOfStrings: Coded<Strings>(self)[row]
    case .dictionaryOfAddresses:
      Coded<Values<Address>>(self).codes[row].map {
        "\(Coded<Values<Address>>(self).symbols.value(Int($0)))"
      }
    }
  }
}

extension Instant {
  /// `2026-03-29T01:00:00Z`, with as many digits of the second's fraction as it has.
  package var isoText: String {
    let day = microseconds.flooredQuotient(by: 86_400_000_000)
    let rest = microseconds - day * 86_400_000_000
    let seconds = Int(rest / 1_000_000)
    var fraction = pad(Int(rest % 1_000_000), 6)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(CivilDate(dayNumber: Int(day)))T\(pad(seconds / 3600, 2)):"
      + "\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
      + (fraction.isEmpty ? "" : "." + fraction) + "Z"
  }
}
