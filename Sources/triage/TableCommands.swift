import DelimitedText
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
      try RegistryFiles(try Casebook(common, actor, to: .view)).write()
    }
  }

  struct Import: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Take over what was decided in a spreadsheet or a table on the web.",
      discussion: """
        Reads a CSV with a column incident_id and any of assignee, verdict, verdict_reason, cause and
        lesson, such as registry/incidents.csv after somebody changed it. What differs from the registry
        becomes a decision in your name; empty fields change nothing.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @Argument(help: "The table.") var file: String

    func run() throws {
      let casebook = try Casebook(common, actor, to: .label)
      let rows: [CasesCSV.Row]
      do {
        rows = try CasesCSV.rows(of: try FileBytes.read(file), path: file)
      } catch let error as RecordError {
        throw StageError("\(file): expected \(error.expected), found \(error.found)")
      }
      let cases = Dictionary(
        try casebook.cases().map { ($0.latest.id, $0) }, uniquingKeysWith: { first, _ in first })
      let logger = common.logger("triage")
      for row in rows where cases[row.incident] == nil {
        logger.warning("\(PlainText.visible(row.incident)): no incident of this store; left out")
      }
      if rows.contains(where: { $0.cause != nil }) {
        _ = try Casebook(common, actor, to: .close)
      }
      let added = try casebook.record { state in
        try rows.flatMap { row in
          try cases[row.incident].map { try TableChanges.acts(row, $0, state) } ?? []
        }
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
      for name in ["events", "outbox", "audit", "pruned"] {
        let log = ChainedLog(path: "\(casebook.store.registry)/\(name).jsonl")
        let records = try log.verified()
        guard let last = records.last else { continue }
        print(
          "\(log.path): \(records.count) lines are as they were written; the last is \(last.hash)")
      }
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
    var acts: [RegistryEvent.Act] = []
    if let assignee = row.assignee, assignee != record.assignee {
      acts.append(.assign(incident: id, to: assignee))
    }
    if let verdict = row.verdict,
      verdict != record.label?.verdict || row.verdictReason != record.label?.reason
    {
      acts.append(.label(subject: item.subject, verdict: verdict, reason: row.verdictReason))
    }
    if let cause = row.cause,
      cause != record.closing?.cause || row.lesson != record.closing?.lesson
    {
      guard !row.lesson.isEmpty else {
        throw StageError("\(id): closing takes a cause and a lesson; the table has no lesson")
      }
      acts.append(.close(incident: id, cause: cause, lesson: row.lesson))
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
