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
