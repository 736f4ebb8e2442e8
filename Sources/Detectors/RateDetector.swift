import Columnar
import Events
import Features
import Glibc

/// Host-hours with more of something than this host at this hour is used to: conversations, failed
/// ones, bytes in and out, destinations, ports, clients, names, requests.
///
/// z = (log1p x − median) / max(1.4826 MAD, floor), with the profile of the hour and day type drawn
/// towards the peers'. The score is the largest z of the window.
struct RateDetector: Detector {
  let name = "rate"
  let specificity = Specificity.deviation
  let neededDays = 3
  let eventClasses: [EventClass] = [.flow, .dns, .http]
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastCount = try settings.number("least_count")
    let leastBytes = try settings.number("least_bytes")
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      guard let baseline = host.baseline, !inputs.isNew(host.day.host.text) else { return }
      for (row, start) in host.day.hours.enumerated() {
        guard let window = inputs.clock.window(of: start) else { continue }
        let hour = inputs.clock.clockHours[window]
        var evidence: [Evidence] = []
        for measure in Measure.all.indices {
          let definition = Measure.all[measure]
          let count = host.day.count(measure, row: row)
          guard Double(count) >= (definition.isBytes ? leastBytes : leastCount),
            let (z, usual, spread) = baseline.z(
              measure, value: definition.scaled(count), clock: inputs.clock, hour: hour),
            z >= floor
          else { continue }
          let typical = definition.count(usual.median)
          evidence.append(
            Evidence(
              definition.name, contribution: z, actual: Double(count), typical: typical,
              spread: definition.count(usual.median + spread) - typical))
        }
        evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
        guard let score = evidence.first?.contribution else { continue }
        try vote(
          RawVote(
            entity: host.day.host.text, window: inputs.clock.windows[window], detector: name,
            score: score, floor: floor, ceiling: ceiling,
            cause: inputs.instigators.instigator(of: host.day.host.text, evidence),
            evidence: Array(evidence.prefix(3))))
      }
    }
  }
}
