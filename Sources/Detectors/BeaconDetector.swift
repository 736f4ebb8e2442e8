import Columnar
import Events
import Features

/// Pairs that meet at regular intervals, with like amounts, over hours or days, though few others
/// know the peer and it is not long known, or though few others meet it so and the host never did:
/// on conversations and on names asked for over http and dns.
struct BeaconDetector: Detector {
  let name = "beacon"
  let specificity = Specificity.technique
  let asksByPeer = true
  let neededDays = 0
  let eventClasses: [EventClass] = [.flow, .dns, .http]
  /// At least one a second: no beacon, but a strobe.
  private static let strobe: Int64 = 86_400

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let limits = try Limits(settings)
    let today = try PairCursor(
      pairs: inputs.tables.pairs, values: inputs.tables.pairValues, day: inputs.day)
    let history = try PairCursor(
      pairs: inputs.state.pairHistory, values: inputs.state.pairHistoryValues, day: inputs.day)
    var candidates: [Candidate] = []
    var regulars = RegularHosts()
    var strobes: [RawVote] = []
    while let row = today.current {
      let past = try history.advance(to: today) ? history : nil
      if row.conversations >= BeaconDetector.strobe {
        if (past?.current?.conversations ?? 0) < BeaconDetector.strobe {
          strobes.append(strobe(row, inputs: inputs, limits: limits))
        }
      } else if let candidate = try candidate(
        row, values: try today.currentValues(), history: past, inputs: inputs, limits: limits)
      {
        regulars.add(row.key)
        if candidate.score.total + 2 * limits.newcomer >= limits.floor {
          candidates.append(candidate)
        }
      }
      try today.advance()
    }
    try strobes.forEach(vote)
    var start = 0
    while start < candidates.count {
      let host = candidates[start].row.key.originator
      let end = candidates[start...].firstIndex { $0.row.key.originator != host }
      var votes = candidates[start..<(end ?? candidates.count)].compactMap {
        judge($0, regulars: regulars, inputs: inputs, limits: limits)
      }
      votes.sort { ($1.score, $0.peer ?? "") < ($0.score, $1.peer ?? "") }
      for one in votes.prefix(limits.pairsPerHost) { try vote(one) }
      start = end ?? candidates.count
    }
  }

  private struct Limits {
    let floor, ceiling, leastSignal, leastInterval, habitInterval, newcomer: Double
    let pairsPerHost: Int
    let visits: Visits
    let firstMeeting: FirstMeeting

    init(_ settings: Settings) throws {
      floor = try settings.number("floor")
      ceiling = try settings.number("ceiling")
      leastSignal = try settings.number("least_signal")
      leastInterval = try settings.number("least_interval")
      habitInterval = try settings.number("habit_interval")
      newcomer = try settings.number("modifier")
      pairsPerHost = Int(try settings.number("pairs_per_host"))
      visits = Visits(
        leastSeconds: try settings.number("visit_seconds"),
        leastCount: Int(try settings.number("least_visits")))
      firstMeeting = FirstMeeting(
        leastSeconds: try settings.number("first_seconds"),
        leastGaps: Int(try settings.number("first_gaps")),
        persistentGaps: try settings.number("persistent_gaps"))
    }
  }

  /// A pair that is regular, with the figures of its most regular window: there are many, until it
  /// is known how many hosts meet each peer so.
  private struct Candidate {
    let row: PairRow
    let window: Range<Instant>
    let score: BeaconScore
    let conversations: Int64
    let gapFeature: String
    let gapMedian, gapDeviation: Double
    /// Days for which the host has met the peer so; nil where it never did before.
    let habitAge: Int?

    init(_ row: PairRow, _ best: BeaconWindow, habitAge: Int?) {
      self.row = row
      window = best.window
      score = best.score
      conversations = best.conversations
      gapFeature = best.isOfVisits ? "visit_gap_seconds" : "gap_seconds"
      gapMedian = best.gaps.median
      gapDeviation = best.gaps.medianDeviation
      self.habitAge = habitAge
    }
  }

  private func strobe(_ row: PairRow, inputs: ScoringInputs, limits: Limits) -> RawVote {
    RawVote(
      entity: row.key.originator.text, window: inputs.wholeDay, detector: name,
      score: limits.floor, floor: limits.floor, ceiling: limits.ceiling, peer: row.peer,
      evidence: [
        Evidence("conversations", contribution: limits.floor, actual: Double(row.conversations))
      ])
  }

  private func candidate(
    _ row: PairRow, values: [ValueCount], history: PairCursor?, inputs: ScoringInputs,
    limits: Limits
  ) throws -> Candidate? {
    guard inputs.state.dayCount >= 3, !inputs.isNew(row.key.originator.text) else { return nil }
    let past = history?.current
    let pastValues = try history?.currentValues() ?? []
    func habitAge() -> Int? {
      guard let past,
        let regular = pastValues.counted(.gapSeconds).flatMap(limits.visits.mostRegular),
        regular.interval >= limits.leastInterval
      else { return nil }
      let first = inputs.calendar.day(of: past.firstTime)
      return BeaconDetector.age(
        ofHabit: pastValues, sinceFirst: inputs.day.dayNumber - first.dayNumber)
    }
    let overDays = past.flatMap {
      BeaconWindow(
        today: row, values: values, past: $0, pastValues: pastValues,
        leastInterval: limits.leastInterval, inputs: inputs)
    }
    let today = BeaconWindow(
      today: row, values: values, leastInterval: limits.leastInterval, visits: limits.visits,
      firstMeeting: limits.firstMeeting,
      isNew: { interval in
        interval >= limits.habitInterval
          ? habitAge() ?? 0 <= PeerNovelty.youngDays : PeerNovelty.isFirst(row.key, inputs: inputs)
      }, inputs: inputs)
    let windows = [today, overDays].compactMap(\.self).filter {
      $0.signalCount(limits.leastSignal) >= 2
    }
    guard let best = windows.max(by: { $0.score.total < $1.score.total }) else { return nil }
    return Candidate(row, best, habitAge: habitAge())
  }

  /// Days for which a host has met a peer so, of a pair's history: since they first met, or since
  /// they had met a quarter of all times where that is in the second half, so that a visit of weeks
  /// ago is no habit.
  private static func age(ofHabit values: [ValueCount], sinceFirst: Int) -> Int {
    let slots = values.filter { $0.measure == PairHistoryValue.slot }.sorted { $0.value > $1.value }
    let total = slots.reduce(0) { $0 + Int($1.count) }
    var met = 0
    let quarter = slots.first { slot in
      met += Int(slot.count)
      return 4 * met >= total
    }
    guard let quarter, let first = slots.first, 2 * quarter.value < first.value else {
      return sinceFirst
    }
    return min(sinceFirst, Int(quarter.value) / 4 + 1)
  }

  private func judge(
    _ candidate: Candidate, regulars: RegularHosts, inputs: ScoringInputs, limits: Limits
  ) -> RawVote? {
    let (row, score) = (candidate.row, candidate.score)
    let peer = PeerNovelty(row.key, inputs: inputs)
    var novelty = peer.rarity + peer.youth
    var others = (feature: "peers", count: peer.hostCount - 1)
    // Few pairs are as regular by chance, and where software does so others have it too.
    let regularCount = regulars.count(row.key)
    if score.interval >= limits.habitInterval,
      Prevalence.rarity(hostCount: regularCount, of: inputs.population) == 1
    {
      let youth = candidate.habitAge.map {
        PeerNovelty.youth(age: $0, ofRecords: inputs.state.days.age ?? 0)
      }
      let ofHabit = 1 + (youth ?? 1)
      if ofHabit > novelty {
        novelty = ofHabit
        others = ("regular_peers", regularCount - 1)
      }
    }
    let raised = score.total + limits.newcomer * novelty
    guard raised >= limits.floor else { return nil }
    return RawVote(
      entity: row.key.originator.text, window: candidate.window, detector: name, score: raised,
      floor: limits.floor, ceiling: limits.ceiling, peer: row.peer,
      evidence: [
        Evidence(
          candidate.gapFeature, contribution: score.interval, actual: candidate.gapMedian,
          spread: candidate.gapDeviation),
        Evidence(
          "conversations",
          contribution: (score.histogram + score.duration + score.size) / 3,
          actual: Double(candidate.conversations)),
        Evidence(
          others.feature, contribution: limits.newcomer * novelty, actual: Double(others.count)),
      ])
  }
}

/// How many hosts met each peer at regular intervals on the day.
private struct RegularHosts {
  private struct Entry {
    var count = 0
    var last: NamedEndpoint?
  }
  private var entries: [Peer: Entry] = [:]

  private struct Peer: Hashable {
    /// Pairs of one host come one after the other within a kind.
    let kind: PairKind
    let subject: UInt64

    init(_ key: PairKey) {
      kind = key.kind
      subject = Subject.responder(of: key).subject
    }
  }

  mutating func add(_ key: PairKey) {
    let peer = Peer(key)
    if entries[peer]?.last != key.originator {
      entries[peer, default: Entry()].count += 1
      entries[peer]?.last = key.originator
    }
  }

  func count(_ key: PairKey) -> Int { entries[Peer(key)]?.count ?? 0 }
}
