import Columnar
import Events
import Incidents
import Questions
import Registry
import StageKit

extension Report {
  struct Ask: StageCommand {
    enum Question: String, CaseIterable, ExpressibleByArgument {
      case topTalkers = "top-talkers"
      case whatChanged = "what-changed"
      case whoTalksTo = "who-talks-to"
      case newServices = "new-services"
      case quietSources = "quiet-sources"

      var hasSubject: Bool { self == .whatChanged || self == .whoTalksTo }
    }

    static let configuration = CommandConfiguration(
      commandName: "ask",
      abstract: "Answer a question about days from what is stored of them.",
      discussion: """
        Prints a sentence and the table that it is from; with --json, one object.

          report ask top-talkers --day 2026-03-29
          report ask what-changed 10.20.20.16 --day 2026-03-25
          report ask who-talks-to 10.20.10.10 --from 2026-03-23 --to 2026-03-29
          report ask new-services --day 2026-03-25
          report ask quiet-sources --from 2026-03-01 --to 2026-03-29
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    @Argument(help: "The question.")
    var question: Question

    @Argument(help: "The host or name that it is about, for what-changed and who-talks-to.")
    var subject: String?

    func validate() throws {
      guard question.hasSubject == (subject != nil) else {
        throw ValidationError(
          question.hasSubject
            ? "\(question.rawValue): expected a host, for instance \(question.rawValue) 10.0.0.7"
            : "\(question.rawValue): expected no host, found \(subject ?? "")")
      }
    }

    func run() throws {
      let asker = Asker(site: try common.openSite(), store: try common.openStore())
      let wanted = Set(try days.days(in: asker.store, area: "profiles", of: asker.site))
      let answer = try asker.answer(question, about: subject ?? "", wanted: wanted)
      print(common.json ? try answer.json : answer.text + "\n", terminator: "")
    }
  }
}

/// Opens what a question needs.
struct Asker {
  let site: Site
  let store: Store

  /// - Parameter wanted: the days asked about; those that the store has are answered for.
  func answer(_ question: Report.Ask.Question, about subject: String, wanted: Set<CivilDate>) throws
    -> Answer
  {
    let known = try store.days(in: question == .quietSources ? "quality" : "profiles")
    let days = known.filter(wanted.contains)
    guard let first = days.first else {
      throw StageError("\(store.path): none of these days is there; run baseline for them first")
    }
    let before = known.filter { $0 < first && $0 >= first.advanced(by: -site.baselineDays) }
    let answer = try self.answer(question, about: subject, days: days, before: before)
    guard days.count < wanted.count else { return answer }
    return Answer(
      columns: answer.columns, rows: answer.rows,
      sentence: answer.sentence + " Of the \(wanted.count) days asked about, \(days.count) are "
        + "known: \(days.map(\.description).joined(separator: ", ")).")
  }

  private func answer(
    _ question: Report.Ask.Question, about subject: String, days: [CivilDate],
    before: [CivilDate]
  ) throws -> Answer {
    switch question {
    case .topTalkers:
      return try .topTalkers(days.map { try profile(HostHour.schema, $0) })
    case .whoTalksTo:
      return try .whoTalksTo(
        subject, at: addresses(of: subject), pairs: days.map { try profile(Pair.schema, $0) })
    case .newServices:
      return try .newServices(
        days.map { try profile(Service.schema, $0) },
        before: before.map { try profile(Service.schema, $0) })
    case .whatChanged:
      return try .whatChanged(
        subject, at: addresses(of: subject), days: days.map(hostTables),
        before: before.map(hostTables))
    case .quietSources:
      return try .quietSources(
        days.map { day in
          (
            day, try store.requiredTable(SourceDay.schema, in: store.quality(day)),
            try store.dataFindings(day)
          )
        })
    }
  }

  /// The addresses of a host that the assets file calls by this name.
  private func addresses(of name: String) throws -> [String] {
    guard Address(name) == nil else { return [] }
    return try IncidentReader(site: site, store: store).assets.addresses(of: name)
  }

  private func profile(_ schema: Schema, _ day: CivilDate) throws -> any BatchSource {
    try store.requiredTable(schema, in: store.profiles(day))
  }

  private func hostTables(_ day: CivilDate) throws -> HostTables {
    HostTables(
      hostHours: try profile(HostHour.schema, day), pairs: try profile(Pair.schema, day),
      isWorkday: site.calendar.isWorkday(day))
  }
}
