import Events
import Foundation
import Incidents
import Testing

@testable import Rewording

/// A sentence as a model would write it, recorded with the scenario that it is of.
private struct Recorded: Decodable {
  let scenario, text: String

  static func all() throws -> [Recorded] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/rewordings.json")
    return try JSONDecoder().decode([Recorded].self, from: Data(contentsOf: file))
  }
}

extension Scenario {
  /// The template's words, with names as the model sees them.
  fileprivate func template() throws -> String {
    var text = try stated().sentence
    for (token, name) in evidence.names.sorted(by: { $0.key < $1.key }) {
      text = text.replacing(", with \(name):", with: ", with \(token):")
        .replacing(", mostly by \(name):", with: ", mostly by \(token):")
    }
    return text
  }

  /// What is wrong with a sentence that cites all evidence.
  fileprivate func fault(_ text: String) throws -> String? { try judge()(text) }

  /// The same for many sentences.
  fileprivate func judge() throws -> (String) -> String? {
    let finding = try stated()
    let (check, ids) = (SentenceCheck(finding), Set(finding.items.map(\.id)))
    return { check.fault(in: $0, citing: ids) }
  }

  fileprivate func recorded() throws -> [String] {
    try Recorded.all().filter { $0.scenario == name }.map(\.text)
  }
}

@Test("the template's own sentence passes, of every scenario", arguments: Scenario.all)
func templatePasses(scenario: Scenario) throws {
  let fault = try scenario.fault(try scenario.template())
  #expect(fault == nil, "\(scenario.name): \(fault ?? "")")
}

@Test("of 36 recorded rewordings at least 30 pass")
func honestRewordings() throws {
  let recorded = try Recorded.all()
  #expect(recorded.count == 36)
  var passed = 0
  for sentence in recorded {
    let scenario = try #require(Scenario.all.first { $0.name == sentence.scenario })
    if try scenario.fault(sentence.text) == nil { passed += 1 }
  }
  #expect(passed >= 30)
}

@Test("no sentence that says something false passes, of over 2,400 in all scenarios")
func falsehoods() throws {
  var made: Set<Falsehood> = []
  for (place, scenario) in Scenario.all.enumerated() {
    let truths =
      try [scenario.template()]
      + scenario.recorded().filter { try scenario.fault($0) == nil }
    let judge = try scenario.judge()
    let maker = FalsehoodMaker(scenario, truths: truths, seed: UInt64(place))
    for falsehood in maker.made {
      made.insert(falsehood)
      #expect(
        judge(falsehood.text) != nil, "\(falsehood.kind) of \(scenario.name): \(falsehood.text)")
    }
  }
  #expect(made.count >= 2400, "\(made.count)")
  let kinds = Dictionary(grouping: made, by: \.kind).mapValues(\.count)
  #expect(kinds.count == 11 && kinds.values.allSatisfy { $0 >= 10 }, "\(kinds)")
}

@Test("a sentence of one finding is none of another", arguments: Scenario.all)
func otherFindings(scenario: Scenario) throws {
  for other in Scenario.all where other.name != scenario.name {
    #expect(try scenario.fault(try other.template()) != nil, "\(other.name) in \(scenario.name)")
  }
}

@Test("a sentence must cite what it says, and nothing else than its finding's evidence")
func citations() throws {
  let scenario = Scenario.all[0]
  let finding = try scenario.stated()
  let check = SentenceCheck(finding)
  let ids = Set(finding.items.map(\.id))
  for id in ids {
    // The template names no host.
    let isSaid = finding.items.contains { $0.id == id && $0.role != .host }
    let fault = check.fault(in: try scenario.template(), citing: ids.subtracting([id]))
    #expect((fault != nil) == isSaid, "\(id)")
  }
  #expect(check.fault(in: try scenario.template(), citing: ids.union(["e99"])) != nil)
  #expect(check.fault(in: "", citing: ids) != nil)
  #expect(check.fault(in: "HOST_1 was there.", citing: ids) != nil)
  let long = String(repeating: "it ", count: 300) + "sent 2.1 GB to the outside"
  #expect(check.fault(in: long, citing: ids) != nil)
}

@Test("of many hosts, each sentence must say of which it is")
func siteNamesHosts() throws {
  let findings = [Scenario.all[0].finding, Scenario.all[1].finding]
  let evidence = TypedEvidence(told: findings, of: .site, calendar: CivilCalendar())
  let finding = evidence.findings[0]
  let ids = Set(finding.items.map(\.id))
  func fault(_ text: String) -> String? { SentenceCheck(finding).fault(in: text, citing: ids) }
  #expect(fault("HOST_1 sent 2.1 GB to the outside.") == nil)
  for text in [
    "Sent 2.1 GB to the outside.", "This host sent 2.1 GB to the outside.",
    "The host sent 2.1 GB to the outside.",
  ] { #expect(fault(text) != nil, "\(text)") }
}
