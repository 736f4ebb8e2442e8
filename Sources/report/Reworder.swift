import Events
import Incidents
import Registry
import Rewording
import StageKit
import WebClient

/// Asks a language model to say in other words why people are asked to decide.
struct Reworder {
  /// What came of a day.
  struct Outcome {
    /// Requests that were sent, and those of them that were answered.
    var asked = 0
    var answered = 0
    /// Incidents that are decided, and those of them with words of the model's.
    var decided = 0
    var reworded = 0
    /// Why something was not answered, or not understood.
    var failures: [String] = []
  }

  let wording: Site.Wording
  let store: Store
  let reader: DayReader

  /// Asks about each decided incident that has no answer to the same question yet, and keeps the
  /// answers, whatever they say. What is not answered leaves the answer that was kept before.
  func ask(_ day: CivilDate) throws -> Outcome {
    let file = WordingFile(store: store, day: day)
    let known = try file.read().answers
    var outcome = Outcome()
    var exchanges: [ModelExchange] = []
    var isReachable = true
    for incident in try reader.judged(day).filter({ $0.decision == .decide }) {
      let evidence = TypedEvidence(incident, calendar: reader.incidents.site.calendar)
      let prompt = try RewordingPrompt(evidence, model: wording.model).body
      outcome.decided += 1
      let kept = known.first { $0.incident == incident.id }
      var exchange = kept.map { ModelExchange($0, of: evidence) }
      if kept?.prompt != prompt, isReachable {
        outcome.asked += 1
        do {
          let answer = try send(prompt)
          outcome.answered += 1
          exchange = ModelExchange(
            incident: incident.id, prompt: prompt, answer: answer, of: evidence)
        } catch let error as WebError {
          outcome.failures.append("\(error)")
          // Who didn't answer in time keeps the report waiting no longer.
          isReachable = error.status != nil
        }
      }
      guard let exchange else { continue }
      exchanges.append(exchange)
      if let fault = exchange.fault { outcome.failures.append("\(incident.id): \(fault)") }
      if Rewording(completion: exchange.answer, of: evidence).paragraph != nil {
        outcome.reworded += 1
      }
    }
    if !exchanges.isEmpty || !known.isEmpty { try file.write(exchanges) }
    if outcome.asked > 0 {
      try AuditLog(store).recordWording(
        of: day, by: wording, asked: outcome.asked, answered: outcome.answered, record: file.path)
    }
    return outcome
  }

  /// - Throws: `WebError`, with a status where it is not 200.
  private func send(_ prompt: String) throws -> String {
    // A byte past the limit shows that there were more.
    let answer = try WebClient.send(
      WebRequest(
        url: wording.endpoint, headers: [("Content-Type", "application/json")],
        body: Array(prompt.utf8),
        limits: WebLimits(
          connectSeconds: min(5, wording.timeoutSeconds), totalSeconds: wording.timeoutSeconds,
          answerByteCount: ModelAnswer.maximumByteCount + 1)))
    guard answer.status == 200 else {
      throw WebError("expected the status 200, found \(answer.status)", status: answer.status)
    }
    return String(decoding: answer.body, as: UTF8.self)
  }
}
