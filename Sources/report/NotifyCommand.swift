import Columnar
import Events
import StageKit

extension Report {
  struct Notify: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "notify",
      abstract: "Tell the site file's routes what is new in days' reports; nothing without routes.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions
    @OptionGroup var sending: SendingOptions

    @Flag(help: "Send nothing: report deliver does it, from where there is a network.")
    var later = false

    func run() throws {
      let site = try common.openSite()
      guard !site.routes.isEmpty else { return }
      let store = try common.openStore(for: .writing)
      try store.requireInUse()
      if site.assetsPath != nil, site.routes.contains(where: { !$0.teams.isEmpty }),
        let note = try site.missingKeyNote(for: store.path, "assets")
      {
        common.logger("report").warning("\(note); routes with teams are told nothing")
      }
      let notifier = try Notifier(site: site, store: store, present: sending.clock())
      try notifier.queue(days.days(in: store, area: "reports", of: site))
      guard !later else { return }
      try notifier.deliver(again: sending.again, options: common)
    }
  }

  struct Deliver: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "deliver",
      abstract: "Send what waits in the outbox: what failed before, or waited for its hour.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions

    func run() throws {
      let site = try common.openSite()
      guard !site.routes.isEmpty else { return }
      let store = try common.openStore()
      try store.requireInUse()
      let notifier = try Notifier(site: site, store: store, present: sending.clock())
      // It is often run in vain, by a clock: only a run that sends is worth a line.
      if try notifier.isAnythingDue(again: sending.again) {
        try AuditLog(store).recordRun(site: common.site)
      }
      try notifier.deliver(again: sending.again, options: common)
    }
  }

  struct SendingOptions: ParsableArguments {
    @Option(help: "The present moment, for instance 2026-03-29T07:00:00Z, if not the clock's.")
    var at: String?

    @Flag(help: "Try once more what receivers refused.")
    var again = false

    func validate() throws {
      guard let at, Instant(utc: at) == nil else { return }
      throw ValidationError("--at: expected a time such as 2026-03-29T07:00:00Z, found \(at)")
    }

    /// The present moment, which goes on from where it was given.
    func clock() -> () -> Instant {
      let start = at.flatMap(Instant.init(utc:)) ?? Account.now
      let began = ContinuousClock.now
      return {
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        return start.advanced(
          byMicroseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
      }
    }
  }
}
