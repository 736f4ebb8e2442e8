import Events
import Incidents

/// What a model is asked: a request for `/v1/chat/completions`, whose answer must follow a JSON
/// schema.
package struct RewordingPrompt: Sendable {
  /// Tokens that an answer may take for each finding.
  private static let tokensOfFinding = 800

  /// The body of the request: JSON, the same bytes for the same evidence and model.
  package let body: String

  package init(_ evidence: TypedEvidence, model: String) throws {
    let schema = try RewordingPrompt.schema(evidence)
    let user = try RewordingPrompt.json(Question(evidence))
    body = """
      {"model":\(try RewordingPrompt.json(model)),"temperature":0,"seed":1,"stream":false,\
      "max_tokens":\(evidence.findings.count * RewordingPrompt.tokensOfFinding),"messages":[\
      {"role":"system","content":\(try RewordingPrompt.json(RewordingPrompt.task))},\
      {"role":"user","content":\(try RewordingPrompt.json(user))}],\
      "response_format":{"type":"json_schema","json_schema":\
      {"name":"sentences","strict":true,"schema":\(schema)}}}
      """
  }

  static let task = """
    You reword findings about a small firm's network traffic in plain English. For each finding write \
    one sentence or two as "text". Build it from the phrases under "say": of an item take one phrase, \
    copy it letter by letter, and use no item twice. Items may be left out. Between phrases use only \
    these words: \(PlainWords.linking.joined(separator: ", ")). Say a "usual" item right after the \
    item that it belongs to, and put a semicolon or a full stop after it. Say an item with "follows" \
    only after one of these, in the same sentence. Say the items in "name" in each sentence with a \
    value, before it. HOST_1, PEER_1 and the like \
    stand for names: copy them. List in "cites" the id of each item that you used. Add nothing: no \
    advice, no cause, no judgement.
    """

  private struct Question: Encodable {
    struct Finding: Encodable {
      let finding: String
      let name: [String]
      let items: [Item]
    }
    struct Item: Encodable {
      let id, role: String
      let belongsTo: String?
      let follows: [String]?
      let say: [String]
    }
    let findings: [Finding]

    init(_ evidence: TypedEvidence) {
      findings = evidence.findings.map { finding in
        Finding(
          finding: finding.id,
          name: finding.items.filter {
            $0.role == .host && finding.namesHost || $0.role == .peer && finding.namesPeer
          }.map(\.id),
          items: finding.items.map {
            Item(
              id: $0.id, role: $0.role.rawValue, belongsTo: $0.belongsTo,
              follows: $0.follows.isEmpty ? nil : $0.follows,
              say: Array($0.phrases.prefix(5)))
          })
      }
    }
  }

  private static func schema(_ evidence: TypedEvidence) throws -> String {
    let findings = try json(evidence.findings.map(\.id))
    let ids = evidence.findings.flatMap(\.items).map(\.id)
    let items = try json(ids)
    let maximum = evidence.findings.count * ModelAnswer.maximumSentencesOfFinding
    return """
      {"type":"object","additionalProperties":false,"required":["sentences"],"properties":\
      {"sentences":{"type":"array","minItems":1,"maxItems":\(maximum),"items":\
      {"type":"object","additionalProperties":false,"required":["finding","text","cites"],\
      "properties":{"finding":{"type":"string","enum":\(findings)},\
      "text":{"type":"string","maxLength":\(SentenceCheck.maximumCharacterCount)},\
      "cites":{"type":"array","maxItems":\(ids.count),"items":{"type":"string","enum":\(items)}}}}}}}
      """
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(try JSONText.line(value, snakeCase: true).dropLast())
  }
}
