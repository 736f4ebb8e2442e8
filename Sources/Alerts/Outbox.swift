import Columnar
import Events
import FoundationEssentials
import Incidents
import StageKit

/// What became of messages: a line of `registry/outbox.jsonl`.
package enum OutboxEntry: Codable, Equatable, Sendable {
  case queued(Message)
  /// Written before each try. One that nothing follows was cut short: whether the receiver has the
  /// message is not known.
  case attempt(key: String, at: Moment)
  /// The receiver has it, and answered so.
  case sent(key: String, at: Moment, answer: String)
  /// To be tried again, from `retryAt` on.
  case failed(key: String, at: Moment, reason: String, retryAt: Moment)
  /// The receiver doesn't want it as it is; it isn't tried again unasked.
  case refused(key: String, at: Moment, reason: String)
}

/// Who was told what, and what waits: the fold of an outbox's entries.
package struct OutboxState: Sendable {
  package enum Outcome: Equatable, Sendable {
    case waiting(until: Moment)
    case sent
    case refused(reason: String)
  }

  package struct Item: Sendable {
    package let message: Message
    package var attempts = 0
    package var outcome: Outcome
  }

  /// In the order in which they were queued.
  package private(set) var items: [Item] = []
  private var places: [String: Int] = [:]

  package init(_ entries: [OutboxEntry] = []) { for entry in entries { apply(entry) } }

  private mutating func apply(_ entry: OutboxEntry) {
    switch entry {
    case .queued(let message):
      guard places[message.key] == nil else { return }
      places[message.key] = items.count
      items.append(Item(message: message, outcome: .waiting(until: message.notBefore)))
    case .attempt(let key, _): change(key) { $0.attempts += 1 }
    case .sent(let key, _, _): change(key) { $0.outcome = .sent }
    case .failed(let key, _, _, let retryAt):
      change(key) { $0.outcome = .waiting(until: retryAt) }
    case .refused(let key, _, let reason):
      change(key) { $0.outcome = .refused(reason: reason) }
    }
  }

  private mutating func change(_ key: String, _ change: (inout Item) -> Void) {
    if let place = places[key] { change(&items[place]) }
  }

  /// All that a route was told of incidents, oldest first, whether it arrived yet or not, and the
  /// last day (as 2026-03-29) whose report that was.
  package func told(_ route: String) -> [String: (notices: [Notice], lastDay: String)] {
    var told: [String: (notices: [Notice], lastDay: String)] = [:]
    for item in items where item.message.route == route {
      let day = item.message.day
      for notice in item.message.notices {
        let earlier = told[notice.incident]
        told[notice.incident] = (
          (earlier?.notices ?? []) + [notice], max(earlier?.lastDay ?? day, day)
        )
      }
    }
    return told
  }
}

/// The outbox on disk.
package struct Outbox: Sendable {
  private let log: ChainedLog

  package init(_ store: Store) { self.init(path: StoreLog.outbox.chain(store: store.path).path) }

  package init(path: String) { log = ChainedLog(path: path) }

  package var path: String { log.path }

  /// - Throws: `StageError` naming the line that is not as it was written.
  package func state() throws -> OutboxState { OutboxState(try log.decoded(log.read())) }

  /// Adds entries, made from the state as it is; nobody else can add in between.
  @discardableResult
  package func append(_ make: (OutboxState) throws -> [OutboxEntry]) throws -> [OutboxEntry] {
    var added: [OutboxEntry] = []
    try log.append { records in
      added = try make(OutboxState(log.decoded(records)))
      return try added.map { try JSONText.compact($0) }
    }
    return added
  }

  /// Adds an entry whatever the state is: for what was done. The lines before it were checked when
  /// the state was read.
  package func append(_ entry: OutboxEntry) throws {
    try log.appendUnread(JSONText.compact(entry))
  }
}
