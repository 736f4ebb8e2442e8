import Incidents
import Testing

@testable import Rewording

/// The template's words with names as the model sees them.
private func template(_ scenario: Scenario) throws -> String {
  var text = try scenario.stated().sentence
  for (token, name) in scenario.evidence.names.sorted(by: { $0.key < $1.key }) {
    text = text.replacing(", with \(name):", with: ", with \(token):")
      .replacing(", mostly by \(name):", with: ", mostly by \(token):")
  }
  return text
}

@Test("the template's own sentence passes, of every scenario", arguments: Scenario.all)
func templatePasses(scenario: Scenario) throws {
  let finding = try scenario.stated()
  let fault = SentenceCheck(finding).fault(
    in: try template(scenario), citing: Set(finding.items.map(\.id)))
  #expect(fault == nil, "\(scenario.name): \(fault ?? "")")
}
