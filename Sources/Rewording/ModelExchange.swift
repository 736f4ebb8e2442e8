import Events
import FoundationEssentials
import Incidents

/// What a model was asked about an incident, and what it answered: a line of a day's record.
package struct ModelExchange: Encodable, Sendable, Equatable {
  package let incident: String
  /// The body of the request, which names the model.
  package let prompt: String
  /// The body of the answer, as it came.
  package let answer: String
  /// What was made of the answer, for people who read the record. No program reads it: an answer is
  /// checked anew each time it is used.
  package let fault: String?
  package let verdicts: [Rewording.Verdict]

  package init(incident: String, prompt: String, answer: String, of evidence: TypedEvidence) {
    self.incident = incident
    self.prompt = prompt
    self.answer = answer
    let rewording = Rewording(completion: answer, of: evidence)
    (fault, verdicts) = (rewording.fault, rewording.verdicts)
  }

  /// The same bytes for the same exchange.
  package func line() throws -> String { try JSONText.line(self) }

  /// The exchange that was kept, judged anew.
  package init(_ kept: KeptAnswer, of evidence: TypedEvidence) {
    self.init(incident: kept.incident, prompt: kept.prompt, answer: kept.answer, of: evidence)
  }
}

/// What programs read of a line of a day's record.
package struct KeptAnswer: Decodable, Sendable, Equatable {
  package let incident: String
  package let prompt: String
  package let answer: String

  /// - Throws: where a line is no exchange.
  package init(line: some Sequence<UInt8>) throws {
    self = try JSONDecoder().decode(KeptAnswer.self, from: Data(line))
  }
}
