import Columnar
import Events

extension DaySummary {
  /// Makes `steps.arrow` from all classes, one slice of time after the other.
  /// - Returns: how often the events were read.
  func writeSteps(to writer: TableWriter) throws -> Int {
    guard let start = hours.first?.lowerBound, let end = hours.last?.upperBound else { return 0 }
    let length = Step.sliceSeconds * 1_000_000
    let sliceCount = UInt32((end.microseconds - start.microseconds) / length)
    var table = StepTable(limits: limits)
    var scans = 0
    repeat {
      var flows = cursor(.flow, FlowColumns.self)
      var queries = cursor(.dns, DNSColumns.self)
      var requests = cursor(.http, HTTPColumns.self)
      var logins = cursor(.auth, LoginColumns.self)
      var tunnels = cursor(.vpn, LoginColumns.self)
      var alerts = cursor(.alert, AlertColumns.self)
      for slice in 0..<sliceCount {
        let end = start.advanced(byMicroseconds: (Int64(slice) + 1) * length)
        try table.add(&flows, before: end, slice: slice)
        try table.add(&queries, before: end, slice: slice)
        try table.add(&requests, before: end, slice: slice)
        try table.add(&logins, before: end, slice: slice)
        try table.add(&tunnels, before: end, slice: slice)
        try table.add(&alerts, before: end, slice: slice)
      }
      try table.finishScan(start: start, to: writer)
      scans += 1
    } while !table.isDone
    return scans
  }
}
