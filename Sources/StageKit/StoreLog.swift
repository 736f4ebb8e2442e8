/// The chained logs of a store, in its folder `registry`.
package enum StoreLog: String, CaseIterable, Sendable {
  /// What people decided.
  case events
  /// What was told to whom.
  case outbox
  /// What was pruned.
  case pruned
  /// Who ran what.
  case audit

  /// - Parameter store: the store's path.
  package func chain(store: String) -> ChainedLog {
    ChainedLog(path: "\(store)/registry/\(rawValue).jsonl")
  }
}
