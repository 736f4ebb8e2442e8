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
  fileprivate func judge(_ kind: EntityKind = .host) throws -> (String) -> String? {
    let evidence = TypedEvidence(told: [finding], of: kind, calendar: CivilCalendar())
    let finding = try #require(evidence.findings.first)
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

@Test("of 25 recorded rewordings at least 18 pass")
func honestRewordings() throws {
  let recorded = try Recorded.all()
  #expect(recorded.count == 25)
  var passed = 0
  for sentence in recorded {
    let scenario = try #require(Scenario.all.first { $0.name == sentence.scenario })
    if try scenario.fault(sentence.text) == nil { passed += 1 }
  }
  #expect(passed >= 18)
}

@Test("no sentence that says something false passes, of over 3,200 in all scenarios")
func falsehoods() throws {
  var made: Set<Falsehood> = []
  for (place, scenario) in Scenario.all.enumerated() {
    let truths =
      try [scenario.template()]
      + scenario.recorded().filter { try scenario.fault($0) == nil }
    let (judge, ofSite) = (try scenario.judge(), try scenario.judge(.site))
    let maker = FalsehoodMaker(scenario, truths: truths, seed: UInt64(place))
    for falsehood in maker.made {
      made.insert(falsehood)
      #expect(
        (falsehood.kind == "host" ? ofSite : judge)(falsehood.text) != nil,
        "\(falsehood.kind) of \(scenario.name): \(falsehood.text)")
    }
  }
  #expect(made.count >= 3200, "\(made.count)")
  let kinds = Dictionary(grouping: made, by: \.kind).mapValues(\.count)
  #expect(kinds.count == 15 && kinds.values.allSatisfy { $0 >= 10 }, "\(kinds)")
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

/// What is wrong with a sentence of the first finding, of some kind of entity, that cites all
/// evidence.
private func fault(_ text: String, of told: [Finding], _ kind: EntityKind) throws -> String? {
  let evidence = TypedEvidence(told: told, of: kind, calendar: CivilCalendar())
  let finding = try #require(evidence.findings.first)
  return SentenceCheck(finding).fault(in: text, citing: Set(finding.items.map(\.id)))
}

@Test("of many hosts, each sentence must say of which it is")
func siteNamesHosts() throws {
  let findings = [Scenario.all[0].finding, Scenario.all[1].finding]
  for text in [
    "HOST_1 sent 2.1 GB to the outside with PEER_1.",
    "Between 02:00 and 03:00, HOST_1 sent 2.1 GB to the outside (usually 40 MB) with PEER_1.",
  ] { #expect(try fault(text, of: findings, .site) == nil, "\(text)") }
  for text in [
    "Sent 2.1 GB to the outside with PEER_1.",
    "This host sent 2.1 GB to the outside with PEER_1.",
    "The host sent 2.1 GB to the outside with PEER_1.",
    "It sent 2.1 GB to the outside with PEER_1. HOST_1 was there.",
    "HOST_1 was there. It sent 2.1 GB to the outside with PEER_1.",
    "Data sent out to an unusual place, with PEER_1. HOST_1 was there.",
  ] { #expect(try fault(text, of: findings, .site) != nil, "\(text)") }
}

@Test(
  "what is of one pair, done by the host, or speaks of something said, is said so or not at all")
func readersFalsehoods() throws {
  for (name, isTrue, text) in [
    ("beacon", false, "Over the day, HOST_1 had 143 conversations."),
    (
      "beacon", false,
      "Over the day, HOST_1 had regular connections with PEER_1. It had 143 conversations."
    ),
    ("beacon", false, "HOST_1 had 143 conversations; there were regular connections with PEER_1."),
    ("beacon", false, "HOST_1 had regular connections with PEER_1; it had 143 conversations."),
    ("beacon", true, "Over the day, HOST_1 had 143 conversations with PEER_1."),
    (
      "beacon", true,
      "HOST_1 had regular connections with PEER_1: 143 conversations; 10 min between conversations."
    ),
    ("ramp", false, "HOST_1 was sent 990 MB, up from the usual 310 MB."),
    ("ramp", false, "HOST_1 was, over 3 days, sent 990 MB."),
    ("ramp", true, "HOST_1 has more from day to day and sent 990 MB, up from the usual 310 MB."),
    ("ramp", false, "HOST_1 had 6 days in a row above the usual."),
    ("ramp", true, "HOST_1 sent 990 MB; it had 6 days in a row above the usual."),
    ("dga", false, "HOST_1 was asked for names as made by an algorithm."),
    ("exfiltration", false, "HOST_1 was sent data to an unusual place."),
    ("exfiltration", true, "HOST_1 sent data to an unusual place."),
    ("exfiltration", false, "HOST_1 sent data to an unusual place; 97.9 % of hosts never met it."),
    (
      "exfiltration", true,
      "HOST_1 sent data to an unusual place with PEER_1; 97.9 % of hosts never met it."
    ),
    ("scan", false, "HOST_1 observed a scan of hosts or ports."),
    ("scan", false, "A scan of hosts or ports with PEER_1: 14 destinations that did."),
    (
      "scan", true, "With PEER_1: 1,398 destinations that did not answer; 14 destinations that did."
    ),
    (
      "rate", false,
      "HOST_1 was asked by 31 different sources and received 3.3 GB from those who asked it."
    ),
    ("timing", true, "HOST_1 was active at an unusual time."),
    ("ids", false, "HOST_1 had 12 alerts of the strangest."),
    ("indicators", false, "HOST_1 had 2 hosts of the site that had to do with it."),
  ] {
    let scenario = try #require(Scenario.all.first { $0.name == name })
    let fault = try scenario.fault(text)
    #expect((fault == nil) == isTrue, "\(text): \(fault ?? "passes")")
  }
}

@Test("the days of a rise are of the first of two measures")
func risingDays() throws {
  let base = try #require(Scenario.all.first { $0.name == "ramp" }).finding
  let second = Incidents.Measure(name: "in_conversations", actual: 5210, typical: 640, spread: nil)
  let finding = Finding(
    kind: base.kind, entity: base.entity, window: base.window, detector: base.detector,
    rawScore: base.rawScore, pValue: base.pValue, floor: base.floor, ceiling: base.ceiling,
    peer: nil, cause: nil, measures: [base.measures[0], second, base.measures[1]])
  let days = "6 days in a row above the usual."
  for lead in ["HOST_1 sent 990 MB; ", "More from day to day: "] {
    #expect(try fault(lead + days, of: [finding], .host) == nil, "\(lead)")
  }
  for lead in [
    "HOST_1 answered 5,210 conversations; ", "990 MB sent; 5,210 conversations answered; ",
  ] {
    #expect(try fault(lead + days, of: [finding], .host) != nil, "\(lead)")
  }
}
