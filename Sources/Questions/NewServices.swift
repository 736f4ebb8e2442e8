import Columnar
import Events
import Incidents

extension Answer {
  /// Ports that hosts answered on, and on none of the earlier days.
  /// - Parameter before: `services.arrow` of the earlier days.
  package static func newServices(_ services: [any BatchSource], before: [any BatchSource]) throws
    -> Answer
  {
    let columns = [
      "host", "service", "conversations", "most_clients_a_day", "most_outside_clients_a_day",
    ]
    guard before.count >= DayFacts.leastEarlierDays else {
      return Answer(
        columns: columns, rows: [],
        sentence: "Nothing can be called new yet: \(DayFacts.leastEarlierDays) earlier days are "
          + "needed, \(before.count) known.")
    }
    var new: [ServiceKey: ServiceTraffic] = [:]
    for table in services { try ServiceTraffic.read(table) { new[$0, default: .init()].add($1) } }
    for table in before { try ServiceTraffic.read(table) { key, _ in new[key] = nil } }
    let ranked = new.sorted {
      ($1.value.conversations, $0.key.host, $0.key.service)
        < ($0.value.conversations, $1.key.host, $1.key.service)
    }
    let rows = ranked.map { key, traffic -> [Value] in
      [
        .text(key.host), .text(key.service), .count(traffic.conversations),
        .count(traffic.clients), .count(traffic.outsideClients),
      ]
    }
    let sentence =
      ranked.first.map { key, traffic in
        "Of what is new, \(key.host) on \(key.service) was asked most: "
          + "\(Quantity.counted(traffic.conversations, "conversation")) with "
          + "\(Quantity.counted(traffic.clients, "client")) at most on a day."
      } ?? "0 services are new."
    return Answer(columns: columns, rows: rows, sentence: sentence)
  }
}

private struct ServiceKey: Hashable {
  let host: String
  let service: String
}

private struct ServiceTraffic {
  var conversations = 0
  /// Of the day that had most.
  var clients = 0
  var outsideClients = 0

  mutating func add(_ other: ServiceTraffic) {
    conversations = conversations.addingClamped(other.conversations)
    clients = max(clients, other.clients)
    outsideClients = max(outsideClients, other.outsideClients)
  }

  static func read(_ table: any BatchSource, _ body: (ServiceKey, ServiceTraffic) -> Void) throws {
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (hosts, conversations) = (batch[Service.host], batch[Service.conversations])
      let (ports, protocols) = (batch[Service.port], batch[Service.ianaNumber])
      let (clients, outside) = (batch[Service.clients], batch[Service.externalClients])
      for row in 0..<batch.rowCount {
        let service = ServiceName.text(port: ports.value(row), ianaNumber: protocols.value(row))
        body(
          ServiceKey(host: hosts[row] ?? "", service: service),
          ServiceTraffic(
            conversations: Int(conversations.value(row)), clients: Int(clients.value(row)),
            outsideClients: Int(outside.value(row))))
      }
    }
  }
}
