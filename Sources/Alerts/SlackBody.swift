import Events
import Incidents

/// A message as a Slack incoming webhook takes it: Block Kit of at most 50 blocks, 150 characters a
/// header and 3,000 a section, all of it under 10 kB. (docs.slack.dev: "Block Kit", "Formatting
/// message text".)
package enum SlackBody {
  /// A body may take so many bytes.
  static let byteCount = 9_500
  private static let noticesPerMessage = 40

  private struct Body: Encodable {
    struct Text: Encodable {
      // Not mrkdwn: text of a log can't become a link, a mention or bold.
      var type = "plain_text"
      var text: String
      var emoji = false
    }
    struct Block: Encodable {
      var type: String
      var text: Text?
      var elements: [Text]?
    }
    var text: String
    var mrkdwn = false
    var unfurlLinks = false
    var unfurlMedia = false
    var blocks: [Block]
  }

  /// As many incidents as there is room for, and how many there are beside.
  package static func json(_ message: Message, _ text: MessageText) throws -> [UInt8] {
    var shown = min(message.notices.count, noticesPerMessage)
    while true {
      let bytes = try json(message, text, shown: shown)
      if bytes.count <= byteCount || shown <= 1 { return bytes }
      shown -= 1
    }
  }

  private static func json(_ message: Message, _ text: MessageText, shown: Int) throws -> [UInt8] {
    let headline = escaped(text.headline(message), upTo: 150)
    var blocks = [Body.Block(type: "header", text: Body.Text(text: headline))]
    for notice in message.notices.prefix(shown) {
      let lines = text.lines(notice).map { escaped($0, upTo: 400) }
      blocks.append(
        Body.Block(type: "section", text: Body.Text(text: lines.joined(separator: "\n"))))
    }
    let hidden = message.notices.count - shown
    let closing = (hidden > 0 ? "\(hidden) more are in the report. " : "") + text.closing(message)
    blocks.append(
      Body.Block(type: "context", elements: [Body.Text(text: escaped(closing, upTo: 400))]))
    return Array(try JSONText.compact(Body(text: headline, blocks: blocks), snakeCase: true).utf8)
  }

  /// Slack's three control characters as entities, and nothing that reads as a mention.
  private static func escaped(_ text: String, upTo byteCount: Int) -> String {
    PlainLine.of(text, upTo: byteCount) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "@": "@\u{200B}"
      default: String(scalar)
      }
    }
  }
}
