import Columnar
import Events
import StageKit

/// What a receiver made of a try.
package enum Reply: Equatable, Sendable {
  case accepted(answer: String)
  /// It could not be reached, or asks to be tried later.
  case deferred(reason: String, retryAfterSeconds: Int?)
  case refused(reason: String)
}

/// Sends what waits in the outbox, in order, each message until its receiver has it.
package struct Courier {
  /// Tries of a message in one run.
  static let triesPerRun = 3
  /// How long a run waits before it tries a message again; longer waits are left to the next run.
  package static let patienceSeconds = 10
  /// After so long a run begins nothing more, on any route.
  static let runSeconds = 120
  /// The wait after n tries is 2ⁿ seconds, up to this.
  static let longestWaitSeconds = 3600
  /// A receiver that asks for more is asked again after this.
  static let longestRetryAfterSeconds = 86_400

  /// What a run did on a route.
  package struct Tally: Equatable, Sendable {
    package var sent = 0
    /// Tried, but not taken yet: why, for the last of them.
    package var deferred: String?
    /// Refused in this run: why, each.
    package var refused: [String] = []

    package init() {}
  }

  private let outbox: Outbox
  private let items: [OutboxState.Item]
  private let end: Moment
  private let now: () -> Instant
  private let wait: (_ seconds: Int) -> Void

  /// Begins a run.
  /// - Parameters:
  ///   - now: the present moment.
  ///   - wait: returns after so many seconds.
  /// - Throws: `StageError` where the outbox is not as it was written.
  package init(
    outbox: Outbox, now: @escaping () -> Instant, wait: @escaping (_ seconds: Int) -> Void
  ) throws {
    self.outbox = outbox
    items = try outbox.state().items
    end = Moment(now()).advanced(bySeconds: Courier.runSeconds)
    self.now = now
    self.wait = wait
  }

  /// Sends a route's messages that are due. One that can't be sent holds up those behind it, so
  /// that they arrive in order; one that is refused doesn't. Once in a run for each route.
  /// - Parameters:
  ///   - tryingRefused: whether what was refused before is tried once more.
  ///   - send: one try.
  package func deliver(
    _ route: String, tryingRefused: Bool = false, send: (Message) throws -> Reply
  ) throws -> Tally {
    var tally = Tally()
    for item in items where item.message.route == route {
      switch item.outcome {
      case .sent: continue
      case .refused where !tryingRefused: continue
      case .refused, .waiting: break
      }
      // What waits for its hour holds up nothing: it may be graver news that follows.
      if item.attempts == 0, item.message.notBefore > Moment(now()) { continue }
      guard Moment(now()) < end else { return tally }
      guard try deliver(item, &tally, send) else { return tally }
    }
    return tally
  }

  /// - Returns: whether the next message may be tried.
  private func deliver(
    _ item: OutboxState.Item, _ tally: inout Tally, _ send: (Message) throws -> Reply
  ) throws -> Bool {
    let key = item.message.key
    var outcome = item.outcome
    var attempts = item.attempts
    for _ in 0..<Courier.triesPerRun {
      if case .waiting(let until) = outcome {
        let present = Moment(now())
        let seconds = Int((until.instant.microseconds - present.instant.microseconds) / 1_000_000)
        guard seconds <= Courier.patienceSeconds else { return false }
        if seconds > 0 { wait(seconds) }
      }
      try outbox.append(.attempt(key: key, at: Moment(now())))
      attempts += 1
      let reply: Reply
      do { reply = try send(item.message) } catch {
        reply = .deferred(reason: "\(error)", retryAfterSeconds: nil)
      }
      let at = Moment(now())
      switch reply {
      case .accepted(let answer):
        try outbox.append(.sent(key: key, at: at, answer: answer))
        tally.sent += 1
        tally.deferred = nil
        return true
      case .refused(let reason):
        try outbox.append(.refused(key: key, at: at, reason: reason))
        tally.refused.append(reason)
        return true
      case .deferred(let reason, let retryAfterSeconds):
        let backoff = min(1 << min(attempts, 12), Courier.longestWaitSeconds)
        let asked = min(retryAfterSeconds ?? 0, Courier.longestRetryAfterSeconds)
        let retryAt = at.advanced(bySeconds: max(backoff, asked))
        try outbox.append(.failed(key: key, at: at, reason: reason, retryAt: retryAt))
        tally.deferred = reason
        outcome = .waiting(until: retryAt)
      }
    }
    return false
  }
}
