import Columnar
import Detectors
import Events
import Features
import Foundation
import Learning

/// The answered internal edges of days in a row, as both graphs take them.
struct EdgeDays {
  struct Row {
    let originator: String
    let responder: String
    let service: EdgeService
    let conversations: Float
    let hour: Int
  }
  let names: [String]
  var days: [[Row]] = []

  init(_ store: Store) throws {
    names = store.days.map { "\($0)" }
    let calendar = CivilCalendar()
    for index in store.days.indices {
      let clock = ClockHours(store.days[index], calendar: calendar)
      var rows: [Row] = []
      try store.table(Edge.schema, ofDay: index).forEachBatch { batch in
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
              originator: from, responder: to,
              service: EdgeService(port: port.value(row), ianaNumber: number.value(row)),
              conversations: Float(conversations.value(row) - failed.value(row)),
              hour: clock.window(of: time.value(row)).map { clock.clockHours[$0] } ?? 0))
        }
      }
      days.append(rows)
    }
  }

  /// Reads lines of day number, originator, responder, port, protocol number, conversations and
  /// hour, tab-separated, in the order of days.
  init(file: String) throws {
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      let cells = line.split(separator: "\t")
      guard cells.count == 7, let day = Int(cells[0]), let port = UInt16(cells[3]),
        let number = UInt8(cells[4]), let conversations = Float(cells[5]),
        let hour = Int(cells[6]), (0..<24).contains(hour), day >= days.count - 1
      else { throw StoreError(description: "\(file): expected seven columns, found \(line)") }
      while days.count <= day { days.append([]) }
      days[day].append(
        Row(
          originator: String(cells[1]), responder: String(cells[2]),
          service: EdgeService(port: port, ianaNumber: number), conversations: conversations,
          hour: hour))
    }
    names = days.indices.map { "\($0)" }
  }

  /// What `edge_history.arrow` holds as of a day.
  func history(before day: Int) -> Table {
    struct Key: Hashable {
      let originator, responder: String
      let service: EdgeService
    }
    var bits: [Key: UInt32] = [:]
    for past in max(0, day - 28)..<day {
      for row in days[past] {
        let key = Key(
          originator: row.originator, responder: row.responder, service: row.service)
        bits[key, default: 0] |= 1 << UInt32(day - 1 - past)
      }
    }
    let sorted = bits.sorted {
      ($0.key.originator, $0.key.responder, $0.key.service.port, $0.key.service.ianaNumber)
        < ($1.key.originator, $1.key.responder, $1.key.service.port, $1.key.service.ianaNumber)
    }
    let table = TableBuilder(EdgeHistory.schema)
    var batches: [Batch] = []
    for (key, bits) in sorted {
      table.column(EdgeHistory.originator).append(key.originator)
      table.column(EdgeHistory.responder).append(key.responder)
      table.column(EdgeHistory.port).append(key.service.port)
      table.column(EdgeHistory.ianaNumber).append(key.service.ianaNumber)
      table.column(EdgeHistory.days).append(bits)
      table.column(EdgeHistory.lastDayTime).append(Instant(microseconds: 0))
      if table.rowCount == maximumBatchRowCount { batches.append(table.finishBatch()) }
    }
    batches.append(table.finishBatch())
    return Table(schema: table.schema, batches: batches)
  }
}

/// Nodes and services as the learned graph numbers them.
struct GraphNumbers {
  private static let greatestServiceCount = 24

  private(set) var nodes: [String: Int] = [:]
  private var services: [EdgeService: Int] = [:]
  let serviceCount: Int

  /// - Parameter known: days whose most common services get numbers of their own; the rest have one
  ///   together.
  init(_ days: EdgeDays, known: Range<Int>) {
    for row in days.days.joined() {
      for name in [row.originator, row.responder] where nodes[name] == nil {
        nodes[name] = nodes.count
      }
    }
    var counts: [EdgeService: Int] = [:]
    for row in days.days[known].joined() { counts[row.service, default: 0] += 1 }
    let common = counts.sorted {
      ($1.value, $0.key.port, $0.key.ianaNumber) < ($0.value, $1.key.port, $1.key.ianaNumber)
    }.prefix(GraphNumbers.greatestServiceCount - 1)
    for (number, service) in common.enumerated() { services[service.key] = number }
    serviceCount = common.count + 1
  }

  func edge(from originator: String, to responder: String, _ service: EdgeService)
    -> GraphHistory.Edge
  {
    GraphHistory.Edge(
      source: nodes[originator] ?? 0, target: nodes[responder] ?? 0,
      service: services[service] ?? serviceCount - 1)
  }

  func history(_ days: EdgeDays) -> GraphHistory {
    GraphHistory(
      serviceCount: serviceCount,
      days: days.days.map { rows in
        rows.map {
          .init(
            edge(from: $0.originator, to: $0.responder, $0.service),
            conversations: $0.conversations, hour: $0.hour)
        }
      })
  }
}
