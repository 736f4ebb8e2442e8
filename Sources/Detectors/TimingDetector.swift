import Columnar
import Events
import Features
import Glibc

/// Hosts that are busy at hours at which they, and their peers, are not.
///
/// The score is the surprise −log2 p(busy | hour and day type) in bits of the strangest of several
/// hours in a row, plus half the logarithm of their number; p is the host's own share of busy
/// hours, smoothed towards its peers' and over neighbouring hours.
struct TimingDetector: Detector {
  let name = "timing"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastBits = try settings.number("least_bits")
    guard let destinations = Measure.index(of: HostHour.outDestinations) else { return }
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      guard let baseline = host.baseline, host.day.host.text != HostHour.internet,
        !inputs.isNew(host.day.host.text)
      else { return }
      let threshold = baseline.busyThreshold
      var run: [(window: Int, bits: Double, share: Double, count: Double)] = []
      for (row, start) in host.day.hours.enumerated() {
        guard let window = inputs.clock.window(of: start) else { continue }
        if let last = run.last, last.window + 1 != window { run.removeAll() }
        let count = Double(host.day.count(destinations, row: row))
        guard log1p(count) >= threshold,
          let share = baseline.busyShare(
            dayType: inputs.clock.dayType, hour: inputs.clock.clockHours[window]),
          -log2(share) >= leastBits
        else {
          run.removeAll()
          continue
        }
        run.append((window, -log2(share), share, count))
        guard let first = run.first else { continue }
        let strangest = run.max { $0.bits < $1.bits } ?? first
        let score = strangest.bits + log2(Double(run.count)) / 2
        guard score >= floor else { continue }
        try vote(
          RawVote(
            entity: host.day.host.text,
            window: inputs.clock.windows[first.window]
              .lowerBound..<inputs.clock.windows[window].upperBound,
            detector: name, score: score, floor: floor, ceiling: ceiling,
            evidence: [
              Evidence(
                "out_destinations", contribution: score,
                actual: run.map(\.count).max() ?? count,
                typical: baseline.usual(
                  destinations, dayType: inputs.clock.dayType,
                  hour: inputs.clock.clockHours[strangest.window]
                ).map { expm1($0.median) }),
              Evidence(
                "busy_share", contribution: strangest.bits, actual: strangest.share),
            ]))
      }
    }
  }
}
