import Events
import Incidents
import Registry
import StageKit

/// What commands on one incident have in common.
struct IncidentOptions: ParsableArguments {
  @OptionGroup var common: CommonOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: "The incident's id, or as much of its beginning as is needed.")
  var incident: String

  /// Records an act on the incident, and says so.
  func record(
    to permission: Site.Person.Permission, _ act: (Case) throws -> RegistryEvent.Act
  ) throws {
    let casebook = try Casebook(common, actor, to: permission)
    let item = try casebook.find(incident)
    try casebook.record { _ in [try act(item)] }
    let changed = try casebook.find(item.latest.id)
    if common.json {
      print(try CaseJSON.line(changed))
    } else {
      common.logger("triage").info("\(changed.latest.id.prefix(8)): \(changed.record.text)")
    }
  }
}

extension Triage {
  struct Acknowledge: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "ack", abstract: "Say that you look at an incident.")
    @OptionGroup var options: IncidentOptions

    func run() throws {
      try options.record(to: .label) { .acknowledge(incident: $0.latest.id) }
    }
  }

  struct Assign: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "assign", abstract: "Give an incident to somebody.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Who is to look at it.") var to: String

    func run() throws {
      try options.record(to: .label) { .assign(incident: $0.latest.id, to: to) }
    }
  }

  struct Label: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "label",
      abstract: "Say what an incident turned out to be: TP, FP, benign or unsure.",
      discussion: """
        TP: an attack, or what should not have been. Its host's days no longer count as normal when
        later days are judged. FP: nothing of the kind happened. benign: it happened, and is meant to.
        Of FP and benign, `triage tune` makes proposals; by themselves they change nothing.
        """)
    @OptionGroup var options: IncidentOptions
    @Argument(help: "TP, FP, benign or unsure.") var verdict: RegistryEvent.Verdict
    @Option(help: "How you know.") var reason: String

    func run() throws {
      try options.record(to: .label) {
        .label(subject: $0.subject, verdict: verdict, reason: reason)
      }
    }
  }

  struct Note: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "note", abstract: "Write down something about an incident.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "What to remember.") var text: String

    func run() throws {
      try options.record(to: .label) { .note(incident: $0.latest.id, text: text) }
    }
  }

  struct Close: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "close", abstract: "Nothing more is to be done about an incident.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Why it came about.") var cause: String
    @Option(help: "What is learned from it; lessons are in the monthly report.") var lesson: String

    func run() throws {
      try options.record(to: .close) {
        .close(incident: $0.latest.id, cause: cause, lesson: lesson)
      }
    }
  }

  struct Reopen: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "reopen", abstract: "Something is to be done about it after all.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Why.") var reason: String

    func run() throws {
      try options.record(to: .close) { .reopen(incident: $0.latest.id, reason: reason) }
    }
  }

  struct ApproveIsolation: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "approve-isolation",
      abstract: "Let later reports advise to isolate a critical asset for this incident.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Why its work can stand still.") var reason: String

    func run() throws {
      try options.record(to: .approve) {
        .approveIsolation(incident: $0.latest.id, reason: reason)
      }
    }
  }

  struct Hold: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "hold",
      abstract: "Keep all that an incident rests on from being pruned, until it is released.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Why, for instance a matter's number.") var reason: String

    func run() throws {
      try options.record(to: .approve) { .hold(subject: $0.subject, reason: reason) }
    }
  }

  struct Release: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "release", abstract: "End the hold on an incident.")
    @OptionGroup var options: IncidentOptions
    @Option(help: "Why.") var reason: String

    func run() throws {
      let casebook = try Casebook(options.common, options.actor, to: .approve)
      let added = try casebook.record { state in
        // Not among the incidents of reports: the hold outlives them.
        let held = state.records.filter { id, record in
          record.hold != nil && id.hasPrefix(options.incident.lowercased())
        }.keys
        guard let id = held.first, held.count == 1 else {
          throw StageError(
            "\(options.incident): expected an incident that is held, found \(held.count); triage "
              + "prune lists what is")
        }
        return [.release(incident: id, reason: reason)]
      }
      for id in added.compactMap(\.incident) {
        options.common.logger("triage").info("\(id.prefix(8)): released")
      }
    }
  }
}

extension RegistryEvent.Verdict: ExpressibleByArgument {}
