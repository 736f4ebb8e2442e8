/// What a day's summary tells less apart than on other days, since there was too much of it.
package struct Coarseness: Equatable, Sendable {
  package let crowd: Crowd.Size?
  /// By their pairs, most first.
  package let sweeps: [Sweeps.Sweep]

  package init(crowd: Crowd.Size? = nil, sweeps: [Sweeps.Sweep] = []) {
    (self.crowd, self.sweeps) = (crowd, sweeps)
  }

  private static let names = (
    addresses: "crowd_addresses", conversations: "crowd_conversations", sweeps: "sweeps"
  )

  /// As a manifest states it; empty on other days.
  package var facts: [String: String] {
    var facts: [String: String] = [:]
    if let crowd {
      facts[Coarseness.names.addresses] = "\(crowd.addressCount)"
      facts[Coarseness.names.conversations] = "\(crowd.conversationLimit)"
    }
    if !sweeps.isEmpty {
      facts[Coarseness.names.sweeps] =
        sweeps.map { sweep in
          let host = sweep.host.map { $0.isNewline ? " " : "\($0)" }.joined()
          return "\(sweep.pairCount) \(sweep.oneOf) \(host)"
        }.joined(separator: "\n")
    }
    return facts
  }

  package init(facts: [String: String]) {
    let addresses = facts[Coarseness.names.addresses].flatMap { Int($0) }
    let limit = facts[Coarseness.names.conversations].flatMap { UInt32($0) }
    crowd = addresses.flatMap { count in
      limit.map { Crowd.Size(addressCount: count, conversationLimit: $0) }
    }
    let lines = facts[Coarseness.names.sweeps, default: ""].split(separator: "\n")
    sweeps = lines.compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let pairCount = Int(words[0]), let oneOf = Int(words[1]) else {
        return nil
      }
      return Sweeps.Sweep(host: String(words[2]), pairCount: pairCount, oneOf: oneOf)
    }
  }
}
