import Columnar
import Events
import Features
import Learning

/// What a host did on a day: steps three at a time, in the order in which they first came.
package struct HostGrams: Equatable, Sendable {
  package let name: String
  package var grams: [StepGram]

  /// The hosts of `steps.arrow`, in its order.
  package static func read(_ table: any BatchSource) throws -> [HostGrams] {
    var (hosts, timed): ([String], [[(time: Instant, gram: StepGram)]]) = ([], [])
    try table.forEachBatch { batch in
      let (name, gram) = (batch[Step.host], batch[Step.gram])
      let time = batch[Step.firstTime]
      for row in 0..<batch.rowCount {
        guard let name = name[row] else { continue }
        if name != hosts.last {
          hosts.append(name)
          timed.append([])
        }
        timed[timed.count - 1].append((time.value(row), StepGram(code: gram.value(row))))
      }
    }
    return zip(hosts, timed).map { name, steps in
      HostGrams(
        name: name,
        grams: steps.sorted { ($0.time, $0.gram) < ($1.time, $1.gram) }.map(\.gram))
    }
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
