/// Techniques of MITRE ATT&CK that findings may be signs of, by the names of version 17.
struct AttackTechnique: Equatable {
  /// The version of ATT&CK whose names these are.
  static let attackVersion = "17"

  /// `T1071`, or `T1071.004` for a sub-technique.
  let id: String
  let name: String
  /// Nil where it belongs to several tactics.
  let tactic: AttackTactic?

  /// The technique of which it is a sub-technique.
  var parent: AttackTechnique? {
    id.firstIndex(of: ".").flatMap { AttackTechnique.of(String(id[..<$0])) }
  }

  /// Nil for ids that no detector has.
  static func of(_ id: String) -> AttackTechnique? {
    known[id].map { AttackTechnique(id: id, name: $0.name, tactic: $0.tactic) }
  }

  private static let known: [String: (name: String, tactic: AttackTactic?)] = [
    "T1021": ("Remote Services", .lateralMovement),
    "T1029": ("Scheduled Transfer", .exfiltration),
    "T1030": ("Data Transfer Size Limits", .exfiltration),
    "T1041": ("Exfiltration Over C2 Channel", .exfiltration),
    "T1046": ("Network Service Discovery", .discovery),
    "T1048": ("Exfiltration Over Alternative Protocol", .exfiltration),
    "T1071": ("Application Layer Protocol", .commandAndControl),
    "T1071.001": ("Web Protocols", .commandAndControl),
    "T1071.004": ("DNS", .commandAndControl),
    "T1078": ("Valid Accounts", nil),
    "T1095": ("Non-Application Layer Protocol", .commandAndControl),
    "T1105": ("Ingress Tool Transfer", .commandAndControl),
    "T1110": ("Brute Force", .credentialAccess),
    "T1190": ("Exploit Public-Facing Application", .initialAccess),
    "T1219": ("Remote Access Tools", .commandAndControl),
    "T1496": ("Resource Hijacking", .impact),
    "T1499": ("Endpoint Denial of Service", .impact),
    "T1505": ("Server Software Component", .persistence),
    "T1505.003": ("Web Shell", .persistence),
    "T1567": ("Exfiltration Over Web Service", .exfiltration),
    "T1568": ("Dynamic Resolution", .commandAndControl),
    "T1568.002": ("Domain Generation Algorithms", .commandAndControl),
    "T1570": ("Lateral Tool Transfer", .lateralMovement),
    "T1571": ("Non-Standard Port", .commandAndControl),
    "T1572": ("Protocol Tunneling", .commandAndControl),
    "T1573": ("Encrypted Channel", .commandAndControl),
    "T1595": ("Active Scanning", .reconnaissance),
  ]
}

/// A tactic of MITRE ATT&CK.
struct AttackTactic: Equatable {
  let id: String
  let name: String

  static let initialAccess = AttackTactic(id: "TA0001", name: "Initial Access")
  static let persistence = AttackTactic(id: "TA0003", name: "Persistence")
  static let credentialAccess = AttackTactic(id: "TA0006", name: "Credential Access")
  static let discovery = AttackTactic(id: "TA0007", name: "Discovery")
  static let lateralMovement = AttackTactic(id: "TA0008", name: "Lateral Movement")
  static let exfiltration = AttackTactic(id: "TA0010", name: "Exfiltration")
  static let commandAndControl = AttackTactic(id: "TA0011", name: "Command and Control")
  static let impact = AttackTactic(id: "TA0040", name: "Impact")
  static let reconnaissance = AttackTactic(id: "TA0043", name: "Reconnaissance")

  /// The tactic of a detector's kind: `command and control`.
  static func of(_ name: String) -> AttackTactic? {
    [
      initialAccess, persistence, credentialAccess, discovery, lateralMovement, exfiltration,
      commandAndControl, impact, reconnaissance,
    ].first { $0.name.lowercased() == name }
  }
}
