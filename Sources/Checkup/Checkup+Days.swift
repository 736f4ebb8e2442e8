import Columnar
import Events
import StageKit

/// What the store has of a source, over its days.
private struct SourceDays {
  var rows: [CivilDate: Int64] = [:]
  /// Days without a row that usually have some.
  var missing: [CivilDate] = []
  /// Of the newest day with rows.
  var hours = 0
  var dayHours = 0
  /// Of the newest seven days of the store.
  var recentRows: Int64 = 0
  var rejected: Int64 = 0

  var newest: CivilDate? { rows.keys.max() }
}

extension Checkup {
  /// Which days have events, and not what later stages make of them.
  private func unfinished(_ days: [CivilDate], in store: Store) throws -> [CheckResult] {
    try [(Area.features, "baseline"), (.scores, "score"), (.reports, "report")].compactMap {
      area, stage in
      let made = Set(try store.days(in: area.rawValue))
      let missing = days.filter {
        !made.contains($0)
          && store.pruned.entry(of: store.relative(store.folder(area, $0))) == nil
      }
      guard !missing.isEmpty else { return nil }
      return CheckResult(
        .warning, store.path, "no \(area) of \(Checkup.ranges(missing)); run \(stage) for them")
    }
  }

  /// Whether the days follow one another, and what each source has of them.
  func days(of site: Site, in store: Store) -> [CheckResult] {
    checked {
      let days = try store.days(in: Area.events.rawValue)
      guard let first = days.first, let last = days.last else {
        return [
          CheckResult(
            .warning, store.path, "has no day yet; run make replay FROM=… TO=… with days of yours")
        ]
      }
      var results: [CheckResult] = []
      let known = Set(days)
      let gaps = (first.dayNumber...last.dayNumber).map { CivilDate(dayNumber: $0) }
        .filter {
          !known.contains($0) && store.pruned.entry(of: store.relative(store.events($0))) == nil
        }
      if !gaps.isEmpty {
        results.append(
          CheckResult(
            .warning, store.path,
            "\(Checkup.ranges(gaps)) missing; make replay FROM=… TO=… makes them from their exports"
          ))
      }
      if store.copyOf == nil { results += try unfinished(days, in: store) }
      results.append(
        CheckResult(.ok, store.path, "\(Quantity.counted(days.count, "day")), \(first) to \(last)"))
      let sources = try sourceDays(of: store)
      let newest = sources.values.compactMap(\.newest).max()
      for name in Set(site.inputs.map(\.source)).union(sources.keys).sorted() {
        results.append(check(name, sources[name], newest: newest))
      }
      if let remark = try Manifest.read(folder: store.events(last))?.facts["remark"] {
        results.append(CheckResult(.warning, store.relative(store.events(last)), remark))
      }
      for finding in try store.dataFindings(last) {
        results.append(
          CheckResult(
            .warning, store.relative(store.quality(last)),
            "\(finding.line)\(finding.advice.isEmpty ? "" : "; \(finding.advice)")"))
      }
      return results
    }
  }

  private func check(_ name: String, _ source: SourceDays?, newest: CivilDate?) -> CheckResult {
    let place = "source \(name)"
    guard let source, let newest, let own = source.newest else {
      return CheckResult(
        .warning, place,
        "no day has a row of it: it has no files yet, or all of their lines are rejected (ingest check FILE "
          + "says why)")
    }
    if own < newest {
      return CheckResult(
        .warning, place,
        "silent since \(own), while others have rows until \(newest); see that its exports come")
    }
    let share = Double(source.rejected) / Double(max(1, source.rejected + source.recentRows))
    let text =
      "\(own): \(Quantity.count(Int(source.rows[own] ?? 0))) rows in \(source.hours) of \(source.dayHours) hours; "
      + "\(Quantity.decimal(100 * share, places: 1)) % of the last week's lines rejected"
    if !source.missing.isEmpty {
      return CheckResult(
        .warning, place,
        "nothing on \(Checkup.ranges(source.missing)), as on no such day before; if there are exports of "
          + "then, make late reads them; \(text)")
    }
    if share > Checkup.mostRejected {
      return CheckResult(
        .warning, place, "\(text); ingest check FILE says why lines are rejected")
    }
    return CheckResult(.ok, place, text)
  }

  /// The share of rejected lines from which on a format does not fit.
  private static let mostRejected = 0.05

  private func sourceDays(of store: Store) throws -> [String: SourceDays] {
    var sources: [String: SourceDays] = [:]
    let days = try store.days(in: Area.quality.rawValue)
    for day in days {
      let isRecent = day > (days.last ?? day).advanced(by: -7)
      let table = try store.requiredTable(SourceDay.schema, in: store.quality(day))
      for (name, found) in try Checkup.read(table) {
        var source = sources[name] ?? SourceDays()
        if found.rowCount > 0 {
          source.rows[day] = found.rowCount
          (source.hours, source.dayHours) = (found.hours, found.dayHours)
        } else if found.isUsual {
          source.missing.append(day)
        }
        if isRecent {
          source.recentRows += found.rowCount
          source.rejected += found.rejected
        }
        sources[name] = source
      }
    }
    return sources
  }

  private struct OneDay {
    var rowCount: Int64 = 0
    var hours = 0
    var dayHours = 0
    var rejected: Int64 = 0
    /// Whether such days usually have rows.
    var isUsual = false
  }

  /// The day's sources, with all of their classes.
  private static func read(_ table: any BatchSource) throws -> [String: OneDay] {
    var days: [String: OneDay] = [:]
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (names, rows) = (batch[SourceDay.source], batch[SourceDay.rows])
      let (usual, rejected) = (batch[SourceDay.usualRows], batch[SourceDay.rejected])
      let (hours, dayHours) = (batch[SourceDay.hours], batch[SourceDay.dayHours])
      for row in 0..<batch.rowCount {
        var day = days[names[row] ?? ""] ?? OneDay()
        day.rowCount += rows.value(row)
        day.rejected += rejected.value(row)
        day.hours = max(day.hours, Int(hours.value(row)))
        day.dayHours = Int(dayHours.value(row))
        day.isUsual = day.isUsual || usual[row].map { $0 > 0 } == true
        days[names[row] ?? ""] = day
      }
    }
    return days
  }

  private static let shownRanges = 3

  /// `2026-03-02, 2026-03-07 to 2026-03-09`; of many only the last.
  static func ranges(_ days: [CivilDate]) -> String {
    var ranges: [ClosedRange<CivilDate>] = []
    for day in days.sorted() {
      if let last = ranges.last, last.upperBound.advanced(by: 1) == day {
        ranges[ranges.count - 1] = last.lowerBound...day
      } else {
        ranges.append(day...day)
      }
    }
    let shown = ranges.suffix(shownRanges).map {
      $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
    }.joined(separator: ", ")
    return ranges.count > shownRanges ? "\(days.count) days, the last \(shown)" : shown
  }
}
