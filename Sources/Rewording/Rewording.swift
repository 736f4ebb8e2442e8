/// What is left of a model's answer beside the evidence.
package struct Rewording: Sendable {
  /// What was made of one sentence of the model's.
  package struct Verdict: Encodable, Sendable, Equatable {
    package let finding: String
    package let text: String
    package let cites: [String]
    /// Why it is not shown; nil where it is.
    package let fault: String?

    init(_ sentence: ModelAnswer.Sentence, fault: String?) {
      (finding, text, cites) = (sentence.finding, sentence.text, sentence.cites)
      self.fault = fault
    }
  }

  /// Why nothing could be read from the answer; nil where it was.
  package let fault: String?
  package let verdicts: [Verdict]
  /// The explanation in other words: of each finding the model's sentences where all of them say
  /// what the evidence says, else the template's. Nil where nothing is the model's.
  package let paragraph: String?

  /// Depends on nothing but the two, so it can be done again at any time.
  /// - Parameter completion: the body of an endpoint's answer.
  package init(completion: String, of evidence: TypedEvidence) {
    do {
      let text = try ModelAnswer.text(ofCompletion: Array(completion.utf8))
      self.init(try ModelAnswer(text: text), of: evidence)
    } catch {
      self.init(fault: "\(error)", verdicts: [], paragraph: nil)
    }
  }

  private init(fault: String?, verdicts: [Verdict], paragraph: String?) {
    (self.fault, self.verdicts, self.paragraph) = (fault, verdicts, paragraph)
  }

  init(_ answer: ModelAnswer, of evidence: TypedEvidence) {
    var verdicts: [Verdict] = []
    var texts: [String] = []
    var hasOwnWords = false
    let limit = ModelAnswer.maximumSentencesOfFinding
    for finding in evidence.findings {
      let check = SentenceCheck(finding)
      let given = answer.sentences.filter { $0.finding == finding.id }
      let judged = given.enumerated().map { index, sentence in
        Verdict(
          sentence,
          fault: index < limit
            ? check.fault(in: sentence.text, citing: Set(sentence.cites))
            : "more than \(limit) sentences of one finding")
      }
      verdicts += judged
      if !judged.isEmpty, judged.allSatisfy({ $0.fault == nil }) {
        hasOwnWords = true
        texts += given.map { Rewording.sentence($0.text, evidence.names) }
      } else {
        texts.append(finding.sentence)
      }
    }
    let known = Set(evidence.findings.map(\.id))
    verdicts += answer.sentences.filter { !known.contains($0.finding) }.map {
      Verdict($0, fault: "is of no finding here")
    }
    self.init(
      fault: nil, verdicts: verdicts,
      paragraph: hasOwnWords ? texts.joined(separator: " ") : nil)
  }

  private static func sentence(_ text: String, _ names: [String: String]) -> String {
    let whole = Word.text(text, puttingBack: names)
    return whole.hasSuffix(".") ? whole : whole + "."
  }
}
