import Columnar
import Events
import Foundation
import Registry
import StageKit
import Testing

@testable import Exchange
@testable import Incidents

/// Incidents of one day, with strings as an attacker would have them in logs.
enum Samples {
  static let hostile = "evil\"\\\n</script>\u{2028}\u{1B}[31m{{7*7}}"
  static let site = "Example \"& Co\""

  static func day(_ text: String = "2026-03-29") throws -> CivilDate {
    try #require(CivilDate(text))
  }

  static func hour(_ hour: Int) throws -> Instant {
    try #require(Instant(utc: "2026-03-29T\(hour < 10 ? "0" : "")\(hour):00:00Z"))
  }

  static func finding(
    _ entity: String, _ detector: String, kind: EntityKind = .host, peer: String? = nil,
    ceiling: Double = 20, measures: [Incidents.Measure] = []
  ) throws -> Finding {
    Finding(
      kind: kind, entity: entity, window: try hour(2)..<hour(3), detector: detector, rawScore: 7.5,
      pValue: 0.0001, floor: 3, ceiling: ceiling, peer: peer, measures: measures)
  }

  static func incident(
    _ id: Int, _ entity: String, kind: EntityKind = .host, decision: Decision = .decide,
    hostname: String? = nil, reason: String = "below the line", status: Incident.Status = .new,
    severity: Severity = .high, findings: [Finding], title: String
  ) throws -> ReportedIncident {
    var detectors: [String] = []
    for finding in findings where !detectors.contains(finding.detector) {
      detectors.append(finding.detector)
    }
    let kinds = detectors.map { DetectorKind.of($0) }
    return ReportedIncident(
      id: "0000000\(id)-0000-5000-8000-000000000000", day: try day(), rank: id,
      decision: decision, reason: reason, status: status, severity: severity, confidence: 0.75,
      pValue: 0.0001, kind: kind, entity: entity, hostname: hostname,
      peers: findings.compactMap(\.peer), firstSeen: try hour(2), lastSeen: try hour(3),
      sightings: 2, leadingDetector: detectors.first ?? "", detectors: detectors,
      techniques: Set(kinds.flatMap(\.techniques)).sorted(),
      tactics: Set(kinds.map(\.tactic)).subtracting(["unknown"]).sorted(),
      recommendation: .isolate, recommendationReasons: ["high severity"], title: title,
      explanation: "It spoke with \(findings.first?.peer ?? "nobody") as \(hostile).", rule: nil)
  }

  static func incidents() throws -> [ExportedIncident] {
    let outOfOffice = try [
      finding(
        "10.0.0.7", "exfiltration", peer: "8.8.4.4:443/tcp",
        measures: [
          Incidents.Measure(
            name: "out_external_bytes", contribution: 5, actual: 2_100_000_000,
            typical: 40_000_000, spread: 1_500_000.5),
          Incidents.Measure(name: "days_since_first_seen", actual: 0),
        ]),
      finding("10.0.0.7", "dns-tunnel", peer: "t.attacker.net"),
      finding("10.0.0.7", "edges", peer: "10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp"),
      finding("10.0.0.7", "auth", peer: "alice@files.office.example.com"),
      finding("10.0.0.7", "ids", peer: "ET POLICY evil.com \(hostile)"),
      finding("10.0.0.7", "tls", peer: "[2620:fe::9]:443/tcp"),
      finding("10.0.0.7", "destinations", peer: "print.office.example.com:9100/tcp"),
    ]
    let named = [
      try finding(
        "laptop-7", "forest", ceiling: .infinity,
        measures: [Incidents.Measure(name: "x", actual: .nan)])
    ]
    let outside = [try finding("internet", "requests", kind: .internet, peer: "10.0.0.80:80/tcp")]
    let watched = [try finding("10.0.0.8", "timing")]
    return try [
      ExportedIncident(
        incident(
          1, "10.0.0.7", hostname: "alice-laptop", findings: outOfOffice,
          title: "Data sent out: 10.0.0.7 \(hostile)"), findings: outOfOffice),
      ExportedIncident(
        incident(
          2, "laptop-7", decision: .sighting, status: .recurring, severity: .info,
          findings: named, title: "Unlike its own and its peers' hours: laptop-7"),
        findings: named),
      ExportedIncident(
        incident(
          3, "internet", kind: .internet, severity: .critical, findings: outside,
          title: "Asked on the web for what nobody asked it before: internet"),
        findings: outside),
      ExportedIncident(
        incident(
          4, "10.0.0.8", decision: .watch, findings: watched, title: "Active at an unusual time"),
        findings: watched),
    ]
  }

  static func redaction(includesInternal: Bool = false, secret: UInt64 = 7) throws -> Redaction {
    Redaction(
      includesInternal: includesInternal,
      networks: SiteNetworks([try #require(Network("10.0.0.0/8"))]),
      hosts: ["10.0.0.7", "alice-laptop", "files.office.example.com", "laptop-7"], secret: secret)
  }

  static func cases() throws -> [Case] {
    let reported = try incidents().map(\.incident)
    let at = try hour(8)
    let subject = RegistryEvent.Subject(
      incident: reported[0].id, entityKind: .host, entity: "10.0.0.7", firstDay: try day(),
      lastDay: try day())
    let acts: [RegistryEvent.Act] = [
      .assign(incident: reported[0].id, to: "Bea \(hostile)"),
      .label(subject: subject, verdict: .truePositive, reason: "seen"),
      .close(incident: reported[0].id, cause: "a lost laptop", lesson: "encrypt disks"),
      .acknowledge(incident: reported[2].id),
    ]
    let events = acts.map { RegistryEvent(at: at, actor: "bea", act: $0) }
    return Case.all([reported], RegistryState(events))
  }

  /// All formats by the names of their expected files.
  static func files() throws -> [(name: String, text: String)] {
    let incidents = try incidents()
    let reported = incidents.map(\.incident)
    let asked = Array(incidents.prefix(3))
    return try [
      ("incidents.jsonl", OCSFDetectionFinding.lines(incidents, siteName: site)),
      ("incident_findings.jsonl", OCSFIncidentFinding.lines(cases(), siteName: site)),
      ("ecs.jsonl", ECSAlert.lines(incidents, siteName: site)),
      ("incidents.csv", IncidentsCSV.render(reported)),
      (
        "navigator.json",
        NavigatorLayer.file(
          reported, coverage: coverage, siteName: site, days: day("2026-03-28")...day())
      ),
      ("stix.json", STIXBundle.file(asked, siteName: site, redaction: redaction())),
      ("misp.json", MISPEvent.file(asked, siteName: site, redaction: redaction())),
    ]
  }

  static let coverage = [
    ("beacon", false), ("dga", false), ("exfiltration", true), ("exfiltration", false),
    ("scan", true), ("tls", true),
  ].map { DayFacts.DetectorCoverage(detector: $0.0, source: "s", ran: $0.1, reason: "") }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/"

  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
  }

  static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
