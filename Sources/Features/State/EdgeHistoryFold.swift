import Columnar
import Events

/// Folds conversations between internal hosts, in the order of pairs, to `edge_history.arrow`.
struct EdgeHistoryFold {
  private struct Edge {
    let responder: String
    let service: EdgeService
    var days: UInt32
    var lastDayTime: Instant
  }
  private let rows: RowWriter
  private let limit: Int
  private var originator: String?
  /// Of the originator at hand, by responder.
  private var edges: [Edge] = []
  /// Where those of the responder at hand begin.
  private var responderStart = 0

  /// - Parameter limit: services kept of an originator.
  init(_ sink: any BatchSink, limit: Int = EdgeHistory.originatorLimit) {
    rows = RowWriter(EdgeHistory.schema, to: sink)
    self.limit = limit
  }

  /// - Parameter daysBack: of the row's day, 0 being the day before D; days of a pair come in
  ///   ascending order.
  mutating func add(_ pair: PairBatch, _ row: Int, daysBack: Int) throws {
    let number = pair.ianaNumber.value(row)
    guard !(pair.isExternal[row] ?? false), EdgeService.isJudged(ianaNumber: number),
      pair.failed.value(row) < pair.conversations.value(row)
    else { return }
    let (from, to) = (pair.originator.bytes(row), pair.responder.bytes(row))
    if !(originator?.utf8.elementsEqual(from) ?? false) {
      try endOriginator()
      originator = String(decoding: from, as: UTF8.self)
    }
    if edges.isEmpty || !edges[responderStart].responder.utf8.elementsEqual(to) {
      if edges.count >= 2 * limit { prune() }
      responderStart = edges.count
    }
    let service = EdgeService(port: pair.port.value(row), ianaNumber: number)
    let time = pair.firstTime.value(row)
    guard daysBack < StateFold.dayCount else { return }
    let bit = UInt32(1) << UInt32(daysBack)
    guard
      let index = edges[responderStart...].firstIndex(where: { $0.service == service })
    else {
      edges.append(
        Edge(
          responder: String(decoding: to, as: UTF8.self), service: service, days: bit,
          lastDayTime: time))
      return
    }
    let last = edges[index].days.trailingZeroBitCount
    if daysBack < last || (daysBack == last && time < edges[index].lastDayTime) {
      edges[index].lastDayTime = time
    }
    edges[index].days |= bit
  }

  /// To be called after the last row.
  mutating func finish() throws {
    try endOriginator()
    try rows.finish()
  }

  /// Keeps the edges seen on the most days; of equals, the first.
  private mutating func prune() {
    guard edges.count > limit else { return }
    let kept = edges.indices.sorted { a, b in
      let (daysA, daysB) = (edges[a].days.nonzeroBitCount, edges[b].days.nonzeroBitCount)
      return (daysB, a) < (daysA, b)
    }
    edges = kept.prefix(limit).sorted().map { edges[$0] }
  }

  private mutating func endOriginator() throws {
    prune()
    let table = rows.table
    var start = 0
    while start < edges.count, let originator {
      let end = edges[start...].firstIndex { $0.responder != edges[start].responder } ?? edges.count
      let services = edges[start..<end].sorted {
        ($0.service.port, $0.service.ianaNumber) < ($1.service.port, $1.service.ianaNumber)
      }
      for edge in services {
        table.column(EdgeHistory.originator).append(originator)
        table.column(EdgeHistory.responder).append(edge.responder)
        table.column(EdgeHistory.port).append(edge.service.port)
        table.column(EdgeHistory.ianaNumber).append(edge.service.ianaNumber)
        table.column(EdgeHistory.days).append(edge.days)
        table.column(EdgeHistory.lastDayTime).append(edge.lastDayTime)
        try rows.endRow()
      }
      start = end
    }
    edges.removeAll(keepingCapacity: true)
    responderStart = 0
  }
}
