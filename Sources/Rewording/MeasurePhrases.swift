import Incidents

/// How a measure's values may be said: always with what they are of.
struct MeasurePhrases {
  private let name: String
  private let text: MeasureText

  /// What the words of a measure speak of without saying it.
  enum Antecedent {
    /// "of hosts never met it"
    case peer
    /// "destinations that did"
    case valueBefore
    /// The first value, or the headline.
    case leadingValue
  }

  let antecedent: Antecedent?

  init(_ name: String) {
    self.name = name
    text = MeasureText.of(name)
    antecedent = MeasurePhrases.antecedents[name]
  }

  private static let antecedents: [String: Antecedent] = [
    "hosts_without_peer": .peer, "days_since_first_seen": .peer, "peers": .peer,
    "regular_peers": .peer, "hosts_at_indicator": .peer, "days_listed": .peer,
    "alerts_of_rule": .valueBefore, "answered_first_contacts": .valueBefore,
    "journey_kmh": .valueBefore, "days_rising": .leadingValue,
  ]

  /// The template's words first: "2.1 GB sent", then "sent 2.1 GB".
  func actual(_ value: Double) -> [String] {
    let said = text.format(value)
    let active = said == "1" ? [] : MeasurePhrases.active[name] ?? []
    return withPlainDigits(
      [text.sentence(value)] + active.map { $0.replacing("{}", with: said) }
        + ["with \(text.sentence(value))"])
  }

  /// Words for what is usual, where `actual` was seen. Those that compare are there only where they
  /// are true.
  func usual(_ typical: Double, spread: Double?, beside actual: Double) -> [String] {
    let value = text.format(typical)
    let values = spread.map { ["\(value) ± \(text.format($0))", value] } ?? [value]
    // As it is printed: equal figures are neither more nor less.
    let differs = text.format(actual) != value
    let comparisons =
      !differs
      ? []
      : actual > typical
        ? ["more than the usual", "above the usual", "up from the usual"]
        : ["less than the usual", "below the usual", "down from the usual"]
    return withPlainDigits(
      values.flatMap { value in
        [
          "usually \(value)", "\(value) is usual", "\(value) are usual", "usual is \(value)",
          "usual are \(value)", "the usual is \(value)", "the usual value is \(value)",
          "it is usually \(value)", "against the usual \(value)", "against a usual \(value)",
          "compared with the usual \(value)", "compared to the usual \(value)",
          "instead of the usual \(value)", "rather than the usual \(value)",
        ] + comparisons.map { "\($0) \(value)" }
      })
  }

  /// The same without commas between thousands.
  private func withPlainDigits(_ phrases: [String]) -> [String] {
    let plain = phrases.map { phrase -> String in
      let words = phrase.split(separator: " ").map { word -> String in
        word.first?.isNumber == true ? String(word.filter { $0 != "," }) : String(word)
      }
      return words.joined(separator: " ")
    }
    return phrases + plain.filter { !phrases.contains($0) }
  }

  /// The same facts with the host as the one who does it.
  private static let active: [String: [String]] = [
    "out_conversations": ["began {} conversations"],
    "out_failed": ["began {} conversations that failed"],
    "out_bytes": ["sent {}"],
    "out_bytes_received": ["received {}"],
    "out_packets": ["sent {} packets"],
    "out_packets_received": ["received {} packets"],
    "out_destinations": [
      "reached {} different destinations", "contacted {} different destinations",
    ],
    "out_ports": ["used {} different destination ports"],
    "out_networks": ["reached {} different destination networks"],
    "out_external_bytes": ["sent {} to the outside"],
    "out_external_destinations": [
      "reached {} different outside destinations", "contacted {} different outside destinations",
    ],
    "in_conversations": ["answered {} conversations"],
    "in_bytes": ["received {} from those who asked it"],
    "in_bytes_sent": ["sent {} in answer"],
    "in_sources": ["was asked by {} different sources"],
    "dns_queries": ["asked for {} names"],
    "dns_failed": ["asked for {} names in vain"],
    "dns_names": ["asked for {} different names"],
    "http_requests": ["made {} web requests"],
    "new_networks": ["met {} networks not met before"],
    "new_ports": ["used {} ports not used before"],
    "new_services": ["offered {} services not offered before"],
    "new_names": ["asked for {} names not asked for before"],
    "new_destinations": ["met {} destinations not met before"],
    "answered_first_contacts": [
      "{} destinations that did answer", "{} destinations that answered",
    ],
    "net_bytes_to_new_destination": [
      "sent {} more than it received", "sent {} more than received",
    ],
    "bytes_in_names": ["carried {} in the names asked for"],
    "seconds_connected": ["was connected for {}", "connected for {}"],
    "longest_seconds": ["its longest connection took {}"],
    "gap_seconds": ["with {} between conversations"],
    "visit_gap_seconds": ["with {} between visits"],
    "conversations_with_service": ["had {} conversations with one service"],
    "new_edges": ["made {} new connections to work on other hosts"],
    "failed_logins": ["had {} failed sign-ins"],
    "rare_alert_rules": ["set off {} rules that hardly ever name the host"],
  ]
}
