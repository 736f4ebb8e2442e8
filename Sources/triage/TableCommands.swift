import Events
import Incidents
import Registry
import RegistryTables
import StageKit

extension Triage {
  struct Sync: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "sync",
      abstract: "Bring registry.sqlite and incidents.csv up to date with reports and decisions.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    func run() throws {
      try RegistryFiles(try Casebook(common, actor)).write()
    }
  }

  struct Import: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Take over what was decided in a spreadsheet or a table on the web.",
      discussion: """
        Reads a CSV with a column incident_id and any of assignee, verdict, verdict_reason, cause, lesson
        and revision, such as registry/incidents.csv after somebody changed it. What differs from the
        registry becomes a decision in your name; empty fields change nothing. A row that would change
        what somebody else changed since the table was written is refused.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @Argument(help: "The table.") var file: String

    func run() throws {
      let casebook = try Casebook(common, actor, to: .label)
      let rows = try CasesCSV.rows(of: try FileBytes.read(file), path: file)
      let cases = Dictionary(
        try casebook.cases().map { ($0.latest.id, $0) }, uniquingKeysWith: { first, _ in first })
      let logger = common.logger("triage")
      for row in rows where cases[row.incident] == nil {
        logger.warning("\(PlainText.visible(row.incident)): no incident of this store; left out")
      }
      let added = try casebook.record { state in
        let acts = try rows.flatMap { row in
          try cases[row.incident].map { try TableChanges.acts(row, $0, state) } ?? []
        }
        for act in acts { try casebook.require(TableChanges.permission(act)) }
        return acts
      }
      logger.info("\(Quantity.counted(added.count, "decision")) taken over from \(file)")
    }
  }

  struct Verify: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Check that no line of the registry was changed, removed or moved.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      var faults: [StageError] = []
      for log in StoreLog.allCases.map({ $0.chain(store: casebook.store.path) }) {
        do {
          let records = try log.verified()
          print(
            "\(log.path): \(Quantity.counted(records.count, "line")) as written"
              + (records.last.map { "; the last is \($0.hash)" } ?? ""))
        } catch let fault as StageError {
          faults.append(fault)
        }
      }
      if faults.isEmpty { try AuditLog(casebook.store).verifyOthers() }
      guard let first = faults.first else { return }
      for fault in faults.dropFirst() { common.logger("triage").error("\(fault)") }
      throw first
    }
  }
}

/// What a row of a table changes.
enum TableChanges {
  static func acts(_ row: CasesCSV.Row, _ item: Case, _ state: RegistryState) throws
    -> [RegistryEvent.Act]
  {
    let id = item.latest.id
    let record = state.records[id] ?? RegistryState.Record()
    let acts = try changes(row, item, record)
    if !acts.isEmpty, let revision = row.revision, revision != record.revision {
      throw StageError(
        "\(id): the table has revision \(revision), the registry \(record.revision): somebody decided "
          + "since it was written; take registry/incidents.csv anew")
    }
    return acts
  }

  static func permission(_ act: RegistryEvent.Act) -> Site.Person.Permission {
    if case .close = act { .close } else { .label }
  }

  private static func changes(_ row: CasesCSV.Row, _ item: Case, _ record: RegistryState.Record)
    throws -> [RegistryEvent.Act]
  {
    let id = item.latest.id
    var acts: [RegistryEvent.Act] = []
    if let assignee = row.assignee, assignee != record.assignee {
      acts.append(.assign(incident: id, to: assignee))
    }
    let verdict = row.verdict ?? record.label?.verdict
    let reason = row.verdictReason ?? record.label?.reason ?? ""
    if let verdict, verdict != record.label?.verdict || reason != record.label?.reason {
      acts.append(.label(subject: item.subject, verdict: verdict, reason: reason))
    }
    let cause = row.cause ?? record.closing?.cause
    let lesson = row.lesson ?? record.closing?.lesson
    if let cause, cause != record.closing?.cause || lesson != record.closing?.lesson {
      guard let lesson else {
        throw StageError("\(id): closing takes a cause and a lesson; the table has no lesson")
      }
      acts.append(.close(incident: id, cause: cause, lesson: lesson))
    }
    return acts
  }
}

extension Case {
  /// What a verdict on it is about.
  var subject: RegistryEvent.Subject {
    RegistryEvent.Subject(
      incident: latest.id, entityKind: latest.kind, entity: latest.entity, firstDay: firstDay,
      lastDay: latest.day)
  }
}
