import Columnar
import Events
import Features

/// Hosts that send much more than they get to one outside destination that they have not known for
/// long, in one go or over days.
///
/// z = (log1p(bytes sent − received since it was first met) − median) / max(1.4826 MAD, floor),
/// against the most that the host, drawn towards its peers, gave to a young destination by each of
/// its days; less where many hosts know the destination.
struct ExfiltrationDetector: Detector {
  let name = "exfiltration"
  let asksByPeer = true
  let specificity = Specificity.technique
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let needsBytes = true
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastBytes = try settings.number("least_bytes")
    let leastSpread = try settings.number("least_spread")
    let youngDays = Int(try settings.number("young_days"))
    let peers = PeerCenters(inputs.state, \.uploads)
    try YoungDestination.forEach(inputs, youngDays: youngDays) { destination, record in
      let net = Double(destination.bytesSent - destination.bytesReceived)
      guard net >= leastBytes, Double(destination.bytesSentToday) >= net / 10 else { return }
      let figure = YoungFigure(
        net, unit: HostTraffic.uploadUnit, usual: record.uploads, peers: peers,
        leastSpread: leastSpread, of: destination, record: record, inputs: inputs)
      guard figure.score >= floor else { return }
      try vote(
        RawVote(
          entity: record.name, window: inputs.window(of: destination.firstTime), detector: name,
          score: figure.score, floor: floor, ceiling: ceiling, peer: destination.peer,
          evidence: [
            figure.evidence("net_bytes_to_new_destination"),
            Evidence(
              "hosts_without_peer", contribution: figure.rarity,
              actual: figure.hostsWithoutDestination),
            Evidence("days_since_first_seen", contribution: 0, actual: Double(destination.age)),
          ]))
    }
  }
}
