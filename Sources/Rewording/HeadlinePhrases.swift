import Incidents

/// Ways to say what a detector found, each no more than its headline says.
enum HeadlinePhrases {
  /// The headline first.
  static func phrases(of detector: String) -> [String] {
    [DetectorKind.of(detector).headline] + (known[detector] ?? [])
  }

  /// The ones that say what the host is or has, so that "was" or "had" before them doesn't turn
  /// round who did it. As they are compared.
  static let attributes: Set<String> = [
    "active at an unusual time", "activity at an unusual time",
    "unlike its own and its peers' hours",
    "regular connections", "regular connections as by a beacon",
    "connections as regular as a beacon's", "a connection that stayed open",
    "a connection that stays open", "far more traffic than usual", "an unusual amount of traffic",
    "connections to hosts that neither it nor its peers reach",
    "contact with what a list says is bad", "unusual or guessed logins",
    "unusual or guessed sign-ins", "more from day to day", "a rise from day to day",
  ]

  private static let movement = [
    "reached hosts that neither it nor its peers usually reach",
    "connections to hosts that neither it nor its peers reach",
  ]
  private static let order = ["took steps in an order that its kind does not take"]

  private static let known: [String: [String]] = [
    "beacon": [
      "regular connections", "connections as regular as a beacon's",
      "connected at regular intervals, as a beacon does",
    ],
    "scan": ["a scan of hosts or ports", "scanned hosts or ports"],
    "destinations": [
      "used destinations or services not used before",
      "used destinations or services that it had not used before",
    ],
    "rate": ["had far more traffic than usual", "an unusual amount of traffic"],
    "exfiltration": ["sent data out to an unusual place", "sent data to an unusual place"],
    "long-connections": ["kept a connection open", "a connection that stayed open"],
    "dns-tunnel": [
      "data carried in the names asked for", "carried data in the names it asked for",
    ],
    "dga": ["asked for names as made by an algorithm", "names that look made by an algorithm"],
    "tls": ["spoke TLS as this host never did", "spoke TLS as it never did"],
    "timing": ["was active at an unusual time", "activity at an unusual time"],
    "edges": movement, "learned-edges": movement,
    "auth": ["unusual or guessed logins"],
    "ids": ["set off alerts of rules that hardly ever name it"],
    "indicators": [
      "had contact with what a list says is bad", "was in contact with what a list says is bad",
    ],
    "requests": ["was asked on the web for what nobody asked it before"],
    "protocol": ["spoke what its kind does not", "uses a protocol that its kind does not"],
    "repetition": ["asked one service again and again"],
    "ramp": ["has more from day to day", "a rise from day to day"],
    "sequences": order, "learned-sequences": order,
    "forest": [
      "behaved unlike its own and its peers' hours", "was unlike its own and its peers' hours",
    ],
  ]
}
