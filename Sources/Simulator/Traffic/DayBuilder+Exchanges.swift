import Columnar

/// Application bytes each way and a length, before packets are counted.
struct Exchange: Sendable {
  var sent: Double
  var received: Double
  var seconds: Double
}

extension SeededRandom {
  /// Long-tailed sizes and length around medians.
  mutating func exchange(
    sent: Double, received: Double, seconds: Double, spread: Double = 1
  ) -> Exchange {
    Exchange(
      sent: lognormal(median: sent, spread: 0.7 * spread),
      received: lognormal(median: received, spread: 1.3 * spread),
      seconds: min(3600, lognormal(median: seconds, spread: 1.2 * spread)))
  }
}

extension DayBuilder {
  private static let segment = 1400.0
  /// Open connections are kept alive at least this often.
  private static let keepAliveSeconds = 20.0

  mutating func tcp(
    at start: Instant, from client: UInt32, to server: UInt32, _ port: UInt16,
    _ exchange: Exchange, service: Service = .none, outcome: Outcome = .complete,
    random: inout SeededRandom
  ) {
    let clientPort = UInt16(random.within(49_152...65_535))
    let roundTrip = roundTripMicroseconds(client, server, &random)
    var sent = Int64(exchange.sent)
    var received = Int64(exchange.received)
    var duration = Int64(exchange.seconds * 1_000_000)
    var packetsSent: Int64
    var packetsReceived: Int64
    switch outcome {
    case .unanswered:
      (sent, received) = (0, 0)
      packetsSent = random.chance(0.75) ? 3 : 1
      packetsReceived = 0
      duration = packetsSent == 3 ? 3_000_000 + Int64(random.below(40_000)) : 0
    case .rejected:
      (sent, received) = (0, 0)
      packetsSent = random.chance(0.6) ? 3 : 1
      packetsReceived = packetsSent
      duration = packetsSent == 3 ? 1_000_000 + Int64(random.below(30_000)) : Int64(roundTrip)
    case .complete, .aborted, .reset:
      let forward = (exchange.sent / DayBuilder.segment).rounded(.up)
      let backward = (exchange.received / DayBuilder.segment).rounded(.up)
      let keepAlive = exchange.seconds / DayBuilder.keepAliveSeconds
      packetsSent = Int64(max(4 + forward + (backward / 2).rounded(.up), keepAlive + 2))
      packetsReceived = Int64(max(3 + backward + (forward / 2).rounded(.up), keepAlive + 2))
      duration = max(duration, Int64(roundTrip) * 3)
    }
    append(
      Conversation(
        start: start, durationMicroseconds: duration, client: client, server: server,
        clientPort: clientPort, serverPort: port, transport: .tcp, outcome: outcome,
        service: outcome.isFailure ? .none : service, payloadSent: sent,
        payloadReceived: received, packetsSent: packetsSent, packetsReceived: packetsReceived,
        roundTripMicroseconds: roundTrip, question: nil, attack: attack))
  }

  mutating func udp(
    at start: Instant, from client: UInt32, to server: UInt32, _ port: UInt16,
    _ exchange: Exchange, service: Service = .none, packets: (Int, Int) = (1, 1),
    clientPort: UInt16? = nil, question: Int32? = nil, random: inout SeededRandom
  ) {
    let drawnPort = UInt16(random.within(49_152...65_535))
    let roundTrip = roundTripMicroseconds(client, server, &random)
    append(
      Conversation(
        start: start,
        durationMicroseconds: max(
          Int64(exchange.seconds * 1_000_000), packets.1 == 0 ? 0 : Int64(roundTrip)),
        client: client, server: server, clientPort: clientPort ?? drawnPort, serverPort: port,
        transport: .udp, outcome: packets.1 == 0 ? .unanswered : .complete, service: service,
        payloadSent: Int64(exchange.sent),
        payloadReceived: packets.1 == 0 ? 0 : Int64(exchange.received),
        packetsSent: Int64(packets.0), packetsReceived: Int64(packets.1),
        roundTripMicroseconds: roundTrip, question: question, attack: attack))
  }

  mutating func ping(
    at start: Instant, from client: UInt32, to server: UInt32, count: Int = 1,
    isAnswered: Bool = true, random: inout SeededRandom
  ) {
    let roundTrip = roundTripMicroseconds(client, server, &random)
    append(
      Conversation(
        start: start,
        durationMicroseconds: Int64(count - 1) * 1_000_000 + (isAnswered ? Int64(roundTrip) : 0),
        client: client, server: server, clientPort: 8, serverPort: 0, transport: .icmp,
        outcome: isAnswered ? .complete : .unanswered, service: .none,
        payloadSent: Int64(count * 56), payloadReceived: isAnswered ? Int64(count * 56) : 0,
        packetsSent: Int64(count), packetsReceived: isAnswered ? Int64(count) : 0,
        roundTripMicroseconds: roundTrip, question: nil, attack: attack))
  }

  /// To a site of the Internet, of which a few in a hundred don't answer.
  mutating func visit(
    at start: Instant, from client: UInt32, _ site: Site, _ exchange: Exchange,
    failing: Double = 0.02, random: inout SeededRandom
  ) {
    let draw = random.unit()
    let outcome: Outcome =
      draw < failing * 0.6
      ? .unanswered
      : draw < failing
        ? .rejected
        : draw < failing + 0.05
          ? .reset
          : draw < failing + 0.09 ? .aborted : .complete
    tcp(
      at: start, from: client, to: site.address, site.port, exchange,
      service: site.port == 80 || site.port == 8080 ? .http : .tls, outcome: outcome,
      random: &random)
  }

  private func roundTripMicroseconds(
    _ a: UInt32, _ b: UInt32, _ random: inout SeededRandom
  ) -> Int32 {
    let isLocal = Addressing.isInternal(a) && Addressing.isInternal(b)
    let outside = Addressing.isInternal(a) ? b : a
    let distance = Double(SeededRandom.mix(UInt64(outside)) % 90_000) + 7_000
    let median = isLocal ? 450 : distance
    return Int32(random.lognormal(median: median, spread: isLocal ? 0.4 : 0.12))
  }
}

extension Instant {
  func advanced(bySeconds seconds: Double) -> Instant {
    advanced(byMicroseconds: Int64(seconds * 1_000_000))
  }
}
