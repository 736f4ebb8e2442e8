import Columnar
import Events
import Features
import Learning

/// What a host did on a day, steps three at a time.
package struct HostSteps: Sendable {
  package struct Step: Sendable {
    package let gram: StepGram
    package let firstTime: Instant

    package init(gram: StepGram, firstTime: Instant) {
      self.gram = gram
      self.firstTime = firstTime
    }
  }
  package let name: String
  package private(set) var steps: [Step] = []

  /// In the order in which they first came.
  package var stepsByTime: [Step] {
    steps.sorted { ($0.firstTime, $0.gram) < ($1.firstTime, $1.gram) }
  }

  /// Calls `body` for each host of `steps.arrow`, in its order.
  package static func forEach(
    in table: any BatchSource, _ body: (HostSteps) throws -> Void
  ) throws {
    var host: HostSteps?
    try table.forEachBatch { batch in
      let (hosts, grams) = (batch[Events.Step.host], batch[Events.Step.gram])
      let times = batch[Events.Step.firstTime]
      for row in 0..<batch.rowCount {
        let bytes = hosts.bytes(row)
        if host?.name.utf8.elementsEqual(bytes) != true {
          if let host { try body(host) }
          host = HostSteps(name: String(decoding: bytes, as: UTF8.self))
        }
        host?.steps.append(
          Step(gram: StepGram(code: grams.value(row)), firstTime: times.value(row)))
      }
    }
    if let host { try body(host) }
  }
}

/// What a host did on a day: steps three at a time, in the order in which they first came.
package struct HostGrams: Equatable, Sendable {
  package let name: String
  package var grams: [StepGram]

  /// The hosts of `steps.arrow`, in its order.
  package static func read(_ table: any BatchSource) throws -> [HostGrams] {
    var hosts: [HostGrams] = []
    try HostSteps.forEach(in: table) { host in
      hosts.append(HostGrams(name: host.name, grams: host.stepsByTime.map(\.gram)))
    }
    return hosts
  }
}

extension StepSequence {
  /// Grams one after the other; where one doesn't go on from the last, its first two steps tell
  /// what came before it, after a pause.
  /// - Parameter isJudged: whether a gram's last step is learned and judged.
  package init(
    entityKind: Int, grams: [StepGram], isJudged: (StepGram) -> Bool = { _ in true }
  ) {
    var steps: [Step] = []
    var before: [StepKind] = []
    for gram in grams {
      let kinds = gram.kinds
      if Array(kinds.prefix(2)) != before {
        if kinds[0] != .pause { steps.append(Step(kind: 0, isJudged: false)) }
        steps += kinds.prefix(2).map { Step(kind: Int($0.code), isJudged: false) }
      }
      steps.append(Step(kind: Int(kinds[2].code), isJudged: isJudged(gram)))
      before = Array(kinds.suffix(2))
    }
    self.init(entityKind: entityKind, steps: steps)
  }
}
