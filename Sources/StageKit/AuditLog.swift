import Events
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

  private struct Wording: Encodable {
    let at, account, program, day, endpoint, model: String
    let asked, answered: Int
    /// SHA-256 of the file that holds the day's prompts and answers; none where nothing was answered.
    let record: String?
  }

  package let log: ChainedLog

  package init(_ store: Store) { log = ChainedLog(path: store.registry + "/audit.jsonl") }

  /// Records that this program begins. A log that somebody changed keeps no stage from its work;
  /// `triage verify` finds it.
  /// - Parameter site: the site file's path.
  package func recordRun(site: String) throws {
    let arguments = CommandLine.arguments
    try append(
      Run(
        at: Quantity.timestamp(Account.now), account: Account.name,
        program: FileBytes.name(of: arguments.first ?? ""), arguments: Array(arguments.dropFirst()),
        site: FileBytes.exists(site) ? try ContentHasher.hash(file: site) : nil))
  }

  /// Records that a language model was asked about a day's incidents.
  /// - Parameters:
  ///   - asked: requests that were sent.
  ///   - record: the path of the file that holds prompts and answers.
  package func recordWording(
    of day: CivilDate, by wording: Site.Wording, asked: Int, answered: Int, record: String
  ) throws {
    try append(
      Wording(
        at: Quantity.timestamp(Account.now), account: Account.name, program: "report",
        day: "\(day)", endpoint: wording.endpoint, model: wording.model, asked: asked,
        answered: answered,
        record: FileBytes.exists(record) ? try ContentHasher.hash(file: record) : nil))
  }

  private func append(_ value: some Encodable) throws {
    try log.appendUnread(try JSONText.compact(value))
  }
}
