import Columnar
import Events
import Features

/// Hosts whose TLS handshakes show what they and their peers never showed: another programme's
/// fingerprint, an old version, a certificate that its owner signed, outside servers without a
/// name.
///
/// The score is the sum of the surprises in bits, −log2 P(X ≥ n) of a negative binomial with the
/// host's usual number of new things a day, each weighed by how few of its peers know it.
struct HandshakesDetector: Detector {
  let name = "tls"
  let neededDays = 3
  let eventClasses: [EventClass] = [.tls]

  func obstacle(_ inputs: ScoringInputs) throws -> String? {
    guard try ShownHandshakes(inputs.tables.handshakes).saysAnything else {
      return "no fingerprints, old versions or server names"
    }
    return inputs.learning([.handshake, .unnamedServer], days: neededDays, of: "handshakes")
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let shape = try settings.number("shape")
    let cap = try settings.number("cap")
    let habits = NoveltyHabits(inputs.state)
    let shown = try ShownHandshakes(inputs.tables.handshakes)
    func judge(_ found: NewHandshakes) throws {
      guard !found.isEmpty, !inputs.isNew(found.host), let record = inputs.state.hosts[found.host]
      else { return }
      var evidence: [Evidence] = []
      var lead: (bits: Double, thing: NewHandshakes.Thing)?
      func add(_ things: [NewHandshakes.Thing], _ kind: Seen.Kind, _ feature: String) {
        // What many show for the first time on one day was sent out to them.
        let weights = things.map {
          min(
            habits.rarity(kind, subject: $0.subject, host: record),
            inputs.rarity(kind, subject: $0.subject))
        }
        let mean = habits.mean(kind, host: record)
        let bits = min(
          NegativeBinomial.surprise(weights.reduce(0, +), mean: mean, shape: shape), cap)
        guard bits > 0 else { return }
        let rarest = zip(things, weights).max { ($0.1, $1.0.time) < ($1.1, $0.0.time) }
        if let rarest, bits > lead?.bits ?? 0 { lead = (bits, rarest.0) }
        evidence.append(
          Evidence(
            feature, contribution: bits, actual: Double(things.count), typical: mean,
            spread: (mean + mean * mean / shape).squareRoot()))
      }
      add(found.shown, .handshake, "new_fingerprints")
      // Where servers are hardly ever named, a missing name says nothing.
      if shown.namesServers { add(found.unnamed, .unnamedServer, "new_unnamed_servers") }
      evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
      let score = evidence.reduce(0) { $0 + $1.contribution }
      guard score >= floor, let lead else { return }
      try vote(
        RawVote(
          entity: found.host, window: inputs.window(of: lead.thing.time), detector: name,
          score: score, floor: floor, ceiling: ceiling, peer: lead.thing.server,
          evidence: evidence))
    }
    var found = NewHandshakes(host: "")
    try inputs.tables.handshakes.forEachBatch { batch in
      let hosts = batch[Handshake.host]
      for row in 0..<batch.rowCount {
        if !found.host.utf8.elementsEqual(hosts.bytes(row)) {
          try judge(found)
          found = NewHandshakes(host: hosts[row] ?? "")
        }
        found.add(batch, row, inputs)
      }
    }
    try judge(found)
  }
}

/// What the day's handshakes tell at all.
private struct ShownHandshakes {
  private var counts: [Handshake.Kind: Int64] = [:]

  init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      let (kind, handshakes) = (batch[Handshake.kind], batch[Handshake.handshakes])
      for row in 0..<batch.rowCount {
        guard let kind = Handshake.Kind(rawValue: kind.value(row)) else { continue }
        counts[kind, default: 0] += handshakes.value(row)
      }
    }
  }

  /// Whether most outside servers are named.
  var namesServers: Bool { counts[.name, default: 0] > counts[.unnamed, default: 0] }

  var saysAnything: Bool {
    namesServers || counts[.fingerprint] != nil || counts[.weakness] != nil
  }
}

/// What a host's handshakes showed for the first time.
private struct NewHandshakes {
  struct Thing {
    let subject: UInt64
    let server: String?
    let time: Instant
  }
  let host: String
  private let hash: UInt64
  private(set) var shown: [Thing] = []
  private(set) var unnamed: [Thing] = []
  private var networks: Set<UInt64> = []

  init(host: String) {
    self.host = host
    hash = keyHash(host)
  }

  var isEmpty: Bool { shown.isEmpty && unnamed.isEmpty }

  mutating func add(_ batch: Batch, _ row: Int, _ inputs: ScoringInputs) {
    let value = batch[Handshake.value].bytes(row)
    guard let (kind, subject) = Subject.handshake(batch[Handshake.kind].value(row), value),
      inputs.state.seen.days(kind, SeenKey(subject: subject, host: hash)).isEmpty
    else { return }
    let thing = Thing(
      subject: subject, server: batch[Handshake.server][row],
      time: batch[Handshake.firstTime].value(row))
    if kind == .handshake {
      shown.append(thing)
    } else if networks.insert(subject).inserted {
      unnamed.append(thing)
    }
  }
}
