import Columnar
import Events
import Incidents
import Testing

@testable import Rewording

/// Findings as detectors give them, from which sentences are made.
struct Scenario: Sendable {
  let name: String
  let finding: Finding

  /// The finding alone as evidence.
  var evidence: TypedEvidence {
    TypedEvidence(told: [finding], of: .host, calendar: CivilCalendar())
  }

  /// Headlines that tell an act, and so must not follow "was" or "had".
  var passiveHeadlines: Set<String> {
    switch name {
    case "scan": ["a scan of hosts or ports", "scanned hosts or ports"]
    case "exfiltration": ["sent data to an unusual place", "sent data out to an unusual place"]
    case "dns-tunnel": ["carried data in the names it asked for"]
    case "dga": ["asked for names as made by an algorithm"]
    case "repetition": ["asked one service again and again", "One service asked again and again"]
    default: []
    }
  }

  /// Measures whose words speak of something that must be said before.
  var dependent: Set<String> {
    [
      "hosts_without_peer", "peers", "hosts_at_indicator", "alerts_of_rule",
      "answered_first_contacts", "days_rising",
    ]
  }

  func stated() throws -> StatedFinding { try #require(evidence.findings.first) }

  private init(
    _ detector: String, hours: Range<Int>, score: Double, pValue: Double, floor: Double,
    ceiling: Double = .infinity, peer: String? = nil, cause: String? = nil,
    _ measures: [Incidents.Measure]
  ) {
    name = detector
    func instant(_ hour: Int) -> Instant {
      Instant(microseconds: 1_774_396_800_000_000 + Int64(hour) * 3_600_000_000)
    }
    finding = Finding(
      kind: .host, entity: "10.0.0.7",
      window: instant(hours.lowerBound)..<instant(hours.upperBound),
      detector: detector, rawScore: score, pValue: pValue, floor: floor, ceiling: ceiling,
      peer: peer, cause: cause, measures: measures)
  }

  private static func measure(
    _ name: String, _ actual: Double, _ typical: Double? = nil, _ spread: Double? = nil
  ) -> Incidents.Measure {
    Incidents.Measure(name: name, actual: actual, typical: typical, spread: spread)
  }

  static let all: [Scenario] = [
    Scenario(
      "exfiltration", hours: 2..<3, score: 9.4, pValue: 2e-5, floor: 3,
      peer: "203.0.113.7:443/tcp",
      [
        measure("out_external_bytes", 2.1e9, 4e7, 1.2e7),
        measure("out_external_destinations", 14, 9, 2), measure("hosts_without_peer", 0.979),
      ]),
    Scenario(
      "scan", hours: 14..<15, score: 88, pValue: 0.0004, floor: 5, peer: "10.0.0.0/24",
      [
        measure("out_destinations", 1412, 9, 3), measure("unanswered_destinations", 1398),
        measure("answered_first_contacts", 14),
      ]),
    Scenario(
      "beacon", hours: 0..<24, score: 7.25, pValue: 0.001, floor: 3,
      peer: "c2.bad.example:443/tcp",
      [
        measure("conversations", 143), measure("gap_seconds", 600), measure("peers", 1),
        measure("hosts_without_peer", 0.95),
      ]),
    Scenario(
      "edges", hours: 11..<12, score: 12.5, pValue: 0.0021, floor: 6,
      peer: "10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp",
      [measure("new_edges", 6, 0, 0), measure("such_edges_share", 0.004)]),
    Scenario(
      "indicators", hours: 9..<10, score: 10, pValue: 1, floor: 1, ceiling: 8,
      peer: "evil.example (lists/feed.csv)",
      [measure("indicator_contacts", 3), measure("hosts_at_indicator", 2)]),
    Scenario(
      "dns-tunnel", hours: 3..<4, score: 6.1, pValue: 0.0008, floor: 2.5, peer: "t.example",
      [
        measure("bytes_in_names", 1_240_000), measure("names_under_domain", 8412),
        measure("unusual_types_share", 0.62),
      ]),
    Scenario(
      "rate", hours: 20..<21, score: 15, pValue: 0.012, floor: 8, cause: "10.0.0.44",
      [
        measure("in_bytes", 3.3e9, 2.2e8, 5e7), measure("in_conversations", 5210, 640, 120),
        measure("in_sources", 31, 30, 4),
      ]),
    Scenario(
      "auth", hours: 22..<23, score: 4.2, pValue: 0.006, floor: 2, peer: "mallory@10.0.0.3",
      [measure("failures_before_success", 37, 1, 1), measure("new_login_sources", 1)]),
    Scenario(
      "ramp", hours: 0..<72, score: 5, pValue: 0.03, floor: 4,
      [measure("out_bytes", 9.9e8, 3.1e8, 8e7), measure("days_rising", 6)]),
    Scenario(
      "destinations", hours: 8..<9, score: 4.4, pValue: 0.004, floor: 3, peer: "192.0.2.9:8443/tcp",
      [measure("new_networks", 21, 2, 1), measure("new_ports", 1, 0, 0)]),
    Scenario(
      "long-connections", hours: 0..<24, score: 3.3, pValue: 0.007, floor: 2,
      peer: "192.0.2.77:22/tcp",
      [measure("longest_seconds", 86_000, 300, 90), measure("seconds_connected", 172_900)]),
    Scenario(
      "dga", hours: 1..<2, score: 9.9, pValue: 0.0003, floor: 4, peer: "qzxkvw.example",
      [
        measure("new_domains_as_generated", 44), measure("new_domains_missing", 41),
        measure("missing_share", 0.93, 0.02, 0.01),
      ]),
    Scenario(
      "tls", hours: 13..<14, score: 3.1, pValue: 0.011, floor: 2, peer: "login.bad.example:443/tcp",
      [measure("new_fingerprints", 2), measure("new_unnamed_servers", 5, 1, 1)]),
    Scenario(
      "timing", hours: 3..<4, score: 5.5, pValue: 0.005, floor: 4,
      [measure("busy_share", 0.001), measure("busy_surprise", 8.2)]),
    Scenario(
      "ids", hours: 16..<17, score: 6.6, pValue: 0.002, floor: 3, peer: "ET MALWARE Beacon",
      [
        measure("rare_alert_rules", 2, 0, 0), measure("alerts_of_rule", 12),
        measure("alert_severity", 5),
      ]),
    Scenario(
      "requests", hours: 10..<11, score: 14, pValue: 0.0006, floor: 6, peer: "/cgi-bin/a.cgi?x=1",
      [
        measure("strange_requests_answered", 7.5), measure("tries_at_one_address", 9),
        measure("http_errors", 300, 4, 2),
      ]),
    Scenario(
      "protocol", hours: 18..<19, score: 2.9, pValue: 0.014, floor: 2, peer: "10.0.0.5:3389/tcp",
      [measure("peers_with_protocol", 0), measure("out_in_ratio", 3.2, 0.4, 0.1)]),
    Scenario(
      "repetition", hours: 4..<5, score: 8.1, pValue: 0.0009, floor: 5, peer: "10.0.0.4:22/tcp",
      [measure("conversations_with_service", 900, 12, 5), measure("failed_share", 0.98, 0.1, 0.05)]),
    Scenario(
      "sequences", hours: 0..<24, score: 3.9, pValue: 0.009, floor: 2,
      [measure("step_0_3_56", 0), measure("peer_days", 412)]),
    Scenario("forest", hours: 5..<6, score: 0.71, pValue: 0.02, floor: 0.6, []),
  ]
}
