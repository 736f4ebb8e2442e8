import Events
import FoundationEssentials
import Glibc

/// Who ran what, and with which configuration: `registry/audit.jsonl`, whose lines are chained.
///
/// It is the one file of a store that tells of times and people rather than of exports, so it
/// differs between stores that are the same otherwise.
package struct AuditLog: Sendable {
  private struct Run: Encodable {
    let at, account, program: String
    let arguments: [String]
    /// SHA-256 of the site file; none where there is no such file.
    let site: String?
    /// The hash of the last line of each log of the registry, by the log's name.
    let logs: [String: String]
  }

  private struct Seen: Decodable {
    let at: String
    let logs: [String: String]?
  }

  /// Logs whose lines must never be fewer than a run saw.
  private static let watched = StoreLog.allCases.filter { $0 != .audit }

  private struct Wording: Encodable {
    let at, account, program, day, endpoint, model: String
    let asked, answered: Int
    /// SHA-256 of the file that holds the day's prompts and answers; none where nothing was
    /// answered.
    let record: String?
  }

  package let log: ChainedLog

  private let store: String

  package init(_ store: Store) {
    self.store = store.path
    log = StoreLog.audit.chain(store: store.path)
  }

  /// Checks that the other logs of the registry have all lines that were in them when runs began:
  /// that lines are missing at the end of a log, or all of it, its own chain doesn't tell.
  /// - Throws: naming the first that lacks some.
  package func verifyOthers() throws {
    let decoder = JSONDecoder()
    let seen = try log.read().map { record in
      do { return try decoder.decode(Seen.self, from: Data(record.entry.utf8)) } catch {
        throw StageError(
          "\(log.path):\(record.line): expected what a run notes, found another entry: "
            + "\(JSONMembers.reason(error)); use the version that wrote it")
      }
    }
    for watched in AuditLog.watched {
      let other = watched.chain(store: store)
      let hashes = Set(try other.read().map(\.hash))
      // Each run counts: the first after a log was cut saw it as it is now.
      for run in seen {
        guard let hash = run.logs?[watched.rawValue], !hashes.contains(hash) else { continue }
        throw StageError(
          "\(other.path): lines are missing: a run saw there the line of hash \(hash.prefix(16))… on "
            + "\(run.at); put the log back from a copy")
      }
    }
  }

  /// Records that this program begins. A log that somebody changed keeps no stage from its work;
  /// `triage verify` finds it.
  /// - Parameter site: the site file's path.
  package func recordRun(site: String) throws {
    let arguments = CommandLine.arguments
    var logs: [String: String] = [:]
    for watched in AuditLog.watched {
      logs[watched.rawValue] = try watched.chain(store: store).lastHash()
    }
    try append(
      Run(
        at: Quantity.timestamp(Account.now), account: Account.name,
        program: FileBytes.name(of: arguments.first ?? ""), arguments: Array(arguments.dropFirst()),
        site: FileBytes.exists(site) ? try ContentHasher.hash(file: site) : nil,
        logs: logs))
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
