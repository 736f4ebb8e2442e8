import Columnar
import Events
import FoundationEssentials
import StageKit

/// The registry's events on disk: `registry/events.jsonl` of a store.
package struct RegistryLog: Sendable {
  package let log: ChainedLog

  package init(_ store: Store) { log = ChainedLog(path: store.registry + "/events.jsonl") }

  /// All events, in the order in which they were made.
  /// - Throws: `StageError` naming the line that is not as it was written.
  package func events() throws -> [RegistryEvent] { try events(log.read()) }

  private func events(_ records: [ChainedLog.Record]) throws -> [RegistryEvent] {
    let decoder = JSONDecoder()
    return try records.map { record in
      do {
        return try decoder.decode(RegistryEvent.self, from: Data(record.entry.utf8))
      } catch {
        throw StageError("\(log.path):\(record.line): not an event of this version: \(error)")
      }
    }
  }

  /// Adds what a person decided.
  /// - Parameter acts: from the state as it is; nobody else can add in between.
  @discardableResult
  package func append(
    at: Instant, actor: String, _ acts: (RegistryState) throws -> [RegistryEvent.Act]
  ) throws -> [RegistryEvent] {
    var added: [RegistryEvent] = []
    try log.append { records in
      added = try acts(RegistryState(events(records))).map {
        RegistryEvent(at: at, actor: actor, act: $0)
      }
      return try added.map { try JSONText.compact($0) }
    }
    return added
  }
}
