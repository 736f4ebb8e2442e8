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
struct Casebook {
  let site: Site
  let store: Store
  let log: RegistryLog
  let actor: String
  let moment: Instant

  /// - Throws: when the site file doesn't let the person do this.
  init(_ common: CommonOptions, _ actor: ActorOptions, to permission: Site.Person.Permission) throws
  {
    site = try common.openSite()
    store = try common.openStore()
    log = RegistryLog(store)
    self.actor = actor.name
    moment = actor.moment
    guard site.permissions(of: self.actor).contains(permission) else {
      throw StageError(
        "\(site.path): [[people]] does not let \(self.actor) \(permission.rawValue); ask one who may, "
          + "or name yourself with --as")
    }
  }

  /// All incidents that any report asked about, last seen first.
  func cases() throws -> [Case] {
    let state = RegistryState(try log.events())
    return Case.all(try store.days(in: "reports").map(reported), state)
  }

  /// A day's incidents as its report has them.
  func reported(_ day: CivilDate) throws -> [ReportedIncident] {
    try ReportedIncident.read(
      store.requiredTable(IncidentRow.schema, in: store.reports(day)), day: day)
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
    let added = try log.append(at: moment, actor: actor, acts)
    try RegistryFiles(self).write()
    return added
  }
}
