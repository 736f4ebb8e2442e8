import Columnar
import Events
import Features

/// Ports on which hosts of the site answered for the first time less than 3 days ago.
struct OpenedServices {
  /// Those with at most one client, by host, where they opened on this day.
  private(set) var byHost: [String: [NewThings.Thing]] = [:]
  /// Those with more: what the site has begun to offer is announced, and clients of it do nothing
  /// strange.
  private var shared: Set<SharedService> = []

  private struct SharedService: Hashable {
    let host: String
    let port: UInt16
    let ianaNumber: UInt8
  }

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
        if clients.value(row) - outside.value(row) >= 2 {
          shared.insert(SharedService(host: host, port: port, ianaNumber: number))
        } else if age == nil {
          byHost[host, default: []].append(
            NewThings.Thing(
              subject: subject, peer: "\(host):\(port)/\(protocolName(number))",
              time: times.value(row)))
        }
      }
    }
  }

  /// Whether several clients meet what a pair's responder has just begun to offer.
  func isShared(_ pair: PairRow) -> Bool {
    !pair.isExternal
      && shared.contains(
        SharedService(
          host: pair.key.responder.text, port: pair.key.port, ianaNumber: pair.key.ianaNumber))
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
