import Columnar
import Events
import Incidents
import Registry
import StageKit

/// Who acts, and when.
struct ActorOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: "Who decides; by default the account's name.")
  var actor: String?

  @Option(help: "When, for instance 2026-03-30T08:00:00Z; by default now.")
  var at: String?

  func validate() throws {
    if let at, Instant(utc: at) == nil {
      throw ValidationError("--at: expected a time such as 2026-03-30T08:00:00Z, found \(at)")
    }
  }

  var name: String { actor ?? Account.name }

  /// A decision is made at a moment, as a log's line is.
  var moment: Instant { at.flatMap { Instant(utc: $0) } ?? Account.now }
}

/// The registry of a store, opened for one person.
final class Casebook {
  let site: Site
  let store: Store
  let log: RegistryLog
  let actor: String
  let moment: Instant

  private let logger: Logger
  /// The reports' incidents by day; what people decide changes none of them.
  private var reports: [[ReportedIncident]]?

  /// Opens it for what changes something, or takes something out of the store: the audit log has a
  /// line of it.
  /// - Parameters:
  ///   - permissions: of which the person needs one; none where nothing is decided.
  ///   - use: nil for reading where that is all a person is asked to be permitted, else for
  ///     writing.
  /// - Throws: when the site file doesn't let the person do this.
  init(
    _ common: CommonOptions, _ actor: ActorOptions, to permissions: Site.Person.Permission...,
    for use: CommonOptions.StoreUse? = nil
  ) throws {
    site = try common.openSite()
    store = try common.openStore(for: use ?? (permissions == [.view] ? .reading : .writing))
    log = RegistryLog(store)
    logger = common.logger("triage")
    self.actor = actor.name
    moment = actor.moment
    let held = site.permissions(of: self.actor)
    if let first = permissions.first, !permissions.contains(where: held.contains) {
      try require(first)
    }
  }

  /// - Throws: when the site file doesn't let the person do this.
  func require(_ permission: Site.Person.Permission) throws {
    guard site.permissions(of: actor).contains(permission) else {
      throw StageError(
        "\(site.path): [[people]] does not let \(actor) \(permission.rawValue); ask one who may, "
          + "or name yourself with --as")
    }
  }

  /// All incidents that any report asked about, last seen first.
  func cases() throws -> [Case] { try cases(RegistryState(try log.events())) }

  func cases(_ state: RegistryState) throws -> [Case] {
    let all = try reports ?? readReports()
    reports = all
    return Case.all(all, state)
  }

  /// Lets reports be read again, since they may have changed.
  func forgetReports() { reports = nil }

  private func readReports() throws -> [[ReportedIncident]] {
    let (reports, older) = try store.allReportedIncidents()
    if let first = older.first, let last = older.last {
      let count = Quantity.counted(older.count, "day")
      logger.warning(
        "reports of \(count), \(first) to \(last), are of an older version: make late renews them")
    }
    return reports
  }

  /// The incident whose id begins so.
  /// - Throws: where none does, or several do.
  func find(_ prefix: String) throws -> Case {
    let found = try cases().filter { $0.latest.id.hasPrefix(prefix.lowercased()) }
    guard let first = found.first else {
      throw StageError("\(prefix): no incident's id begins so; triage list names them")
    }
    guard found.count == 1 else {
      throw StageError(
        "\(prefix): \(found.count) incidents' ids begin so, \(first.latest.id) among them; give more of "
          + "it")
    }
    return first
  }

  /// Records acts, and brings the tables for other programs up to date.
  @discardableResult
  func record(_ acts: (RegistryState) throws -> [RegistryEvent.Act]) throws -> [RegistryEvent] {
    try store.requireInUse()
    let added = try log.append(at: moment, actor: actor, acts)
    do { try RegistryFiles(self).write() } catch {
      // The decision stands: told as a failure it would be made twice.
      logger.warning("recorded, but the tables are not up to date, run triage sync: \(error)")
    }
    return added
  }
}
