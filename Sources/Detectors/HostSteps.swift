import Columnar
import Events
import Features

/// What a host did on the day, three steps at a time.
struct HostSteps {
  struct Step {
    let gram: StepGram
    let firstTime: Instant
  }
  let name: String
  let group: String
  private(set) var steps: [Step] = []

  /// Calls `body` for each host of the day that is known for some days.
  static func forEach(_ inputs: ScoringInputs, _ body: (HostSteps) throws -> Void) throws {
    var text = ""
    var host: HostSteps?
    try inputs.tables.steps.forEachBatch { batch in
      let (hosts, grams) = (batch[Events.Step.host], batch[Events.Step.gram])
      let times = batch[Events.Step.firstTime]
      for row in 0..<batch.rowCount {
        if !text.utf8.elementsEqual(hosts.bytes(row)) {
          if let host { try body(host) }
          text = String(decoding: hosts.bytes(row), as: UTF8.self)
          let group = inputs.state.hosts[text]?.group
          host = nil
          if let group, inputs.activeHours[text] != nil, !inputs.isNew(text) {
            host = HostSteps(name: text, group: group)
          }
        }
        host?.steps.append(
          Step(gram: StepGram(code: grams.value(row)), firstTime: times.value(row)))
      }
    }
    if let host { try body(host) }
  }
}
