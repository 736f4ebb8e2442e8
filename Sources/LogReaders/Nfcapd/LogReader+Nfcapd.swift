import Columnar

extension LogReader {
  /// Reads a file of nfcapd: directly, or through nfdump where the file or the format needs it; a
  /// remark says which.
  func readNfcapd(
    path: String, rows: any BatchSink, rejects: any BatchSink,
    observe: ((UnsafeRawBufferPointer) -> Void)?
  ) throws -> ReadSummary {
    do {
      let start = try Packing.open(path: path).first(NfcapdHeader.largestByteCount)
      let head = try NfcapdHeader(start, path: path)
      let plan = try FlowPlan(format, settings)
      return try NfcapdReading(
        format, settings, plan, head, name: path, rows: rows, rejects: rejects
      ).run(Packing.open(path: path, observe: observe))
    } catch let reason as NotCovered {
      var summary = try NfcapdReader(format: format, path: path, reason: reason.why)
        .read(observe: observe) { try read($0, name: path, rows: rows, rejects: rejects) }
      summary.remarks.insert("read through nfdump: \(reason.why)", at: 0)
      return summary
    }
  }
}
