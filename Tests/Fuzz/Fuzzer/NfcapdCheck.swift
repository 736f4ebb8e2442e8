import Columnar
import Events

@testable import LogReaders

/// Takes bytes for a file of nfcapd: it is read or refused, with every record accounted for.
enum NfcapdCheck {
  static func fault(_ file: [UInt8]) throws -> String? {
    do {
      let setUp = try setUp.get()
      let head = try NfcapdHeader(Array(file.prefix(NfcapdHeader.largestByteCount)), path: "input")
      let (rows, rejects) = (RowCounter(), RowCounter())
      let reading = NfcapdReading(
        setUp.format, setUp.settings, setUp.plan, head, name: "input", rows: rows,
        rejects: rejects)
      let counts = try reading.run(MemoryStream(file)).counts
      let isWhole =
        counts.isBalanced && counts.rows == rows.count && counts.rejects == rejects.count
      return isWhole
        ? nil : "\(rows.count) rows and \(rejects.count) rejects written, counted \(counts)"
    } catch is InputError {
      return nil
    } catch is NotCovered {
      return nil
    }
  }

  private final class RowCounter: BatchSink {
    var count = 0
    func write(_ batch: Batch) { count += batch.rowCount }
  }

  /// Made once: the format as it comes, and its plan, which is empty after each reading.
  nonisolated(unsafe) private static let setUp = Result {
    let repository = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
    let format = try Format(path: repository + "/pipelines/formats/nfcapd.toml")
    let settings = ReaderSettings { _ in .utc }
    return (format: format, settings: settings, plan: try FlowPlan(format, settings))
  }
}
