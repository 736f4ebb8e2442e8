import Columnar
import Events
import Features

/// The day's names, host by host, with how many hosts know each domain.
struct AskedDomains {
  /// A domain that a host asked for by itself.
  struct Row {
    let rows: DomainBatch
    let index: Int
    let subject: UInt64

    var domain: String { rows.domain[index] ?? "" }
    var queries: Int64 { rows.queries.value(index) }
    var missing: Int64 { rows.missing.value(index) }
    var isMissing: Bool { missing == queries }
  }

  private let inputs: ScoringInputs
  /// Hosts that hand on what others ask them: they know every domain, and say nothing of how rare
  /// one is. The 24 bits of each.
  private var nameServers: Set<UInt32> = []
  /// By domain: hosts that asked for it on the day by themselves.
  private var clients: [UInt64: Int] = [:]

  init(_ inputs: ScoringInputs) throws {
    self.inputs = inputs
    var (host, domains, handedOn) = ("", 0, 0)
    func endHost() {
      // A single question makes no server of whoever gets it.
      if handedOn > 0, handedOn * 2 >= domains {
        nameServers.insert(SeenKey(subject: 0, host: keyHash(host)).host)
      }
    }
    try inputs.tables.domains.forEachBatch { batch in
      let rows = DomainBatch(batch)
      for row in 0..<rows.rowCount {
        if !host.utf8.elementsEqual(rows.host.bytes(row)) {
          endHost()
          (host, domains, handedOn) = (String(decoding: rows.host.bytes(row), as: UTF8.self), 0, 0)
        }
        domains += 1
        if rows.answered.value(row) > 0 { handedOn += 1 }
        if rows.isOwn(row) { clients[rows.subject(row), default: 0] += 1 }
      }
    }
    endHost()
  }

  /// Hosts that asked for a domain within the last 28 days or on this day, whichever are more.
  func hostCount(_ subject: UInt64) -> Int {
    let known = inputs.state.seen.hosts(.name, subject: subject)
    return max(clients[subject] ?? 0, known.count { !nameServers.contains($0) }, 1)
  }

  /// Calls `body` with each host and the domains that it asked for by itself.
  func forEachHost(_ body: (String, [Row]) throws -> Void) throws {
    var host = ""
    var rows: [Row] = []
    try inputs.tables.domains.forEachBatch { batch in
      let batch = DomainBatch(batch)
      for index in 0..<batch.rowCount where batch.isOwn(index) {
        if !host.utf8.elementsEqual(batch.host.bytes(index)) {
          if !rows.isEmpty { try body(host, rows) }
          rows.removeAll(keepingCapacity: true)
          host = String(decoding: batch.host.bytes(index), as: UTF8.self)
        }
        rows.append(Row(rows: batch, index: index, subject: batch.subject(index)))
      }
    }
    if !rows.isEmpty { try body(host, rows) }
  }
}

/// What is usual for a host's names, drawn towards its peers.
struct NamePeers {
  private let state: SiteState
  private let peers: PeerCenters
  private let figure: (NameHabits) -> Center

  init(_ state: SiteState, _ figure: @escaping (NameHabits) -> Center) {
    self.state = state
    self.figure = figure
    let habits = state.nameHabits
    peers = PeerCenters(state.hosts.values.filter { habits[$0.name] != nil }) { record in
      habits[record.name].map(figure) ?? Center(median: 0, deviation: 0)
    }
  }

  func usual(_ host: String) -> Center {
    let own = state.nameHabits[host]
    return (own.map(figure) ?? Center(median: 0, deviation: 0)).shrunk(
      sampleCount: own?.daysSeen ?? 0, towards: peers[state.hosts[host]?.entityClass ?? .other])
  }
}
