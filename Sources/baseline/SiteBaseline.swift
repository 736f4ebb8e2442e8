import ArrowFile
import Columnar
import Events
import Features
import StageKit

/// Makes `baseline/asof=D`: the state as of D, from the summaries of the days before.
struct SiteBaseline: Sendable {
  /// Raised when the same summaries give another state.
  static let algorithm = 1

  let site: Site
  let store: Store

  func make(asOf day: CivilDate) throws -> Outcome {
    let earlier = try summarisedDays(before: day)
    return try store.make(store.baseline(asOf: day), plan: try plan(asOf: day)) { folder in
      let fold = StateFold(asOf: day, calendar: site.calendar)
      let window = day.advanced(by: -site.baselineDays)
      let recent = try earlier.filter { $0 >= window }.map(tables)
      let writers = try [
        folder.table(HostProfile.schema), folder.table(HostProfile.schema, name: "group_profiles"),
        folder.table(Seen.schema), folder.table(KnownHost.schema),
        folder.table(PairHistory.schema),
        folder.table(PairValue.schema, name: "pair_history_values"),
      ]
      try fold.run(
        summaries: recent, seen: try seen(fold, earlier: earlier),
        to: StateSinks(
          hostProfiles: writers[0], groupProfiles: writers[1], seen: writers[2], hosts: writers[3],
          pairHistory: writers[4], pairHistoryValues: writers[5]))
      for writer in writers { try writer.finish() }
      return ["days": "\(recent.count)"]
    }
  }

  /// What was seen, from the baseline of the day before where that is up to date, else from all
  /// summaries; the result is the same.
  private func seen(_ fold: StateFold, earlier: [CivilDate]) throws -> SeenTable {
    let yesterday = fold.asOf.advanced(by: -1)
    let folder = store.baseline(asOf: yesterday)
    if let manifest = try Manifest.read(folder: folder),
      manifest.fingerprint == (try plan(asOf: yesterday)).fingerprint
    {
      let table = try SeenTable(try store.requiredTable(Seen.schema, in: folder))
      let last = try earlier.filter { $0 >= yesterday }.map(tables)
      return try fold.seen(from: (table, yesterday), summaries: last)
    }
    return try fold.seen(from: nil, summaries: try earlier.map(tables))
  }

  private func plan(asOf day: CivilDate) throws -> Manifest {
    Manifest(
      stage: "baseline", algorithm: SiteBaseline.algorithm, subject: "baseline as of \(day)",
      options: [
        "days": "\(site.baselineDays)", "timezone": site.calendar.zone.name,
        "holidays": site.calendar.holidays.sorted().map(\.description).joined(separator: ","),
      ],
      inputs: try summarisedDays(before: day).compactMap { try store.input(store.profiles($0)) })
  }

  /// The days with a summary among the 90 before `day`, in order.
  private func summarisedDays(before day: CivilDate) throws -> [CivilDate] {
    try store.days(in: "profiles").filter { $0 < day && $0 >= day.advanced(by: -DayBits.dayCount) }
  }

  private func tables(_ day: CivilDate) throws -> DayTables {
    try DayTables(day: day) { try store.requiredTable($0, in: store.profiles(day)) }
  }
}
