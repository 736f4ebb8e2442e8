import Events

/// How a measure's values read in a sentence.
package struct MeasureText: Sendable {
  package enum Unit: Sendable { case count, bytes, seconds, share, score }

  /// What was counted: "different destinations".
  package let phrase: String
  package let unit: Unit

  package func format(_ value: Double) -> String {
    switch unit {
    case .count: Quantity.number(value)
    case .bytes: Quantity.bytes(value)
    case .seconds: Quantity.duration(seconds: value)
    case .share: "\(Quantity.decimal(value * 100, places: 1)) %"
    case .score: Quantity.number(value)
    }
  }

  /// "412 different destinations", "1 different destination", "2.1 GB sent".
  package func sentence(_ value: Double) -> String {
    let text = format(value)
    if unit == .score { return "\(phrase) \(text)" }
    guard unit == .count, text == "1" else { return "\(text) \(phrase)" }
    let words = phrase.split(separator: " ").map { MeasureText.singular[String($0)] ?? String($0) }
    return "1 " + words.joined(separator: " ")
  }

  /// What is measured, without a value: "bytes sent".
  package var noun: String {
    switch unit {
    case .count, .score: phrase
    case .bytes: "bytes \(phrase)"
    case .seconds: "seconds \(phrase)"
    case .share: "share \(phrase)"
    }
  }

  private static let singular = [
    "conversations": "conversation", "destinations": "destination", "ports": "port",
    "networks": "network", "names": "name", "services": "service", "hosts": "host",
    "sources": "source", "packets": "packet", "requests": "request", "days": "day",
    "contacts": "contact", "domains": "domain", "fingerprints": "fingerprint",
    "weaknesses": "weakness",
    "kinds": "kind",
  ]

  package static func of(_ name: String) -> MeasureText {
    known[name] ?? steps(name) ?? learned(name)
      ?? MeasureText(
        phrase: name.split(separator: "_").joined(separator: " "), unit: .score)
  }

  /// `step_0_3_56`: the codes of steps in a row, of which it is counted on how many days of peers
  /// they were.
  private static func steps(_ name: String) -> MeasureText? {
    let parts = name.split(separator: "_")
    let codes = parts.dropFirst().compactMap { UInt8($0) }
    guard parts.first == "step", !codes.isEmpty, codes.count == parts.count - 1 else { return nil }
    let phrases = codes.map { StepKind(code: $0).phrase }
    return MeasureText(
      phrase: "days of peers with " + phrases.joined(separator: ", then "), unit: .count)
  }

  /// `learned_step_0_3_56`: three steps in a row, of which a learned model says how the last
  /// surprises; `learned_reaches_HOST` and `learned_reached_by_HOST`: how a new connection would
  /// surprise if its one end did not reach that host, or its other were not reached by it;
  /// `learned_used_by_USER` and `learned_peer_used_by_USER`: if that user did not sign in to or
  /// from its one end, or its other.
  private static func learned(_ name: String) -> MeasureText? {
    if let rest = suffix(of: name, after: "learned_step_") {
      let codes = rest.split(separator: "_").compactMap { UInt8($0) }
      guard codes.count == 3 else { return nil }
      let phrases = codes.map { StepKind(code: $0).phrase }
      return count(
        "bits of surprise at \(phrases[2]) after \(phrases[0]), then \(phrases[1])")
    }
    if let host = suffix(of: name, after: "learned_reached_by_") {
      return count("bits of surprise if \(host) did not reach the other end, too")
    }
    if let host = suffix(of: name, after: "learned_reaches_") {
      return count("bits of surprise if it did not reach \(host), too")
    }
    if let user = suffix(of: name, after: "learned_used_by_") {
      return count("bits of surprise if user \(user) did not sign in to or from it, too")
    }
    if let user = suffix(of: name, after: "learned_peer_used_by_") {
      return count("bits of surprise if user \(user) did not sign in to or from the other end, too")
    }
    return nil
  }

  /// Whether its words hold the name of a host or user, as logs have it.
  package static func holdsName(_ name: String) -> Bool {
    ["learned_reached_by_", "learned_reaches_", "learned_used_by_", "learned_peer_used_by_"]
      .contains { name.hasPrefix($0) }
  }

  private static func suffix(of name: String, after prefix: String) -> Substring? {
    name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : nil
  }

  private static func count(_ phrase: String) -> MeasureText {
    MeasureText(phrase: phrase, unit: .count)
  }

  private static func share(_ phrase: String) -> MeasureText {
    MeasureText(phrase: phrase, unit: .share)
  }

  private static func seconds(_ phrase: String) -> MeasureText {
    MeasureText(phrase: phrase, unit: .seconds)
  }

  private static func bytes(_ phrase: String) -> MeasureText {
    MeasureText(phrase: phrase, unit: .bytes)
  }

  private static let known: [String: MeasureText] = [
    "out_conversations": count("conversations begun"),
    "out_failed": count("conversations begun that failed"),
    "out_bytes": bytes("sent"),
    "out_bytes_received": bytes("received"),
    "out_packets": count("packets sent"),
    "out_packets_received": count("packets received"),
    "out_destinations": count("different destinations"),
    "out_ports": count("different destination ports"),
    "out_networks": count("different destination networks"),
    "out_external_bytes": bytes("sent to the outside"),
    "out_external_destinations": count("different outside destinations"),
    "out_duration_us": MeasureText(phrase: "microseconds of conversation begun", unit: .count),
    "in_conversations": count("conversations answered"),
    "in_failed": count("conversations asked of it that failed"),
    "in_bytes": bytes("received from those who asked it"),
    "in_bytes_sent": bytes("sent in answer"),
    "in_sources": count("different sources"),
    "in_ports": count("different ports asked for"),
    "in_external_conversations": count("conversations begun from outside"),
    "dns_queries": count("names asked for"),
    "dns_failed": count("names asked for in vain"),
    "dns_names": count("different names asked for"),
    "http_requests": count("web requests"),
    "http_errors": count("web requests refused or failed"),
    "new_networks": count("networks not met before"),
    "new_ports": count("ports not used before"),
    "new_services": count("services not offered before"),
    "new_names": count("names not asked for before"),
    "new_destinations": count("destinations not met before"),
    "unanswered_destinations": count("destinations that did not answer"),
    "unanswered_ports": count("ports that did not answer"),
    "answered_first_contacts": count("destinations that did"),
    "net_bytes_to_new_destination": bytes("more sent than received since they met"),
    "bytes_in_names": bytes("carried in the names asked for"),
    "names_under_domain": count("different names under the domain"),
    "unusual_types_share": share("of the questions of types that are hardly used"),
    "new_domains_as_generated": count("domains new to the site, as if made by an algorithm"),
    "new_domains_missing": count("new domains that do not exist"),
    "missing_share": share("of its questions for names that do not exist"),
    "new_fingerprints": count("TLS fingerprints and weaknesses not shown before"),
    "new_unnamed_servers": count(
      "networks reached over TLS without a server name for the first time"),
    "hosts_without_peer": share("of hosts never met it"),
    "days_since_first_seen": count("days since it was first met"),
    "seconds_connected": seconds("connected"),
    "longest_seconds": seconds("in the longest connection"),
    "conversations": count("conversations"),
    "gap_seconds": seconds("between conversations"),
    "visit_gap_seconds": seconds("between visits"),
    "peers": count("other hosts that reach it"),
    "regular_peers": count("other hosts that reach it at regular intervals"),
    "peers_with_protocol": share("of its peers used that port before"),
    "hosts_with_server": share("of the others who use the service ask that server"),
    "days_with_outside": share("of its days had an answer from outside"),
    "conversations_with_service": count("conversations with one service"),
    "failed_with_service": count("conversations with one service that failed"),
    "days_rising": count("days in a row above the usual"),
    "busy_share": share("of such hours were busy before"),
    "such_edges_share": share("of its and its peers' days had such a connection"),
    "link_surprise": MeasureText(
      phrase: "bits of surprise at a connection into it before", unit: .count),
    "learned_edge": count("bits of surprise at such a connection"),
    "new_edges": count("new connections to work on other hosts"),
    "failed_share": share("of its conversations failed"),
    "out_in_ratio": MeasureText(
      phrase: "logarithm of bytes sent for each byte received", unit: .score),
    "packets_per_conversation": count("packets a conversation"),
    "busy_surprise": MeasureText(phrase: "bits of surprise that it is busy", unit: .count),
    "new_login_sources": count("sources new to the user"),
    "new_login_destinations": count("hosts that the user never signed in to before"),
    "new_login_devices": count("devices new to the user"),
    "failures_before_success": count("failed sign-ins before one succeeded"),
    "failing_users": count("users who failed to sign in"),
    "failed_logins": count("failed sign-ins"),
    "journey_km": count("km between the places of two sign-ins"),
    "journey_kmh": count("km/h to get from one to the other"),
    "journey_seconds": seconds("from the one sign-in to the other (a minute at least)"),
    "country_change_seconds": seconds("between sign-ins from two countries"),
    "rare_alert_rules": count("rules that hardly ever name the host"),
    "alerts_of_rule": count("alerts of the strangest"),
    "alert_severity": MeasureText(phrase: "severity of 1 to 6:", unit: .score),
    "indicator_contacts": count("contacts"),
    "hosts_at_indicator": count("hosts of the site that had to do with it"),
    "days_listed": count("days since it was listed"),
    "peer_days": count("days of peers to compare with"),
    "strange_requests_answered": count(
      "requests like none before that it answered, weighed by their strangeness"),
    "strange_requests_refused": count(
      "requests like none before that it refused, weighed by their strangeness"),
    "new_requests_answered": count(
      "kinds of request that it answered for the first time, to this client"),
    "tries_at_one_address": count("tries at one address beyond three a client"),
    "strange_conversations": count("conversations unlike those before"),
  ]
}
