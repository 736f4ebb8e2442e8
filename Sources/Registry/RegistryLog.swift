import Columnar
import Events
import StageKit

/// The registry's events on disk: `registry/events.jsonl` of a store.
package struct RegistryLog: Sendable {
  package let log: ChainedLog

  package init(_ store: Store) { log = StoreLog.events.chain(store: store.path) }

  /// All events, in the order in which they were made.
  /// - Throws: `StageError` naming the line that is not as it was written.
  package func events() throws -> [RegistryEvent] { try log.decoded(log.read()) }

  /// Adds what a person decided.
  /// - Parameter acts: from the state as it is; nobody else can add in between.
  @discardableResult
  package func append(
    at: Instant, actor: String, _ acts: (RegistryState) throws -> [RegistryEvent.Act]
  ) throws -> [RegistryEvent] {
    var added: [RegistryEvent] = []
    try log.append { records in
      added = try acts(RegistryState(log.decoded(records))).map {
        RegistryEvent(at: at, actor: actor, act: $0)
      }
      return try added.map { try JSONText.compact($0) }
    }
    return added
  }
}
