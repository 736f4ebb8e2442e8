import Columnar
import Events
import Incidents

extension PairKind {
  /// What one of them is.
  var noun: String {
    switch self {
    case .conversation: "conversation"
    case .dns: "question"
    case .http: "request"
    }
  }
}

/// What one host did with another end by one service: rows of `pairs.arrow`, added up.
struct PairTraffic {
  struct Key: Hashable, Comparable {
    let kind: PairKind
    let originator: String
    /// An address or a name; of questions for names, the registered domain.
    let responder: String
    let port: UInt16
    let ianaNumber: UInt8

    /// "445/tcp", "http on 80/tcp", "names under example.org"
    var service: String {
      let text = ServiceName.text(port: port, ianaNumber: ianaNumber)
      switch kind {
      case .conversation: return text
      case .dns: return "names under \(responder)"
      case .http: return "http on \(text)"
      }
    }

    /// "10.0.0.2 on 445/tcp", "example.org by http on 80/tcp", "names under example.org"
    var end: String {
      switch kind {
      case .conversation: "\(responder) on \(service)"
      case .dns: service
      case .http: "\(responder) by \(service)"
      }
    }

    static func < (a: Key, b: Key) -> Bool {
      (a.originator, a.responder, a.kind, a.port, a.ianaNumber)
        < (b.originator, b.responder, b.kind, b.port, b.ianaNumber)
    }
  }

  /// Conversations, questions or requests.
  var count = 0
  var failed = 0
  var bytesSent = 0
  var bytesReceived = 0

  /// Adds the rows that `isWanted` names to `pairs`.
  static func read(
    _ table: any BatchSource, into pairs: inout [Key: PairTraffic],
    where isWanted: (Key) -> Bool
  ) throws {
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (kinds, originators) = (batch[Pair.kind], batch[Pair.originator])
      let responders = batch[Pair.responder]
      let (ports, protocols) = (batch[Pair.port], batch[Pair.ianaNumber])
      let (counts, failed) = (batch[Pair.conversations], batch[Pair.failed])
      let (sent, received) = (batch[Pair.bytesSent], batch[Pair.bytesReceived])
      for row in 0..<batch.rowCount {
        let key = Key(
          kind: kinds[row].flatMap(PairKind.init) ?? .conversation,
          originator: originators[row] ?? "", responder: responders[row] ?? "",
          port: ports.value(row), ianaNumber: protocols.value(row))
        guard isWanted(key) else { continue }
        pairs[key, default: PairTraffic()].add(
          count: Int(counts.value(row)), failed: Int(failed.value(row)),
          bytesSent: Int(sent.value(row)), bytesReceived: Int(received.value(row)))
      }
    }
  }

  private mutating func add(count: Int, failed: Int, bytesSent: Int, bytesReceived: Int) {
    self.count = self.count.addingClamped(count)
    self.failed = self.failed.addingClamped(failed)
    self.bytesSent = self.bytesSent.addingClamped(bytesSent)
    self.bytesReceived = self.bytesReceived.addingClamped(bytesReceived)
  }
}

/// An address or a name that is asked about, however it is written.
private struct Target {
  let stated: String
  /// Those of a name, as the store writes them.
  let addresses: Set<String>
  /// As the store writes it: an address as of RFC 5952, a name in lower case without a dot at its
  /// end.
  let text: String

  init(_ stated: String, at addresses: [String]) {
    self.stated = stated
    self.addresses = Set(addresses.map { Address($0)?.description ?? $0 })
    let name = stated.lowercased()
    text = Address(stated)?.description ?? (name.hasSuffix(".") ? String(name.dropLast()) : name)
  }

  /// Questions are stored by registered domain: those under it may have been for this name.
  func isEnd(of pair: PairTraffic.Key) -> Bool {
    if pair.responder == text || pair.responder == stated || addresses.contains(pair.responder) {
      return true
    }
    return pair.kind == .dns && pair.responder.contains(".")
      && text.hasSuffix("." + pair.responder)
  }
}

extension Answer {
  /// Who began conversations with an address, or asked for a name, by what service; most first.
  /// - Parameters:
  ///   - addresses: of a host that is asked about by its name.
  ///   - pairs: `pairs.arrow` of the days.
  package static func whoTalksTo(
    _ subject: String, at addresses: [String] = [], pairs tables: [any BatchSource]
  ) throws -> Answer {
    let target = Target(subject, at: addresses)
    var pairs: [PairTraffic.Key: PairTraffic] = [:]
    for table in tables { try PairTraffic.read(table, into: &pairs, where: target.isEnd) }
    let ranked = pairs.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let rows = ranked.map { pair, traffic -> [Value] in
      [
        .text(pair.originator), .text(pair.service), .count(traffic.count),
        .count(traffic.failed), .bytes(traffic.bytesSent), .bytes(traffic.bytesReceived),
      ]
    }
    let sentence =
      ranked.first.map { pair, traffic in
        "\(pair.originator) talked most with \(target.text): "
          + "\(Quantity.counted(traffic.count, pair.kind.noun)) \(pair.preposition) "
          + "\(pair.service), \(Quantity.count(traffic.failed)) of them failed."
      } ?? "0 hosts talked to \(target.text)."
    return Answer(
      columns: ["host", "service", "times", "failed", "bytes_sent", "bytes_received"],
      rows: rows, sentence: sentence)
  }
}

extension PairTraffic.Key {
  fileprivate var preposition: String {
    switch kind {
    case .conversation: "on"
    case .dns: "for"
    case .http: "by"
    }
  }
}
