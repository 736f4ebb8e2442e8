import Events
import Incidents
import Registry
import StageKit

/// Which findings a rule is about.
struct ScopeOptions: ParsableArguments {
  @Option(help: "The host, as reports name it.") var host: String?
  @Option(help: "The detector.") var detector: String?
  @Option(help: "The other end: an address or a name, with or without its port.") var peer: String?

  var isGiven: Bool { host != nil || detector != nil || peer != nil }

  var scope: Rule.Scope { Rule.Scope(entity: host, detector: detector, peer: peer) }

  /// - Throws: where a rule of this scope would hide too much, or nothing.
  func check() throws {
    guard scope.isNarrowEnough else {
      throw ValidationError(
        "expected --host with --detector, or --peer: a rule mutes neither a host nor a detector")
    }
    if peer != nil, let detector, !DetectorKind.speaksOfOnePeer(detector) {
      throw ValidationError(
        "--peer: a finding of \(detector) is about all that a host did, and its peer is only the first "
          + "of them; name the host instead")
    }
  }
}

/// A rule that a command line states.
struct RuleOptions: ParsableArguments {
  /// A rule that is never looked at again is how attacks are overlooked.
  private static let mostDays = 366

  @OptionGroup var scope: ScopeOptions
  @Option(name: .customLong("from"), help: "The first day that heeds it; by default today.")
  var first: String?
  @Option(name: .customLong("expires"), help: "The last day that heeds it, within a year.")
  var last: String
  @Option(help: "Why.") var reason: String

  func validate() throws {
    try scope.check()
    for (option, text) in [("--from", first), ("--expires", last)] {
      if let text, CivilDate(text) == nil {
        throw ValidationError("\(option): expected a date such as 2026-03-29, found \(text)")
      }
    }
  }

  func rule(id: String, today: CivilDate) throws -> Rule {
    let firstDay = first.flatMap { CivilDate($0) } ?? today
    guard firstDay >= today else {
      throw StageError(
        "--from: expected \(today) or later, found \(firstDay): a rule changes no report of a day that "
          + "was over", code: .usage)
    }
    guard let lastDay = CivilDate(last), firstDay <= lastDay,
      lastDay <= firstDay.advanced(by: RuleOptions.mostDays)
    else {
      throw StageError(
        "--expires: expected a day from \(firstDay) to \(firstDay.advanced(by: RuleOptions.mostDays)), "
          + "found \(last)", code: .usage)
    }
    return Rule(
      id: id, scope: scope.scope, firstDay: firstDay, lastDay: lastDay, reason: reason)
  }
}

extension Triage {
  struct Suppress: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "suppress",
      abstract: "Not be asked about such findings for a while.",
      discussion: """
        Suppresses when reporting, never when reading: findings are scored and listed as before. An
        incident is suppressed only where every finding of it that tells something is in the scope of
        a rule, so a host that does something else as well is asked about. `triage what-if` says first
        what a rule would have done.

          triage suppress --host 10.0.0.7 --detector beacon --peer 203.0.113.7 \\
            --expires 2026-06-30 --reason "monitoring agent, ticket 123"
        """)
    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var options: RuleOptions

    func run() throws {
      try add(options, common, actor, to: .suppress) { .suppress($0) }
    }
  }

  struct ApproveClosing: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "approve-closing",
      abstract: "Have such findings closed without asking; one in 20 is asked about all the same.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var options: RuleOptions

    func run() throws {
      try add(options, common, actor, to: .approve) { .approveClosing($0) }
    }
  }

  struct Revoke: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "End a rule before it expires.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions
    @Argument(help: "The rule, for instance R2.") var rule: String
    @Option(help: "Why.") var reason: String

    func run() throws {
      let casebook = try Casebook(common, actor, to: .suppress, .approve)
      try casebook.record { state in
        guard let standing = state.rules.first(where: { $0.rule.id == rule }) else {
          throw StageError("\(rule): no such rule; triage rules lists them")
        }
        try casebook.require(standing.effect == .suppress ? .suppress : .approve)
        guard standing.revoked == nil else { throw StageError("\(rule): was revoked before") }
        return [.revoke(rule: rule, reason: reason)]
      }
      common.logger("triage").info("\(rule): revoked")
    }
  }

  struct Rules: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "rules", abstract: "The rules that people made, with their expiry.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    func run() throws {
      let casebook = try Casebook(common, actor, to: .view)
      let today = casebook.site.calendar.day(of: casebook.moment)
      for standing in RegistryState(try casebook.log.events()).rules {
        let isOver = standing.revoked != nil || standing.rule.lastDay < today
        print(PlainText.visible(standing.text + (isOver ? " (over)" : "")))
      }
    }
  }
}

/// Adds the rule that a command line states, and says what it does.
private func add(
  _ options: RuleOptions, _ common: CommonOptions, _ actor: ActorOptions,
  to permission: Site.Person.Permission, _ act: (Rule) -> RegistryEvent.Act
) throws {
  let casebook = try Casebook(common, actor, to: permission)
  let today = casebook.site.calendar.day(of: casebook.moment)
  let added = try casebook.record { state in
    [act(try options.rule(id: state.nextRuleID, today: today))]
  }
  for standing in RegistryState(added).rules { common.logger("triage").info("\(standing.text)") }
}
