import Events
import FoundationEssentials
import Glibc

/// Who ran what, and with which configuration: `registry/audit.jsonl`, whose lines are chained.
///
/// It is the one file of a store that tells of times and people rather than of exports, so it differs
/// between stores that are the same otherwise.
package struct AuditLog: Sendable {
  private struct Run: Encodable {
    let at, account, program: String
    let arguments: [String]
    /// SHA-256 of the site file; none where there is no such file.
    let site: String?
  }

  package let log: ChainedLog

  package init(_ store: Store) { log = ChainedLog(path: store.registry + "/audit.jsonl") }

  /// Records that this program begins. A log that somebody changed keeps no stage from its work;
  /// `triage verify` finds it.
  /// - Parameter site: the site file's path.
  package func recordRun(site: String) throws {
    let arguments = CommandLine.arguments
    let run = Run(
      at: Quantity.timestamp(Account.now), account: Account.name,
      program: FileBytes.name(of: arguments.first ?? ""), arguments: Array(arguments.dropFirst()),
      site: FileBytes.exists(site) ? try ContentHasher.hash(file: site) : nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let entry = String(decoding: try encoder.encode(run), as: UTF8.self)
    try log.appendUnread(entry)
  }
}
