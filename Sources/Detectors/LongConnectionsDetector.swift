import Columnar
import Events
import Features
import Glibc

/// Hosts that stay connected for long to one outside destination that they have not known for long:
/// remote control, miners, tunnels.
///
/// z = (log1p(seconds connected on the day) − median) / max(1.4826 MAD, floor), against the longest
/// that the host, drawn towards its peers, was connected to a young destination on each of its
/// days; less where many hosts know the destination.
struct LongConnectionsDetector: Detector {
  let name = "long-connections"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastSeconds = try settings.number("least_seconds")
    let leastSpread = try settings.number("least_spread")
    let youngDays = Int(try settings.number("young_days"))
    let unit = HostTraffic.connectedUnit
    let peers = PeerCenters(inputs.state, \.connected)
    try YoungDestination.forEach(inputs, youngDays: youngDays) { destination, record in
      guard destination.longestSeconds >= leastSeconds else { return }
      let usual = record.connected.shrunk(
        sampleCount: record.daysSeen, towards: peers[record.entityClass])
      let spread = max(1.4826 * usual.deviation, leastSpread)
      let z = (log1p(destination.seconds / unit) - usual.median) / spread
      let rarity = inputs.rarity(.destination, subject: keyHash(destination.responder.text))
      let score = z * (1 + 3 * rarity) / 4
      guard score >= floor else { return }
      try vote(
        RawVote(
          entity: record.name, window: inputs.window(of: destination.firstTime), detector: name,
          score: score, floor: floor, ceiling: ceiling, peer: destination.peer,
          evidence: [
            Evidence(
              "seconds_connected", contribution: z, actual: destination.seconds,
              typical: expm1(usual.median) * unit,
              spread: (expm1(usual.median + spread) - expm1(usual.median)) * unit),
            Evidence("longest_seconds", contribution: 0, actual: destination.longestSeconds),
            Evidence("conversations", contribution: 0, actual: Double(destination.conversations)),
          ]))
    }
  }
}
