import Foundation
import Testing

@testable import Exchange
@testable import Incidents

private func findings() throws -> [[String: Any]] {
  try Samples.lines(
    OCSFDetectionFinding.lines(Samples.incidents(), siteName: Samples.site)
  ).map(Samples.json)
}

private func incidentFindings() throws -> [[String: Any]] {
  try Samples.lines(OCSFIncidentFinding.lines(Samples.cases(), siteName: Samples.site))
    .map(Samples.json)
}

@Test("detection and incident findings are as the released schema demands")
func schema() throws {
  let schema = try OCSFSchema()
  #expect(schema.version == OCSF.schemaVersion)
  let all = try findings() + incidentFindings()
  #expect(all.count == 6)
  for finding in all { #expect(schema.problems(finding) == []) }
}

@Test(
  "an event that lacks, breaks or adds an attribute is not as the schema demands",
  arguments: [
    ("metadata", nil, "metadata: missing"),
    ("severity_id", "7", "severity_id: 7 is not of the enum"),
    ("severity_id", "\"high\"", "severity_id: no integer_t"), ("colour", "1", "colour: unknown"),
    ("is_alert", "1", "is_alert: no boolean_t"),
    ("resources", "[{}]", "resources.: none of name, uid"),
    ("resources", "{}", "resources: no array"),
    ("evidences", "[{\"name\": \"x\"}]", "evidences.: none of"),
  ])
func schemaIsHeeded(name: String, json: String?, problem: String) throws {
  var finding = try #require(try findings().first)
  finding[name] = try json.map {
    try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
  }
  let problems = try OCSFSchema().problems(finding)
  #expect(problems.count == 1)
  #expect(problems.first?.hasPrefix(problem) ?? false, "\(problems)")
}

@Test("a finding's actual and usual values stand side by side")
func anomalies() throws {
  let finding = try #require(try findings().first)
  let analyses = try #require(finding["anomaly_analyses"] as? [[String: Any]])
  #expect(analyses.count == 1, "findings without values are no analyses")
  func values(_ key: String) throws -> [String] {
    try #require(analyses[0][key] as? [[String: Any]]).map { parameter in
      let observations = try #require(parameter["observations"] as? [[String: Any]])
      return "\(parameter["observation_parameter"] ?? "") \(observations[0]["value"] ?? "")"
    }
  }
  #expect(try values("anomalies") == ["out_external_bytes 2100000000", "days_since_first_seen 0"])
  #expect(try values("baselines") == ["out_external_bytes 40000000"])
}

@Test("only what a person is or was asked about is a finding, and only what is decided an alert")
func asked() throws {
  #expect(try findings().map { $0["is_alert"] as? Bool } == [true, false, true])
  #expect(try findings().map { $0["activity_id"] as? Int } == [1, 2, 1])
}

@Test("peers that are no hosts are no observables")
func observables() throws {
  let finding = try #require(try findings().first)
  let all = try #require(finding["observables"] as? [[String: Any]])
  #expect(
    all.map { "\($0["type_id"] ?? "") \($0["value"] ?? "")" } == [
      "2 10.0.0.7", "1 alice-laptop", "2 8.8.4.4", "1 t.attacker.net", "2 10.0.0.2",
      "2 2620:fe::9", "1 print.office.example.com",
    ])
}

@Test("what people did is in the incident's status, verdict and assignee")
func handled() throws {
  let all = try incidentFindings()
  #expect(all.map { $0["status"] as? String } == ["Closed", "New", "In Progress"])
  #expect(all.map { $0["verdict"] as? String } == ["True Positive", "Unknown", "Unknown"])
  #expect((all[0]["assignee"] as? [String: Any])?["name"] as? String == "Bea \(Samples.hostile)")
  #expect(all[0]["assignee_group"] == nil)
  #expect(all[1]["assignee_group"] != nil)
}

@Test("every technique that a detector may see has a name, and every tactic an id")
func techniques() throws {
  for kind in DetectorKind.known.values {
    for technique in kind.techniques {
      #expect(AttackTechnique.of(technique) != nil, "\(technique)")
    }
    if kind.tactic != "unknown" { #expect(AttackTactic.of(kind.tactic) != nil, "\(kind.tactic)") }
  }
}

@Test("a sub-technique stands beside the technique it is part of")
func subTechniques() throws {
  let sub = try #require(AttackTechnique.of("T1071.004"))
  #expect(sub.parent == AttackTechnique.of("T1071"))
  #expect(try #require(sub.parent).parent == nil)
}
