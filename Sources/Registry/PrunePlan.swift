import Columnar
import Events
import Incidents
import StageKit

/// What a site's retention lets go of its store, and what holds keep of that.
package struct PrunePlan: Sendable {
  /// A finished folder beyond its area's days.
  package struct Folder: Equatable, Sendable {
    package let area: Area
    /// Its path within the store.
    package let path: String
    /// Of the data in it.
    package let days: ClosedRange<CivilDate>
    package let byteCount: Int
    /// The hold that keeps it; the first where there are several.
    package let hold: LegalHold?
  }

  /// The newest day with a report on any host: days are counted from it, since those after it are
  /// not done yet. Nil where no day is.
  package let newest: CivilDate?
  /// What is made from others before these, and each area by day.
  package let folders: [Folder]

  package init(site: Site, store: Store, holds: [LegalHold]) throws {
    newest = try store.days(in: Area.reports.rawValue).last { day in
      // A day ahead, made by mistake or too early, must not age the rest.
      let report = try Manifest.read(folder: store.reports(day))
      return report?.facts["hosts_checked"] != "0"
    }
    guard let newest else {
      folders = []
      return
    }
    folders = try Area.allCases.reversed().flatMap { area -> [Folder] in
      guard let kept = site.retention.days(of: area) else { return [] }
      let firstKept = newest.advanced(by: 1 - kept)
      return try PrunePlan.finished(area, site: site, store: store)
        .filter { $0.days.upperBound < firstKept }
        .sorted { ($0.days.upperBound, $0.path) < ($1.days.upperBound, $1.path) }
        .map { path, days in
          Folder(
            area: area, path: path, days: days,
            byteCount: try FileBytes.totalSize(of: "\(store.path)/\(path)"),
            hold: holds.first { $0.keeps(days) })
        }
    }
  }

  package var going: [Folder] { folders.filter { $0.hold == nil } }

  /// All finished folders of an area, by their paths within the store.
  private static func finished(_ area: Area, site: Site, store: Store) throws
    -> [(path: String, days: ClosedRange<CivilDate>)]
  {
    guard area != .ingested else { return try ingested(site: site, store: store) }
    let days = try store.days(in: area.rawValue)
      .map { (path: store.relative(store.folder(area, $0)), days: $0...$0) }
    return try area == .reports ? days + periods(of: store, from: site.earliestDay) : days
  }

  /// Files by the days of their rows; a file without a row is of no day, and stays.
  private static func ingested(site: Site, store: Store) throws
    -> [(path: String, days: ClosedRange<CivilDate>)]
  {
    var ranges: [String: ClosedRange<CivilDate>] = [:]
    for (folder, _, file) in try store.ingestedFiles() {
      guard let first = file.rowsByHour.first?.hour, let last = file.rowsByHour.last?.hour else {
        continue
      }
      // Hours are those of UTC, of which a day's end may cut one.
      let lastMoment = last.advanced(byMicroseconds: 3_600_000_000 - 1)
      let days = site.calendar.day(of: first)...site.calendar.day(of: lastMoment)
      ranges[folder] =
        ranges[folder].map { known in
          min(known.lowerBound, days.lowerBound)...max(known.upperBound, days.upperBound)
        } ?? days
    }
    // What no stage has taken in yet stays: it could not be read again.
    return ranges.filter { folder in
      (folder.value.lowerBound.dayNumber...folder.value.upperBound.dayNumber).allSatisfy {
        let events = store.events(CivilDate(dayNumber: $0))
        return FileBytes.exists(events) || store.pruned.entry(of: store.relative(events)) != nil
      }
    }.map { (store.relative($0.key), $0.value) }
  }

  /// Weeks' and months' reports: they are kept as long as their last day.
  private static func periods(of store: Store, from first: CivilDate) throws
    -> [(path: String, days: ClosedRange<CivilDate>)]
  {
    guard let last = try store.days(in: Area.reports.rawValue).last, first <= last else {
      return []
    }
    return Period.Kind.allCases.flatMap { Period.all($0, from: first, to: last) }
      .map { (path: "\(Area.reports)/\($0.folderName)", days: $0.first...$0.last) }
      .filter { FileBytes.exists("\(store.path)/\($0.path)/\(Manifest.fileName)") }
  }
}

extension PrunePlan {
  /// Removes what goes, area by area. Each folder's line is in the log before the folder is
  /// touched, and what is made from others goes before these; so wherever this ends, every stage
  /// knows what is gone.
  package func remove(from store: Store, at: Instant, actor: String) throws {
    let log = PruneLog(store: store.path)
    let byArea = Dictionary(grouping: going, by: \.area)
    if byArea[.reports] != nil {
      // It tells of days that are about to go; the next report writes it again.
      try FileBytes.remove("\(store.path)/\(Area.reports)/index.html")
    }
    for area in Area.allCases.reversed() {
      let folders = byArea[area] ?? []
      try log.announce(
        try folders.map { folder in
          // One that was changed would be chained as if it had been written so.
          _ = try Manifest.read(folder: "\(store.path)/\(folder.path)")
          return PruneLog.Entry(
            at: at, actor: actor, area: area, folder: folder.path, days: folder.days,
            manifest: try ContentHasher.hash(
              file: "\(store.path)/\(folder.path)/\(Manifest.fileName)"))
        })
      for folder in folders {
        if area == .reports {
          // What a language model answered about the day; weeks and months have no such file.
          try FileBytes.remove("\(store.wording)/\(FileBytes.name(of: folder.path)).jsonl")
        }
        try store.remove(folder.path, of: area)
      }
    }
  }
}
