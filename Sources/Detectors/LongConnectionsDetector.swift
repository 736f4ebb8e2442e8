import Columnar
import Events
import Features

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
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastSeconds = try settings.number("least_seconds")
    let leastSpread = try settings.number("least_spread")
    let youngDays = Int(try settings.number("young_days"))
    let peers = PeerCenters(inputs.state, \.connected)
    try YoungDestination.forEach(inputs, youngDays: youngDays) { destination, record in
      guard destination.longestSeconds >= leastSeconds else { return }
      let figure = YoungFigure(
        destination.seconds, unit: HostTraffic.connectedUnit, usual: record.connected,
        peers: peers, leastSpread: leastSpread, of: destination, record: record, inputs: inputs)
      guard figure.score >= floor else { return }
      try vote(
        RawVote(
          entity: record.name, window: inputs.window(of: destination.firstTime), detector: name,
          score: figure.score, floor: floor, ceiling: ceiling, peer: destination.peer,
          evidence: [
            figure.evidence("seconds_connected"),
            Evidence("longest_seconds", contribution: 0, actual: destination.longestSeconds),
            Evidence("conversations", contribution: 0, actual: Double(destination.conversations)),
          ]))
    }
  }
}
