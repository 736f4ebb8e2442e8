import Columnar
import Events
import Features
import Glibc

/// Web servers of the site that are asked for what they were never asked for, above all where they
/// answer: probed, scanned, made to run what somebody left on them, or tried for passwords.
///
/// The score is the sum of surprises in bits, −log2 P(X ≥ n) of negative binomials with the
/// server's own days: how strange the new shapes are that it answered one client, and that it
/// refused it, under character n-grams of those it is used to answer (after Kruegel, Vigna 2003,
/// doi:10.1145/948109.948144); how many it answered it first; and tries at one address.
struct RequestsDetector: Detector {
  let name = "requests"
  let specificity = Specificity.technique
  let neededDays = 3
  let eventClasses: [EventClass] = [.http]
  let misledBy: Set<SourceFault.Kind> = [.keys, .repeated]

  func obstacle(_ inputs: ScoringInputs) throws -> String? {
    guard try RequestCursor(inputs.tables).server != nil else {
      return "no requests of the site's servers"
    }
    return inputs.learning([.requestShape], days: neededDays, of: "requests")
  }

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastDays = Int(try settings.number("least_days"))
    let judge = try RequestJudge(inputs, settings)
    var cursor = try RequestCursor(inputs.tables)
    while let server = cursor.server {
      let rows = try cursor.take()
      guard !inputs.isNew(server), inputs.state.requestHabits.dayCount(of: server) >= leastDays,
        let finding = judge.finding(server, rows), finding.score >= floor
      else { continue }
      try vote(
        RawVote(
          entity: server, window: inputs.window(of: finding.lead.time), detector: name,
          score: finding.score, floor: floor, ceiling: ceiling, peer: finding.lead.peer,
          cause: inputs.activeHours[finding.lead.client] == nil ? nil : finding.lead.client,
          evidence: Array(finding.evidence.prefix(3))))
    }
  }
}

/// Judges what was asked of one server on the day.
private struct RequestJudge {
  struct Finding {
    let evidence: [Evidence]
    /// The request to look at first.
    let lead: RequestRow
    let score: Double

    init?(_ found: [(evidence: Evidence, lead: RequestRow)]) {
      let sorted = found.sorted {
        ($1.evidence.contribution, $0.evidence.feature)
          < ($0.evidence.contribution, $1.evidence.feature)
      }
      guard let first = sorted.first else { return nil }
      evidence = sorted.map(\.evidence)
      lead = first.lead
      score = evidence.reduce(0) { $0 + $1.contribution }
    }
  }

  private let inputs: ScoringInputs
  private let shape, answeredCap, refusedCap, insideCap, newCap, triesCap: Double
  private let leastTries: Int64

  init(_ inputs: ScoringInputs, _ settings: Settings) throws {
    self.inputs = inputs
    shape = try settings.number("shape")
    answeredCap = try settings.number("answered_cap")
    refusedCap = try settings.number("refused_cap")
    insideCap = try settings.number("refused_inside_cap")
    newCap = try settings.number("new_cap")
    triesCap = try settings.number("tries_cap")
    leastTries = Int64(try settings.number("least_tries"))
  }

  func finding(_ server: String, _ rows: [RequestRow]) -> Finding? {
    let host = keyHash(server)
    var strange = StrangeRequests(model: inputs.state.requestModels.model(of: server))
    var tried: [(row: RequestRow, isNew: Bool)] = []
    for row in rows {
      let key = SeenKey(subject: row.subject, host: host)
      let isNew = inputs.state.seen.days(.requestShape, key).isEmpty
      if isNew { strange.add(row) }
      if row.excessTries >= leastTries && (!isNew || row.answered > 0) {
        tried.append((row, isNew))
      }
    }
    let tries = tries(server, tried)
    var most = Finding(tries.map { [$0] } ?? [])
    for session in strange.sessions {
      var found = StrangeRequests.Figure.allCases.compactMap {
        evidence($0, of: session, at: server)
      }
      if let tries, tries.lead.client == session.client { found.append(tries) }
      guard let finding = Finding(found), finding.score > most?.score ?? 0 else { continue }
      most = finding
    }
    return most
  }

  private func evidence(
    _ figure: StrangeRequests.Figure, of session: StrangeRequests.Session, at server: String
  ) -> (evidence: Evidence, lead: RequestRow)? {
    guard let lead = session.lead(figure) else { return nil }
    let (feature, cap) =
      switch figure {
      case .strangeAnswered: ("strange_requests_answered", answeredCap)
      case .strangeRefused:
        (
          "strange_requests_refused",
          inputs.activeHours[session.client] == nil ? refusedCap : insideCap
        )
      case .newAnswered: ("new_requests_answered", newCap)
      }
    let habit = inputs.state.requestHabits.figure(figure.habit, of: server)
    let (bits, mean) = habit.surprise(
      session.sum(figure) * 100, usual: inputs.state.requestHabits.usual(figure.habit), unit: 100,
      shape: shape)
    guard bits > 0 else { return nil }
    return (
      Evidence(
        feature, contribution: min(bits, cap), actual: session.sum(figure), typical: mean / 100,
        spread: habit.variance.squareRoot() / 100), lead
    )
  }

  /// The address at which the most unusual number of tries was made.
  private func tries(
    _ server: String, _ tried: [(row: RequestRow, isNew: Bool)]
  ) -> (evidence: Evidence, lead: RequestRow)? {
    let habits = inputs.state.requestHabits
    var most: (evidence: Evidence, lead: RequestRow)?
    for (row, isNew) in tried {
      let figure = habits.figure(.tries, of: server, shape: row.subject)
      let (bits, mean) = figure.surprise(
        Double(row.excessTries), usual: habits.usual(.tries), shape: shape)
      // The strangest of many addresses is stranger than one. What is new may be a new version's.
      let contribution = min(bits, isNew ? newCap : triesCap) - log2(Double(tried.count))
      guard contribution > most?.evidence.contribution ?? 0 else { continue }
      most = (
        Evidence(
          "tries_at_one_address", contribution: contribution, actual: Double(row.excessTries),
          typical: mean, spread: figure.variance.squareRoot()), row
      )
    }
    return most
  }
}

extension RequestRow {
  /// Who asked for what.
  fileprivate var peer: String? {
    let asked = path.isEmpty ? shape : path
    let parts = [client, asked.isEmpty ? "" : "asking \(asked)"].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
