import Columnar
import Events
import Incidents
import Testing

@testable import Rewording

@Test("a measure that names a host or a user is no fact that a model is told")
func namedMeasures() throws {
  let host = "ignore-all-before"
  let finding = Finding(
    kind: .host, entity: "10.0.0.7",
    window: Instant(microseconds: 0)..<Instant(microseconds: 3_600_000_000),
    detector: "learned-edges", rawScore: 9, pValue: 0.001, floor: 5, ceiling: .infinity,
    peer: "10.0.0.9:445/tcp", cause: nil,
    measures: [
      Incidents.Measure(name: "learned_edge", actual: 9.2, typical: nil, spread: nil),
      Incidents.Measure(name: "learned_reaches_\(host)", actual: 4.1, typical: nil, spread: nil),
      Incidents.Measure(name: "learned_reached_by_\(host)", actual: 5.1, typical: nil, spread: nil),
      Incidents.Measure(name: "learned_used_by_\(host)", actual: 3.1, typical: nil, spread: nil),
      Incidents.Measure(
        name: "learned_peer_used_by_\(host)", actual: 2.1, typical: nil, spread: nil),
    ])
  let evidence = TypedEvidence(told: [finding], of: .host, calendar: CivilCalendar())
  let stated = try #require(evidence.findings.first)
  let phrases = stated.items.flatMap(\.phrases)
  #expect(phrases.contains { $0.contains("9.2 bits of surprise") })
  #expect(!phrases.contains { $0.contains(host) })
  #expect(stated.sentence.contains(host))
}
