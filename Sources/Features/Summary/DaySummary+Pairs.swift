import Columnar
import Events

extension DaySummary {
  /// Makes `pairs.arrow`, `pair_values.arrow` and `edges.arrow` from flows, queries and requests.
  /// - Returns: how often the events were read.
  func writePairs(to writers: Writers) throws -> Int {
    var pairs = PairTable(limits: limits)
    var name = AskedName()
    var scans = 0
    let classes: [EventClass] = [.flow, .dns, .http]
    let rowCount = classes.reduce(0) { $0 + (events[$1]?.rowCount ?? 0) }
    repeat {
      var readCount = 0
      func read(_ rows: Range<Int>) {
        readCount += rows.count
        pairs.progress = Double(readCount) / Double(rowCount)
      }
      var flows = cursor(.flow, FlowColumns.self)
      var queries = cursor(.dns, DNSColumns.self)
      var requests = cursor(.http, HTTPColumns.self)
      for (hour, window) in hours.enumerated() {
        let end = window.upperBound
        while let part = try flows?.next(before: end) {
          pairs.add(part, hour: hour, without: sweeps)
          read(part.rows)
        }
        while let part = try queries?.next(before: end) {
          pairs.add(part, hour: hour, &name)
          read(part.rows)
        }
        while let part = try requests?.next(before: end) {
          pairs.add(part, hour: hour, &name, context.masks)
          read(part.rows)
        }
      }
      try pairs.finishScan(
        pairs: writers[Pair.schema], values: writers[PairValue.schema],
        edges: writers[Edge.schema])
      scans += 1
    } while !pairs.isDone
    return scans
  }
}

extension PairTable {
  fileprivate mutating func add(
    _ part: ClassCursor<FlowColumns>.Part, hour: Int, without sweeps: Sweeps
  ) {
    let columns = part.columns
    for row in part.rows {
      let originator = columns.originator(row)
      guard mayTake(.conversation, from: originator) else { continue }
      let responder = columns.responder(row)
      guard sweeps.isEmpty || sweeps.keeps(originator, columns.pairElement(row, with: responder))
      else { continue }
      add(columns.conversation(row, from: originator, to: responder), hour: hour)
    }
  }

  fileprivate mutating func add(
    _ part: ClassCursor<DNSColumns>.Part, hour: Int, _ name: inout AskedName
  ) {
    let columns = part.columns
    for row in part.rows {
      let originator = columns.originator(row)
      guard mayTake(.dns, from: originator), let question = columns.question(row) else { continue }
      let values = Row(
        time: columns.times.value(row), hour: hour, isFailed: columns.isFailed(row),
        isExternal: true, bytesSent: nil, bytesReceived: 0, durationMicroseconds: 0)
      name.withDomain(of: question) {
        add(
          values,
          to: Key(.dns, from: originator, to: Endpoint(name: $0), port: 0, ianaNumber: 0))
      }
    }
  }

  fileprivate mutating func add(
    _ part: ClassCursor<HTTPColumns>.Part, hour: Int, _ name: inout AskedName, _ masks: SiteMasks
  ) {
    let columns = part.columns
    for row in part.rows {
      let originator = columns.originator(row)
      guard mayTake(.http, from: originator), let domain = columns.domain(row) else { continue }
      let values = Row(
        time: columns.times.value(row), hour: hour, isFailed: columns.isFailed(row),
        isExternal: columns.isExternal(row), bytesSent: columns.bytesSent(row),
        bytesReceived: columns.bytesReceived(row), durationMicroseconds: 0)
      name.withHost(of: domain) {
        add(
          values,
          to: Key(
            .http, from: originator, to: masks.endpoint(named: $0), port: columns.port(row),
            ianaNumber: columns.ianaNumber(row)))
      }
    }
  }
}
