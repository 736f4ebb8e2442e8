import Events
import FoundationEssentials
import Incidents

/// A message as the WhatsApp Cloud API takes it: a template's name and four texts for its body: the
/// incident's id, its severity, its host, and a line. Nothing that a log states goes in but the
/// host's name. (developers.facebook.com: "Cloud API, template messages".)
package enum WhatsAppBody {
  private struct Body: Encodable {
    struct Template: Encodable {
      struct Language: Encodable { var code: String }
      struct Component: Encodable {
        var type = "body"
        var parameters: [Parameter]
      }
      struct Parameter: Encodable {
        var type = "text"
        var text: String
      }
      var name: String
      var language: Language
      var components: [Component]
    }
    var messagingProduct = "whatsapp"
    var recipientType = "individual"
    var to: String
    var type = "template"
    var template: Template
  }

  package static func json(
    _ message: Message, to: String, template: String, language: String
  ) throws -> [UInt8] {
    guard let notice = message.notices.first else { return [] }
    let days = notice.sightings == 1 ? "" : ", seen on \(notice.sightings) days"
    let others = message.notices.count - 1
    let more = others == 0 ? "" : "; and \(others) more of \(message.day)"
    let texts = [
      notice.incident, notice.severity.description, notice.hostname ?? notice.entity,
      "\(notice.headline)\(days); advice: \(notice.advice)\(more)",
    ]
    // An empty text is refused, and so is one with line ends or runs of spaces.
    let parameters = texts.map { text in
      let line = PlainLine.of(text, upTo: 200)
      return Body.Template.Parameter(text: line.isEmpty ? "-" : line)
    }
    let body = Body(
      to: to,
      template: .init(
        name: template, language: .init(code: language),
        components: [.init(parameters: parameters)]))
    return Array(try JSONText.compact(body, snakeCase: true).utf8)
  }

  /// Codes of errors that the API answers with status 400, though a later try may do: calls,
  /// messages or messages to one receiver came too fast.
  private static let passing: Set<Int> = [4, 80007, 130429, 131048, 131056]

  package static func isPassing(_ answer: [UInt8]) -> Bool {
    struct Answer: Decodable {
      struct Problem: Decodable { var code: Int }
      var error: Problem
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(answer)) else {
      return false
    }
    return passing.contains(answer.error.code)
  }
}
