import Events
import Foundation
import Incidents
import Testing

@testable import Rewording

private let evidence = Scenario.all[0].evidence
private let honest = "HOST_1 sent 2.1 GB to the outside with PEER_1."

@Test("an answer that is no completion gives a reason, and no words")
func garbage() throws {
  let whole = try completion(honest, of: evidence)
  var answers = [
    "", "null", "[]", "{}", "Sure! Here you go.", "<html>502 Bad Gateway</html>", "\u{FFFD}\u{0}",
    #"{"choices":[]}"#, #"{"choices":[{"message":{}}]}"#,
    #"{"choices":[{"message":{"content":null}}]}"#, #"{"error":{"message":"no such model"}}"#,
    #"{"choices":[{"message":{"content":"It sent 2.1 GB."}}]}"#,
    #"{"choices":[{"message":{"content":"{\"sentences\":{}}"}}]}"#,
    #"{"choices":[{"message":{"content":"{\"sentences\":[{\"finding\":1}]}"}}]}"#,
    whole.replacing("\"stop\"", with: "\"length\""), whole + whole, whole + "x",
    String(repeating: "[", count: 60_000), String(repeating: "x", count: 70_000),
    whole + String(repeating: " ", count: ModelAnswer.maximumByteCount),
  ]
  answers += stride(from: 0, to: whole.count, by: 7).map { String(whole.prefix($0)) }
  for answer in answers {
    let rewording = Rewording(completion: answer, of: evidence)
    #expect(rewording.paragraph == nil && rewording.verdicts.isEmpty, "\(answer.prefix(80))")
    #expect(rewording.fault?.isEmpty == false, "\(answer.prefix(80))")
  }
  #expect(Rewording(completion: whole, of: evidence).fault == nil)
}

@Test("a finding with one false sentence has the template's, and the others keep theirs")
func fallsBack() throws {
  let findings = [Scenario.all[0].finding, Scenario.all[1].finding]
  let evidence = TypedEvidence(told: findings, of: .host, calendar: CivilCalendar())
  func sentence(_ place: Int, _ text: String) -> ModelAnswer.Sentence {
    let finding = evidence.findings[place]
    return .init(finding: finding.id, text: text, cites: finding.items.map(\.id))
  }
  func rewording(_ sentences: [ModelAnswer.Sentence]) -> Rewording {
    Rewording(ModelAnswer(sentences: sentences), of: evidence)
  }
  let scan = sentence(1, "HOST_1 scanned hosts or ports")
  let lie = sentence(1, "HOST_1 scanned 9 hosts.")
  let template = evidence.findings[0].sentence
  #expect(rewording([scan]).paragraph == "\(template) 10.0.0.7 scanned hosts or ports.")
  #expect(rewording([scan, lie]).paragraph == nil)
  #expect(rewording([scan, lie]).verdicts.map { $0.fault == nil } == [true, false])
  #expect(rewording([]).paragraph == nil)
  #expect(rewording([scan, scan, scan, scan]).paragraph == nil, "more than three")
  let stranger = ModelAnswer.Sentence(finding: "f9", text: "HOST_1 scanned hosts.", cites: [])
  #expect(rewording([scan, stranger]).paragraph == rewording([scan]).paragraph)
  #expect(rewording([scan, stranger]).verdicts.last?.fault == "is of no finding here")
  let borrowed = ModelAnswer.Sentence(
    finding: "f1", text: scan.text, cites: evidence.findings[1].items.map(\.id))
  #expect(rewording([borrowed]).paragraph == nil)
}

@Test("an exchange is a line that reads back, and what it says of itself is not believed")
func exchanges() throws {
  let answer = try completion("HOST_1 was isolated.", of: evidence)
  let exchange = ModelExchange(incident: "i", prompt: "p\n\u{2028}", answer: answer, of: evidence)
  #expect(exchange.verdicts.count == 1 && exchange.verdicts[0].fault != nil)
  let line = try exchange.line()
  #expect(line.utf8.firstIndex(of: 0x0A) == line.utf8.indices.last)
  let kept = try KeptAnswer(line: line.utf8)
  #expect(ModelExchange(kept, of: evidence) == exchange)
  let fault = try #require(exchange.verdicts[0].fault)
  let escaped = String(
    decoding: try JSONEncoder().encode(fault), as: UTF8.self)
  let forged = line.replacing("\"fault\":\(escaped),", with: "")
  #expect(forged != line)
  #expect(try KeptAnswer(line: forged.utf8) == kept)
  #expect(Rewording(completion: kept.answer, of: evidence).paragraph == nil)
  #expect(throws: (any Error).self) { try KeptAnswer(line: "{}".utf8) }
}

@Test("a request is JSON with a schema, a seed and no chance, the same each time")
func prompt() throws {
  let body = try RewordingPrompt(evidence, model: "a \"model\"").body
  #expect(try RewordingPrompt(evidence, model: "a \"model\"").body == body)
  let object = try #require(
    try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
  #expect(object["model"] as? String == "a \"model\"")
  #expect(object["temperature"] as? Int == 0 && object["seed"] as? Int == 1)
  #expect(object["stream"] as? Bool == false)
  let format = try #require(object["response_format"] as? [String: Any])
  #expect(format["type"] as? String == "json_schema")
  for name in ["10.0.0.7", "203.0.113.7"] { #expect(!body.contains(name)) }
  let phrases = evidence.findings[0].items.compactMap(\.phrases.first)
  #expect(phrases.allSatisfy(body.contains))
}
