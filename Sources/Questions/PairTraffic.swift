import Columnar
import Events
import Incidents

/// What one host did with another end by one service: rows of `pairs.arrow`, added up.
struct PairTraffic {
  struct Key: Hashable, Comparable {
    let originator: String
    let responder: String
    let service: String

    static func < (a: Key, b: Key) -> Bool {
      (a.originator, a.responder, a.service) < (b.originator, b.responder, b.service)
    }
  }

  var conversations = 0
  var failed = 0
  var bytesSent = 0
  var bytesReceived = 0

  /// Adds the rows that `isWanted` names to `pairs`.
  static func read(
    _ table: any BatchSource, into pairs: inout [Key: PairTraffic],
    where isWanted: (_ originator: String, _ responder: String) -> Bool
  ) throws {
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (originators, responders) = (batch[Pair.originator], batch[Pair.responder])
      let (ports, protocols) = (batch[Pair.port], batch[Pair.ianaNumber])
      let (conversations, failed) = (batch[Pair.conversations], batch[Pair.failed])
      let (sent, received) = (batch[Pair.bytesSent], batch[Pair.bytesReceived])
      for row in 0..<batch.rowCount {
        let (originator, responder) = (originators[row] ?? "", responders[row] ?? "")
        guard isWanted(originator, responder) else { continue }
        let service = ServiceName.text(port: ports.value(row), ianaNumber: protocols.value(row))
        let key = Key(originator: originator, responder: responder, service: service)
        pairs[key, default: PairTraffic()].add(
          conversations: Int(conversations.value(row)), failed: Int(failed.value(row)),
          bytesSent: Int(sent.value(row)), bytesReceived: Int(received.value(row)))
      }
    }
  }

  private mutating func add(conversations: Int, failed: Int, bytesSent: Int, bytesReceived: Int) {
    self.conversations += conversations
    self.failed += failed
    self.bytesSent += bytesSent
    self.bytesReceived += bytesReceived
  }
}

extension Answer {
  /// Who began conversations with an address, or asked for a name, by what service; most first.
  /// - Parameter pairs: `pairs.arrow` of the days.
  package static func whoTalksTo(_ target: String, pairs tables: [any BatchSource]) throws
    -> Answer
  {
    var pairs: [PairTraffic.Key: PairTraffic] = [:]
    for table in tables { try PairTraffic.read(table, into: &pairs) { $1 == target } }
    let ranked = pairs.sorted {
      ($1.value.conversations, $0.key) < ($0.value.conversations, $1.key)
    }
    let rows = ranked.map { pair, traffic -> [Value] in
      [
        .text(pair.originator), .text(pair.service), .count(traffic.conversations),
        .count(traffic.failed), .bytes(traffic.bytesSent), .bytes(traffic.bytesReceived),
      ]
    }
    let sentence =
      ranked.first.map { pair, traffic in
        "\(pair.originator) talked most with \(target): "
          + "\(Quantity.counted(traffic.conversations, "conversation")) on \(pair.service), "
          + "\(Quantity.count(traffic.failed)) of them failed."
      } ?? "0 hosts talked to \(target)."
    return Answer(
      columns: ["host", "service", "conversations", "failed", "bytes_sent", "bytes_received"],
      rows: rows, sentence: sentence)
  }
}
