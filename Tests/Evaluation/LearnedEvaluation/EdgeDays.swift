import Challengers
import Columnar
import Detectors
import Events
import Features
import Foundation

/// The answered internal edges of days in a row, and the sign-ins, as both graphs take them.
struct EdgeDays {
  let names: [String]
  private(set) var days: [[AnsweredEdge]] = []
  private(set) var signIns: [[SignInEdge]] = []

  /// - Parameter signIns: a store that has the sign-ins of some of the days, all with the site's
  ///   own hosts.
  init(_ store: Store, signIns other: Store?) throws {
    names = store.days.map { "\($0)" }
    let calendar = CivilCalendar()
    days = try store.days.indices.map { index in
      try AnsweredEdge.read(
        store.table(Edge.schema, ofDay: index),
        clock: ClockHours(store.days[index], calendar: calendar))
    }
    signIns = try store.days.map { day in
      guard let other, let index = other.days.firstIndex(of: day) else { return [] }
      return try SignInEdge.read(
        other.table(Login.schema, ofDay: index), clock: ClockHours(day, calendar: calendar),
        isOwn: { _ in true })
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
        AnsweredEdge(
          originator: String(cells[1]), responder: String(cells[2]),
          service: EdgeService(port: port, ianaNumber: number), conversations: conversations,
          hour: hour))
    }
    names = days.indices.map { "\($0)" }
    signIns = days.map { _ in [] }
  }

  var haveSignIns: Bool { signIns.contains { !$0.isEmpty } }

  /// What `edge_history.arrow` holds as of a day.
  func history(before day: Int) -> Table { EdgeDays.history(of: days, before: day) }

  /// The same of a graph in which users reach hosts by sign-ins.
  func signInHistory(before day: Int) -> Table {
    EdgeDays.history(of: signIns.map { $0.map(\.asAnswered) }, before: day)
  }

  private static func history(of days: [[AnsweredEdge]], before day: Int) -> Table {
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

extension SignInEdge {
  /// In the form of edges between hosts: each end is a service of its own, of a protocol that
  /// there is none of.
  var asAnswered: AnsweredEdge {
    AnsweredEdge(
      originator: user, responder: host, service: SignInEdge.service(of: end),
      conversations: successes, hour: hour)
  }

  static func service(of end: End) -> EdgeService {
    EdgeService(port: end == .destination ? 1 : 2, ianaNumber: 255)
  }
}
