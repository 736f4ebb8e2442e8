/// What a detector's findings mean, for titles, severities, identities and ATT&CK.
package struct DetectorKind: Sendable {
  /// Findings of one kind class on one entity are one incident while they go on.
  package let kindClass: String
  /// "Beacon-like connections", for titles.
  package let headline: String
  /// "tried many addresses or ports", for sentences whose subject is the host.
  package let deed: String
  /// MITRE ATT&CK techniques that it may be a sign of.
  package let techniques: [String]
  /// MITRE ATT&CK tactic.
  package let tactic: String
  /// Points added to the severity.
  package let tacticPoints: Int

  package static func of(_ detector: String) -> DetectorKind {
    known[detector]
      ?? DetectorKind(
        kindClass: detector, headline: "Unusual behaviour (\(detector))",
        deed: "behaved unusually", techniques: [], tactic: "unknown", tacticPoints: 0)
  }

  /// Whether a finding's peer is all that it is about. Other detectors gather much of a host in one
  /// finding, of which the peer is the leading example.
  package static func speaksOfOnePeer(_ detector: String) -> Bool { ofOnePeer.contains(detector) }

  private static let ofOnePeer: Set<String> = [
    "beacon", "dns-tunnel", "edges", "exfiltration", "indicators", "learned-edges",
    "long-connections", "repetition", "scan",
  ]

  /// Whoever of detector and challenger says so: it is one incident.
  private static let movement = DetectorKind(
    kindClass: "lateral-movement", headline: "Reached hosts that neither it nor its peers reach",
    deed: "reached hosts that neither it nor its peers reach",
    techniques: ["T1021", "T1570"], tactic: "lateral movement", tacticPoints: 2)

  /// The same of chains of steps.
  private static let order = DetectorKind(
    kindClass: "sequence", headline: "Steps in an order that its kind does not take",
    deed: "took steps in an order that its kind does not take",
    techniques: [], tactic: "unknown", tacticPoints: 0)

  static let known: [String: DetectorKind] = [
    "beacon": DetectorKind(
      kindClass: "command-and-control", headline: "Regular connections, as by a beacon",
      deed: "reaches one destination at regular intervals, as a beacon does",
      techniques: ["T1071", "T1573"], tactic: "command and control", tacticPoints: 1),
    "scan": DetectorKind(
      kindClass: "discovery", headline: "Scan of hosts or ports",
      deed: "tried many addresses or ports", techniques: ["T1046"],
      tactic: "discovery", tacticPoints: 1),
    "destinations": DetectorKind(
      kindClass: "new-destinations", headline: "Destinations or services not used before",
      deed: "reached destinations or services that it never used before",
      techniques: ["T1071", "T1095"], tactic: "command and control", tacticPoints: 0),
    "rate": DetectorKind(
      kindClass: "volume", headline: "Far more traffic than usual",
      deed: "did far more in an hour than it usually does", techniques: ["T1048"],
      tactic: "exfiltration", tacticPoints: 0),
    "exfiltration": DetectorKind(
      kindClass: "exfiltration", headline: "Data sent out to an unusual place",
      deed: "sent data out to an unusual place",
      techniques: ["T1041", "T1048", "T1567"], tactic: "exfiltration", tacticPoints: 1),
    "long-connections": DetectorKind(
      kindClass: "long-connections", headline: "A connection that stays open",
      deed: "kept a connection open unusually long",
      techniques: ["T1071", "T1219", "T1496"], tactic: "command and control", tacticPoints: 0),
    "dns-tunnel": DetectorKind(
      kindClass: "name-tunnel", headline: "Data carried in names asked for",
      deed: "carries data in the names that it asks for",
      techniques: ["T1071.004", "T1048", "T1572"], tactic: "command and control", tacticPoints: 1),
    "dga": DetectorKind(
      kindClass: "generated-names", headline: "Names as made by an algorithm",
      deed: "asked for names as an algorithm makes them",
      techniques: ["T1568.002"], tactic: "command and control", tacticPoints: 1),
    "tls": DetectorKind(
      kindClass: "handshakes", headline: "TLS spoken as this host never did",
      deed: "spoke TLS as it never did",
      techniques: ["T1573", "T1071.001"], tactic: "command and control", tacticPoints: 0),
    "timing": DetectorKind(
      kindClass: "timing", headline: "Active at an unusual time",
      deed: "was active at an unusual time", techniques: ["T1078"],
      tactic: "persistence", tacticPoints: 0),
    "edges": movement,
    "learned-edges": movement,
    "auth": DetectorKind(
      kindClass: "sign-ins", headline: "Unusual or guessed sign-ins",
      deed: "saw unusual or guessed sign-ins",
      techniques: ["T1078", "T1110", "T1021"], tactic: "credential access", tacticPoints: 1),
    "ids": DetectorKind(
      kindClass: "alerts", headline: "Alerts of rules that hardly ever name it",
      deed: "set off alerts of rules that hardly ever name it", techniques: [],
      tactic: "unknown", tacticPoints: 0),
    "indicators": DetectorKind(
      kindClass: "indicators", headline: "Contact with what a list says is bad",
      deed: "had contact with what a list says is bad",
      techniques: ["T1071", "T1105"], tactic: "command and control", tacticPoints: 1),
    "requests": DetectorKind(
      kindClass: "web-requests", headline: "Asked on the web for what nobody asked it before",
      deed: "was asked on the web for what nobody asked it before",
      techniques: ["T1190", "T1505.003", "T1595", "T1110"], tactic: "initial access",
      tacticPoints: 1),
    "protocol": DetectorKind(
      kindClass: "new-protocol", headline: "Speaks what its kind does not",
      deed: "speaks what its kind does not",
      techniques: ["T1071", "T1095", "T1571"], tactic: "command and control", tacticPoints: 1),
    "repetition": DetectorKind(
      kindClass: "repetition", headline: "One service asked again and again",
      deed: "asked one service again and again",
      techniques: ["T1110", "T1499"], tactic: "credential access", tacticPoints: 1),
    "ramp": DetectorKind(
      kindClass: "ramp", headline: "More from day to day",
      deed: "does more from day to day", techniques: ["T1029", "T1030"],
      tactic: "exfiltration", tacticPoints: 0),
    "sequences": order,
    "learned-sequences": order,
    "forest": DetectorKind(
      kindClass: "behaviour", headline: "Unlike its own and its peers' hours",
      deed: "behaved unlike its own and its peers' hours", techniques: [],
      tactic: "unknown", tacticPoints: 0),
  ]
}
