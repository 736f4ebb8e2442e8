import Columnar
import Events
import Features

/// Ports on which hosts of the site answered for the first time less than 3 days ago.
struct OpenedServices {
  /// Those with at most one client, by host, where they opened on this day.
  private(set) var byHost: [String: [NewThings.Thing]] = [:]
  /// `host:port/protocol` of those with more: a service that the site has begun to offer, which is
  /// announced, and whose clients do nothing strange.
  private(set) var shared: Set<String> = []

  init(_ inputs: ScoringInputs) throws {
    try inputs.tables.services.forEachBatch { batch in
      let (hosts, times) = (batch[Service.host], batch[Service.firstTime])
      let (ports, numbers) = (batch[Service.port], batch[Service.ianaNumber])
      let (clients, outside) = (batch[Service.clients], batch[Service.externalClients])
      for row in 0..<batch.rowCount {
        guard let host = hosts[row] else { continue }
        let (port, number) = (ports.value(row), numbers.value(row))
        let subject = Subject.port(port, protocol: number)
        let key = SeenKey(subject: subject, host: keyHash(host))
        let age = inputs.state.seen.days(.service, key).age
        guard age ?? 0 < 3 else { continue }
        let peer = "\(host):\(port)/\(protocolName(number))"
        if clients.value(row) - outside.value(row) >= 2 {
          shared.insert(peer)
        } else if age == nil {
          byHost[host, default: []].append(
            NewThings.Thing(subject: subject, peer: peer, time: times.value(row)))
        }
      }
    }
  }
}

/// What a host met for the first time.
struct NewThings {
  struct Thing {
    let subject: UInt64
    let peer: String
    let time: Instant
  }
  let host: NamedEndpoint?
  private(set) var networks: [Thing] = []
  private(set) var ports: [Thing] = []
  var services: [Thing] = []
  private var newPorts: Set<UInt64> = []
  private var newNetworks: Set<UInt64> = []

  init(host: NamedEndpoint? = nil) { self.host = host }

  mutating func add(_ pair: PairRow, inputs: ScoringInputs) {
    let host = keyHash(pair.key.originator.text)
    let port = Subject.port(pair.key.port, protocol: pair.key.ianaNumber)
    if !newPorts.contains(port),
      inputs.state.seen.days(.port, SeenKey(subject: port, host: host)).isEmpty
    {
      newPorts.insert(port)
      ports.append(Thing(subject: port, peer: pair.peer, time: pair.firstTime))
    }
    var text = pair.key.responder.text
    guard pair.isExternal,
      let network = text.withUTF8({ Subject.network(UnsafeRawBufferPointer($0)) }),
      !newNetworks.contains(network),
      inputs.state.seen.days(.network, SeenKey(subject: network, host: host)).isEmpty
    else { return }
    newNetworks.insert(network)
    networks.append(Thing(subject: network, peer: pair.peer, time: pair.firstTime))
  }
}
