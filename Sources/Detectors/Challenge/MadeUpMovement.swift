import Columnar
import Events
import Features
import Randomness

/// Movement from machine to machine that is put into a copy of a day's edges: connections to work
/// on other hosts, from one host to another and on from there, that nobody had before. Ends are
/// drawn as often as they are those of the day's edges, so that busy ends give nothing away.
struct MadeUpMovement {
  /// `edges.arrow` with it.
  let edges: Table
  /// Those that moved, the hosts on the way included.
  let hosts: Set<String>

  /// Of so many hosts one begins a chain.
  private static let hostsOfChain = 20
  private static let fallbackPorts: [UInt16] = [22, 445, 3389]

  private struct Row {
    let originator, responder: String
    let service: EdgeService
    let time: Instant
  }

  private struct Ends: Hashable {
    let originator: Int
    let target: Int
  }

  /// - Parameter ranked: hosts that it may be found on.
  init(
    _ inputs: ScoringInputs, among ranked: Set<String>, _ draws: inout SeededGenerator
  ) throws {
    var graph = try EdgeGraph(inputs.state.edgeHistory)
    let today = try graph.answeredEdges(of: inputs.tables.edges)
    var known = Set(graph.edges.map { Ends(originator: $0.originator, target: $0.target) })
    known.formUnion(today.map { Ends(originator: $0.originator, target: $0.target) })
    let services = MadeUpMovement.services(graph)
    let day = inputs.wholeDay
    let length = Double(day.upperBound.microseconds - day.lowerBound.microseconds)
    let wanted = today.isEmpty ? 0 : max(1, ranked.count / MadeUpMovement.hostsOfChain)
    var hosts: Set<String> = []
    var rows: [Row] = []
    for _ in 0..<200 * wanted where rows.count < 2 * wanted {
      let ends = [
        graph.names[today[draws.below(today.count)].originator],
        graph.names[graph.targets[today[draws.below(today.count)].target].host],
        graph.names[graph.targets[today[draws.below(today.count)].target].host],
      ]
      let ways = [services[draws.below(services.count)], services[draws.below(services.count)]]
      let (start, pause) = (0.7 * draws.unit(), 0.01 + 0.2 * draws.unit())
      guard Set(ends).count == 3, ranked.contains(ends[0]), ranked.contains(ends[1]),
        !hosts.contains(ends[0]), !hosts.contains(ends[1])
      else { continue }
      let chain = (0..<2).map { link in
        Row(
          originator: ends[link], responder: ends[link + 1], service: ways[link],
          time: day.lowerBound.advanced(
            byMicroseconds: Int64(length * (start + Double(link) * pause))))
      }
      guard
        chain.allSatisfy({ row in
          let target = graph.id(of: row.responder, row.service)
          return !known.contains(
            Ends(originator: graph.id(ofHost: row.originator), target: target))
        })
      else { continue }
      rows += chain
      hosts.formUnion(ends.prefix(2))
    }
    self.hosts = hosts
    edges = try MadeUpMovement.table(inputs.tables.edges, with: rows)
  }

  /// The site's ways to work on other machines; usual ones where it has none.
  private static func services(_ graph: EdgeGraph) -> [EdgeService] {
    let known = Set(graph.targets.map(\.service).filter(\.isAdministrative))
      .sorted { $0.port < $1.port }
    return known.isEmpty
      ? fallbackPorts.map { EdgeService(port: $0, ianaNumber: 6) } : known
  }

  /// The rows of one originator stay together.
  private static func table(_ source: any BatchSource, with rows: [Row]) throws -> Table {
    let sink = TableSink()
    let copy = RowWriter(Edge.schema, to: sink)
    let table = copy.table
    var left = rows
    func append(of originator: String?) throws {
      for row in left where originator == nil || row.originator == originator {
        table.column(Edge.originator).append(row.originator)
        table.column(Edge.responder).append(row.responder)
        table.column(Edge.port).append(row.service.port)
        table.column(Edge.ianaNumber).append(row.service.ianaNumber)
        table.column(Edge.conversations).append(1)
        table.column(Edge.failed).append(0)
        table.column(Edge.firstTime).append(row.time)
        try copy.endRow()
      }
      left.removeAll { originator == nil || $0.originator == originator }
    }
    var last: String?
    try source.forEachBatch { batch in
      let (from, to, port) = (batch[Edge.originator], batch[Edge.responder], batch[Edge.port])
      let (number, time) = (batch[Edge.ianaNumber], batch[Edge.firstTime])
      let (conversations, failed) = (batch[Edge.conversations], batch[Edge.failed])
      for row in 0..<batch.rowCount {
        if let last, from[row] != last { try append(of: last) }
        last = from[row]
        table.column(Edge.originator).append(from[row])
        table.column(Edge.responder).append(to[row])
        table.column(Edge.port).append(port.value(row))
        table.column(Edge.ianaNumber).append(number.value(row))
        table.column(Edge.conversations).append(conversations.value(row))
        table.column(Edge.failed).append(failed.value(row))
        table.column(Edge.firstTime).append(time.value(row))
        try copy.endRow()
      }
    }
    if let last { try append(of: last) }
    try append(of: nil)
    try copy.finish()
    return Table(schema: Edge.schema, batches: sink.batches)
  }
}
