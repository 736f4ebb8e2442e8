import Columnar
import Events
import Features
import Learning

/// The answered internal edges of days in a row, as learned graphs take them.
package struct SiteEdges {
  private struct Row {
    let source: Int
    let target: Int
    let service: EdgeService
    let conversations: Float
    let hour: Int
  }

  package private(set) var names: [String] = []
  private var numbers: [String: Int] = [:]
  private var days: [[Row]] = []

  package init() {}

  /// Adds the next day: the rows of its `edges.arrow`, or none where there is no such day.
  package mutating func add(_ edges: (any BatchSource)?, clock: ClockHours) throws {
    var rows: [Row] = []
    try edges?.forEachBatch { batch in
      let (from, to, port) = (batch[Edge.originator], batch[Edge.responder], batch[Edge.port])
      let (number, time) = (batch[Edge.ianaNumber], batch[Edge.firstTime])
      let (conversations, failed) = (batch[Edge.conversations], batch[Edge.failed])
      for row in 0..<batch.rowCount
      where failed.value(row) < conversations.value(row)
        && EdgeService.isJudged(ianaNumber: number.value(row))
      {
        guard let from = from[row], let to = to[row], from != to else { continue }
        rows.append(
          Row(
            source: self.number(of: from), target: self.number(of: to),
            service: EdgeService(port: port.value(row), ianaNumber: number.value(row)),
            conversations: Float(conversations.value(row) - failed.value(row)),
            hour: clock.window(of: time.value(row)).map { clock.clockHours[$0] } ?? 0))
      }
    }
    days.append(rows)
  }

  private mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  package func history(_ services: ServiceNumbers) -> GraphHistory {
    GraphHistory(
      serviceCount: services.count,
      days: days.map { rows in
        rows.map {
          .init(
            .init(source: $0.source, target: $0.target, service: services[$0.service]),
            conversations: $0.conversations, hour: $0.hour)
        }
      })
  }

  /// The most common services.
  package var services: ServiceNumbers {
    var counts: [EdgeService: Int] = [:]
    for row in days.joined() { counts[row.service, default: 0] += 1 }
    return ServiceNumbers(mostCommonOf: counts)
  }

  /// Writes `learned_edges.arrow`: what is known after all days that were added.
  package func write(_ services: ServiceNumbers, to sink: any BatchSink) throws {
    let rows = RowWriter(LearnedEdge.schema, to: sink)
    for habit in history(services).habits(before: days.count) {
      rows.table.column(LearnedEdge.originator).append(names[habit.edge.source])
      rows.table.column(LearnedEdge.responder).append(names[habit.edge.target])
      rows.table.column(LearnedEdge.service).append(UInt32(habit.edge.service))
      rows.table.column(LearnedEdge.weight).append(habit.weight)
      rows.table.column(LearnedEdge.conversations).append(habit.conversations)
      for (key, weight) in zip(LearnedEdge.hours, habit.hours) {
        rows.table.column(key).append(weight)
      }
      try rows.endRow()
    }
    try rows.finish()
  }
}
