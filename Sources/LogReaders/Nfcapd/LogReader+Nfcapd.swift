import Columnar
import Events

extension LogReader {
  /// Reads a file of nfcapd: directly, or through nfdump where the file or the format needs it; a
  /// remark says which.
  func readNfcapd(
    path: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)?
  ) throws -> ReadSummary {
    let format = formats[0]
    do {
      let start = try Packing.open(path: path).first(NfcapdHeader.largestByteCount)
      let head = try NfcapdHeader(start, path: path)
      let plan = try FlowPlan(format, settings)
      return try NfcapdReading(
        format, settings, plan, head, name: path, rows: rows, rejects: rejects
      ).run(Packing.open(path: path, observe: observe))
    } catch let reason as NotCovered {
      return try readPrinted(
        path: path, because: reason.why, rows: rows, rejects: rejects, observe: observe)
    }
  }

  /// Reads what nfdump prints for a file of nfcapd.
  private func readPrinted(
    path: String, because reason: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)?
  ) throws -> ReadSummary {
    do {
      let flows = FlowCountingSink(rows)
      var summary = try NfdumpReader(format: formats[0], path: path).read(
        observe: observe, flowCount: { flows.count }
      ) { try read($0, name: path, rows: flows, rejects: rejects) }
      summary.remarks.insert("read through nfdump: \(reason)", at: 0)
      return summary
    } catch let error as InputError where error.path == path {
      throw InputError(path, "to be read through nfdump, since \(reason): \(error.problem)")
    }
  }
}

/// Counts the flows in rows that pass: those that a record stands for, one where it does not say.
final class FlowCountingSink: BatchSink {
  private let sink: any BatchSink
  private(set) var count = 0

  init(_ sink: any BatchSink) { self.sink = sink }

  func write(_ batch: Batch) throws {
    count += batch.rowCount
    if batch.schema.index(of: Event.recordCount.name) != nil {
      let flows = batch[Event.recordCount]
      for row in 0..<batch.rowCount { count += max(Int(flows[row] ?? 1) - 1, 0) }
    }
    try sink.write(batch)
  }
}
