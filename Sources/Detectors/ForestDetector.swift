import Columnar
import Events
import Features
import Forest

/// Host-hours that an isolation forest finds easy to tell from the hours of the days before, and
/// hours with more strange conversations than there should be.
///
/// The score is in bits: −log2 of the share of training rows of the host's class that are at least
/// as strange, plus the surprise of so many of the hour's conversations beyond the 99th percentile
/// of theirs.
struct ForestDetector: Detector {
  let name = "forest"
  let specificity = Specificity.deviation
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.silent, .repeated, .bytes, .keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let models = inputs.models else { return }
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      flowShape: try settings.number("flow_shape"), flowCap: try settings.number("flow_cap"))
    let hosts = try models.hostHours.map { try IsolatedHours(models, forest: $0) }
    var row = 0
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      defer { row += host.day.hours.count }
      guard !inputs.isNew(host.day.host.text), host.day.host.text != HostHour.internet else {
        return
      }
      for (index, start) in host.day.hours.enumerated() {
        guard let window = inputs.clock.window(of: start) else { continue }
        let isolated = hosts.map { $0.bits[row + index] } ?? 0
        let flows = inputs.strangeFlows.surprise(
          host.day.host.text, window: window, shape: limits.flowShape)
        let score = isolated + min(flows.bits, limits.flowCap)
        guard score >= limits.floor else { continue }
        var evidence = [
          Evidence(
            "strange_conversations", contribution: min(flows.bits, limits.flowCap),
            actual: Double(flows.count), typical: flows.expected)
        ]
        if let hosts {
          evidence += hosts.evidence(
            row: row + index, host: host, hour: index, inputs: inputs, bits: isolated)
        }
        evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
        try vote(
          RawVote(
            entity: host.day.host.text, window: inputs.clock.windows[window], detector: name,
            score: score, floor: limits.floor, ceiling: limits.ceiling,
            cause: inputs.instigators.instigator(of: host.day.host.text, evidence),
            evidence: Array(evidence.prefix(3).filter { $0.contribution > 0 })))
      }
    }
  }

  private struct Limits {
    let floor, ceiling, flowShape, flowCap: Double
  }
}
