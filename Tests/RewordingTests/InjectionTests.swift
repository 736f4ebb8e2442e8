import Events
import Foundation
import Incidents
import Rendering
import Testing

@testable import Rewording

/// Texts that an attacker may put into domains, server names, user agents and user names.
private func hostileTexts() throws -> [String] {
  let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/hostile.json")
  return try JSONDecoder().decode([String].self, from: Data(contentsOf: file))
}

/// A finding in which a text is the host, the peer or the cause.
private enum Place: CaseIterable {
  case host, peer, cause

  func evidence(_ text: String, of kind: EntityKind = .host) -> TypedEvidence {
    let base = Scenario.all[0].finding
    let finding = Finding(
      kind: base.kind, entity: self == .host ? text : base.entity, window: base.window,
      detector: base.detector, rawScore: base.rawScore, pValue: base.pValue, floor: base.floor,
      ceiling: base.ceiling, peer: self == .peer ? text : nil, cause: self == .cause ? text : nil,
      measures: base.measures)
    return TypedEvidence(told: [finding], of: kind, calendar: CivilCalendar())
  }
}

/// A completion with one sentence of the first finding, which cites all.
func completion(_ text: String, of evidence: TypedEvidence) throws -> String {
  let cites = evidence.findings[0].items.map(\.id)
  let sentence: [String: Any] = ["finding": "f1", "text": text, "cites": cites]
  let content = try JSONSerialization.data(withJSONObject: ["sentences": [sentence]])
  let choice: [String: Any] = [
    "finish_reason": "stop",
    "message": ["role": "assistant", "content": String(decoding: content, as: UTF8.self)],
  ]
  let body = try JSONSerialization.data(withJSONObject: ["choices": [choice]])
  return String(decoding: body, as: UTF8.self)
}

@Test("whatever a log states, a model is asked the same", arguments: Place.allCases)
private func promptsAreTheSame(place: Place) throws {
  let texts = try hostileTexts()
  #expect(texts.count >= 50)
  for kind in EntityKind.allCases {
    let usual = try RewordingPrompt(place.evidence("plain.example", of: kind), model: "m").body
    for text in texts {
      let asked = try RewordingPrompt(place.evidence(text, of: kind), model: "m").body
      #expect(asked == usual, "\(text)")
    }
  }
}

@Test("what a log states is put back as it is, once, and is text in page and markdown")
private func namesArePutBack() throws {
  for text in try hostileTexts() {
    let evidence = Place.peer.evidence(text)
    let answer = try completion("HOST_1 sent data to an unusual place with PEER_1.", of: evidence)
    let paragraph = try #require(Rewording(completion: answer, of: evidence).paragraph)
    #expect(paragraph == "10.0.0.7 sent data to an unusual place with \(text).")
    let page = ("<p>\(paragraph)</p>" as HTML).source.dropFirst(3).dropLast(4)
    #expect(!page.contains { "<>\"'".contains($0) }, "\(page)")
    let markdown = Markdown.escaped(paragraph)
    #expect(!markdown.contains { "<>\n\r".contains($0) }, "\(markdown)")
    // Markdown has zero-width spaces of its own, which keep names from becoming links.
    for output in [String(page), markdown.replacing("\u{200B}", with: "")] {
      #expect(!output.unicodeScalars.contains(where: PlainText.isDangerous), "\(text)")
    }
  }
}

@Test("a model that repeats what a log states, or tells it of another, is not believed")
private func hostileAnswers() throws {
  let evidence = Scenario.all[0].evidence
  // What reads like one of the sentence's own phrases says nothing false.
  let harmless = ["HOST_1", "PEER_1", "this host", "the host", " ", ".", "–", "usually 40 MB"]
  for text in try hostileTexts() where !harmless.contains(text) {
    for sentence in [
      text, "\(text) sent 2.1 GB to the outside.", "HOST_1 sent 2.1 GB to the outside. \(text)",
      "HOST_1 sent data to an unusual place with \(text).",
    ] {
      let rewording = Rewording(completion: try completion(sentence, of: evidence), of: evidence)
      #expect(rewording.paragraph == nil, "\(sentence)")
      #expect(rewording.verdicts.allSatisfy { $0.fault != nil }, "\(sentence)")
    }
  }
}
