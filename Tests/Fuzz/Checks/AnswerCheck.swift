import Columnar
import Events
import Incidents
import Rewording

/// Takes bytes for what a language model answered: nothing of it is shown with a number or a name
/// that the evidence has not.
///
/// After an `s` comes a sentence, which is put into an answer that cites all there is; else the
/// bytes are the answer.
enum AnswerCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    guard let first = input.first else { return nil }
    let text = String(decoding: input.dropFirst(), as: UTF8.self)
    let completion =
      first == UInt8(ascii: "s")
      ? try Completion(evidence.findings.map { Sentence($0, text) }).text
      : String(decoding: input, as: UTF8.self)
    let rewording = Rewording(completion: completion, of: evidence)
    let again = Rewording(completion: completion, of: evidence)
    guard rewording.verdicts == again.verdicts, rewording.paragraph == again.paragraph,
      rewording.fault == again.fault
    else { return "judged twice, another verdict" }
    for verdict in rewording.verdicts where verdict.fault == nil {
      let stated = evidence.findings.filter { $0.id == verdict.finding }
        .flatMap(\.items).flatMap(\.phrases).joined(separator: " ")
      let known = Set(numbers(in: stated))
      if let stranger = numbers(in: verdict.text).first(where: { !known.contains($0) }) {
        return "\(stranger) is shown, which the evidence has not: \(verdict.text)"
      }
    }
    return nil
  }

  /// Runs of digits with the points between them.
  private static func numbers(in text: String) -> [Substring] {
    text.unicodeScalars.split { !("0"..."9").contains($0) && $0 != "." }
      .map { Substring($0) }.map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
      .filter { !$0.isEmpty && $0 != "." }
  }

  private struct Sentence: Encodable {
    let finding: String
    let text: String
    let cites: [String]

    init(_ finding: StatedFinding, _ text: String) {
      (self.finding, self.text, cites) = (finding.id, text, finding.items.map(\.id))
    }
  }

  /// An endpoint's answer that holds sentences.
  private struct Completion: Encodable {
    struct Choice: Encodable {
      let message: [String: String]
    }
    let choices: [Choice]

    init(_ sentences: [Sentence]) throws {
      let content = try JSONText.compact(["sentences": sentences])
      choices = [Choice(message: ["content": content])]
    }

    var text: String { get throws { try JSONText.compact(self) } }
  }

  static let evidence: TypedEvidence = {
    func finding(_ detector: String, peer: String?, _ measures: [Incidents.Measure]) -> Finding {
      let start = Instant(microseconds: 1_774_396_800_000_000)
      return Finding(
        kind: .host, entity: "10.0.0.7",
        window: start..<start.advanced(byMicroseconds: 3_600_000_000),
        detector: detector, rawScore: 9.4, pValue: 2e-5, floor: 3, ceiling: .infinity, peer: peer,
        measures: measures)
    }
    return TypedEvidence(
      told: [
        finding(
          "exfiltration", peer: "203.0.113.7:443/tcp",
          [
            Incidents.Measure(
              name: "out_external_bytes", actual: 2.1e9, typical: 4e7, spread: 1.2e7),
            Incidents.Measure(name: "out_external_destinations", actual: 14, typical: 9, spread: 2),
          ]),
        finding("scan", peer: nil, [Incidents.Measure(name: "scanned_hosts", actual: 253)]),
      ], of: .host, calendar: CivilCalendar())
  }()
}
