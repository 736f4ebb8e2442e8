import Columnar
import Events
import Features

/// A connection between two hosts of a site that was answered on a day, as learned graphs take it.
package struct AnsweredEdge: Sendable {
  package let originator: String
  package let responder: String
  package let service: EdgeService
  /// Those that were answered.
  package let conversations: Float
  /// At which it was first tried, of the day's clock: 0 ..< 24
  package let hour: Int

  package init(
    originator: String, responder: String, service: EdgeService, conversations: Float, hour: Int
  ) {
    self.originator = originator
    self.responder = responder
    self.service = service
    self.conversations = conversations
    self.hour = hour
  }

  /// Those of `edges.arrow`, in its order.
  package static func read(_ table: any BatchSource, clock: ClockHours) throws -> [AnsweredEdge] {
    var edges: [AnsweredEdge] = []
    try table.forEachBatch { batch in
      let (from, to, port) = (batch[Edge.originator], batch[Edge.responder], batch[Edge.port])
      let (number, time) = (batch[Edge.ianaNumber], batch[Edge.firstTime])
      let (conversations, failed) = (batch[Edge.conversations], batch[Edge.failed])
      for row in 0..<batch.rowCount
      where failed.value(row) < conversations.value(row)
        && EdgeService.isJudged(ianaNumber: number.value(row))
      {
        guard let from = from[row], let to = to[row], from != to else { continue }
        edges.append(
          AnsweredEdge(
            originator: from, responder: to,
            service: EdgeService(port: port.value(row), ianaNumber: number.value(row)),
            conversations: Float(conversations.value(row) - failed.value(row)),
            hour: clock.window(of: time.value(row)).map { clock.clockHours[$0] } ?? 0))
      }
    }
    return edges
  }
}
