import Events
import Incidents
import Rewording
import StageKit

/// `wording/day=D.jsonl`: what a language model was asked about a day's incidents, and what it answered,
/// as it came.
struct WordingFile {
  let store: Store
  let day: CivilDate

  private var name: String { "day=\(day).jsonl" }
  var path: String { "\(store.wording)/\(name)" }

  /// - Throws: naming the first line that is no exchange.
  func read() throws -> [ModelExchange] {
    guard FileBytes.exists(path) else { return [] }
    return try FileBytes.read(path).split(separator: 0x0A).enumerated().map { index, line in
      do { return try ModelExchange(line: line) } catch {
        throw StageError(
          "\(path):\(index + 1): expected a prompt and its answer as JSON, found something else; "
            + "remove the file and run report reword")
      }
    }
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
    let exchanges = try read()
    var paragraphs: [String: String] = [:]
    for incident in incidents {
      guard let exchange = exchanges.first(where: { $0.incident == incident.id }) else { continue }
      let evidence = TypedEvidence(incident, calendar: calendar)
      paragraphs[incident.id] = Rewording(completion: exchange.answer, of: evidence).paragraph
    }
    return paragraphs
  }
}
