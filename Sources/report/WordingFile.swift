import Events
import Incidents
import Rewording
import StageKit

/// `wording/day=D.jsonl`: what a language model was asked about a day's incidents, and what it
/// answered, as it came.
struct WordingFile {
  let store: Store
  let day: CivilDate

  private var name: String { "day=\(day).jsonl" }
  var path: String { "\(store.wording)/\(name)" }

  struct Content {
    var answers: [KeptAnswer] = []
    /// The lines that are no exchange, from 1: they give no words.
    var strangeLines: [Int] = []
  }

  func read() throws -> Content {
    var content = Content()
    guard FileBytes.exists(path) else { return content }
    for (index, line) in try FileBytes.read(path).split(separator: 0x0A).enumerated() {
      do { content.answers.append(try KeptAnswer(line: line)) } catch {
        content.strangeLines.append(index + 1)
      }
    }
    return content
  }

  /// Why some of the words may be missing; nil where the whole file can be read.
  func remark() throws -> String? {
    guard let line = try read().strangeLines.first else { return nil }
    return "\(path):\(line): expected a prompt and its answer as JSON, found something else; "
      + "run report reword to ask again"
  }

  func write(_ exchanges: [ModelExchange]) throws {
    let text = try exchanges.map { try $0.line() }.joined()
    try store.replaceFile(name, in: store.wording, with: Array(text.utf8))
  }

  /// The file as an input of the report; none where no model was asked.
  func input() throws -> [Manifest.Input] {
    guard FileBytes.exists(path) else { return [] }
    return [
      Manifest.Input(
        name: store.relative(path), byteCount: try FileBytes.size(of: path),
        sha256: try ContentHasher.hash(file: path))
    ]
  }

  /// Explanations in other words by incident, of those that say nothing but what the evidence says:
  /// the answers are checked here, whatever the file says of them.
  func paragraphs(of incidents: [Incident], calendar: CivilCalendar) throws -> [String: String] {
    let answers = try read().answers
    var paragraphs: [String: String] = [:]
    for incident in incidents {
      guard let kept = answers.first(where: { $0.incident == incident.id }) else { continue }
      let evidence = TypedEvidence(incident, calendar: calendar)
      paragraphs[incident.id] = Rewording(completion: kept.answer, of: evidence).paragraph
    }
    return paragraphs
  }
}
