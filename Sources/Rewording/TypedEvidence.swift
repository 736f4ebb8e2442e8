import Events
import Incidents

/// What an incident's explanation rests on, in a form that a model may see: phrases with our own
/// words and numbers. Hosts, peers and all else that a log states are opaque tokens.
package struct TypedEvidence: Sendable {
  package let findings: [StatedFinding]
  /// What each token stands for: `HOST_1`, `PEER_1` …
  package let names: [String: String]

  package init(_ incident: Incident, calendar: CivilCalendar) {
    self.init(
      told: Explanation.told(incident.findings, of: incident.verdict.kind),
      of: incident.verdict.kind, calendar: calendar)
  }

  /// - Parameter told: the findings of which the explanation has a sentence, in its order.
  package init(told: [Finding], of kind: EntityKind, calendar: CivilCalendar) {
    let explanation = Explanation(calendar: calendar)
    var tokens = OpaqueTokens()
    var nextItem = 1
    findings = told.enumerated().map { index, finding in
      var builder = ItemBuilder(nextItem: nextItem)
      builder.add(
        finding, of: kind, host: tokens.token("HOST", finding.entity),
        peer: finding.peer.map { tokens.token("PEER", $0) },
        cause: finding.cause.map { tokens.token("PEER", $0) },
        window: explanation.window(finding.window))
      nextItem = builder.nextItem
      return StatedFinding(
        id: "f\(index + 1)", sentence: explanation.sentence(finding, of: kind),
        items: builder.items, namesHost: kind == .site,
        namesPeer: finding.peer != nil && DetectorKind.speaksOfOnePeer(finding.detector))
    }
    names = tokens.names
  }
}

/// Tokens in place of texts, each text's always the same.
private struct OpaqueTokens {
  private(set) var names: [String: String] = [:]
  private var tokens: [String: String] = [:]
  private var counts: [String: Int] = [:]

  mutating func token(_ kind: String, _ text: String) -> String {
    if let known = tokens["\(kind) \(text)"] { return known }
    counts[kind, default: 0] += 1
    let token = "\(kind)_\(counts[kind] ?? 1)"
    tokens["\(kind) \(text)"] = token
    names[token] = text
    return token
  }
}

/// The items of one finding, in the order of the template's sentence.
private struct ItemBuilder {
  private(set) var items: [EvidenceItem] = []
  private(set) var nextItem: Int

  init(nextItem: Int) { self.nextItem = nextItem }

  @discardableResult
  private mutating func add(
    _ role: EvidenceItem.Role, belongsTo: String? = nil, follows: [String] = [],
    _ phrases: [String]
  ) -> String {
    let id = "e\(nextItem)"
    nextItem += 1
    items.append(
      EvidenceItem(id: id, role: role, belongsTo: belongsTo, follows: follows, phrases: phrases))
    return id
  }

  mutating func add(
    _ finding: Finding, of kind: EntityKind, host: String, peer: String?, cause: String?,
    window: String
  ) {
    let headlineID = add(.headline, HeadlinePhrases.phrases(of: finding.detector))
    add(.host, hostPhrases(host, kind))
    add(.window, windowPhrases(window))
    var peerID: String?
    if let peer {
      peerID = add(.peer, ["with \(peer)", "with the peer \(peer)"])
    } else if let cause {
      add(.cause, ["mostly by \(cause)", "mainly by \(cause)"])
    }
    var hasFacts = false
    var said: [String] = []
    for measure in finding.measures {
      guard let actual = measure.actual, !MeasureText.holdsName(measure.name) else { continue }
      hasFacts = true
      let phrases = MeasurePhrases(measure.name)
      let antecedents: [String?]
      switch phrases.antecedent {
      case nil: antecedents = []
      case .peer: antecedents = [peerID]
      case .valueBefore: antecedents = [said.last]
      case .leadingValue: antecedents = [headlineID, said.first]
      }
      let follows = antecedents.compactMap { $0 }
      // What it speaks of is not there to be said.
      if phrases.antecedent != nil && follows.isEmpty { continue }
      let id = add(.actual, follows: follows, phrases.actual(actual))
      said.append(id)
      if let typical = measure.typical {
        add(
          .usual, belongsTo: id,
          phrases.usual(typical, spread: measure.spread, beside: actual))
      }
    }
    let score = Quantity.number(finding.rawScore)
    if finding.isCertain {
      let limit = Quantity.number(finding.ceiling)
      add(
        .score,
        [
          "certain by itself (score \(score), limit \(limit))", "score \(score)",
          "a score of \(score)",
        ])
      add(.limit, ["limit \(limit)", "the limit is \(limit)"])
    } else {
      if !hasFacts {
        add(.score, ["score \(score)", "a score of \(score)", "with a score of \(score)"])
      }
      let pValue = Quantity.scientific(finding.pValue)
      add(
        .pValue,
        [
          "p = \(pValue)", "p-value \(pValue)", "a p-value of \(pValue)",
          "with a p-value of \(pValue)",
        ])
      let floor = Quantity.number(finding.floor)
      add(
        .floor,
        [
          "not raised below a score of \(floor)",
          "it would not have been raised below a score of \(floor)",
          "would not have been raised below a score of \(floor)",
          "it is not raised below a score of \(floor)", "is not raised below a score of \(floor)",
          "nothing is raised below a score of \(floor)",
        ])
    }
  }

  /// Of a site, each finding has a host of its own, and "this host" could be another's.
  private func hostPhrases(_ host: String, _ kind: EntityKind) -> [String] {
    switch kind {
    case .host: [host, "the host \(host)", "host \(host)", "this host", "the host"]
    case .site: [host, "the host \(host)", "host \(host)"]
    case .internet: [host]
    }
  }

  /// `between 14:00 and 15:00`, `over the day`, `over 3 days`.
  private func windowPhrases(_ window: String) -> [String] {
    let words = window.split(separator: " ")
    guard words.count == 4, words[0] == "between", words[2] == "and" else {
      return window == "over the day" ? [window, "over the whole day"] : [window]
    }
    return [
      window, "from \(words[1]) to \(words[3])", "\(words[1])–\(words[3])",
      "\(words[1])-\(words[3])",
    ]
  }
}
