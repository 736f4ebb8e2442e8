import Columnar
import Events
import Features
import Glibc

/// Judges the data of a day by that of the days before.
package struct QualityJudge: Sendable {
  /// How far back a source is remembered, in days.
  package static let memoryDays = LookBack.qualityDays

  let limits: QualityLimits
  let calendar: CivilCalendar
  /// The sources that the site still names; others are not missed.
  let expectedSources: Set<String>

  package init(limits: QualityLimits, calendar: CivilCalendar, expectedSources: Set<String>) {
    self.limits = limits
    self.calendar = calendar
    self.expectedSources = expectedSources
  }

  /// - Parameter earlier: the days of the last 90 that there are, ascending.
  package func judge(_ today: DataDay, earlier: [DataDay]) -> DayQuality {
    precondition(earlier.allSatisfy { $0.day < today.day })
    let known = earlier.flatMap { $0.sources.keys.filter { expectedSources.contains($0.source) } }
    let keys = Set(known).union(today.sources.keys).sorted()
    var sources: [DayQuality.Source] = []
    var findings: [DataFinding] = []
    for key in keys {
      let history = SourceHistory(key, earlier: earlier, leastDays: limits.leastDays)
      sources.append(source(key, today, history))
      var found = silences(today, earlier, history)
      if let own = today.sources[key] {
        found += jumps(own, today, history)
        if found.isEmpty, let volume = volume(today, history) { found.append(volume) }
        if key.eventClass == .flow {
          found += clocks(key.source, today, earlier: earlier)
        }
      }
      findings += found.map { described($0, today) }
    }
    findings += coarse(today).map { described($0, today) }
    return DayQuality(sources: sources, findings: findings)
  }

  /// What there was too much of, or nothing at all of, said of the source that states most
  /// conversations.
  private func coarse(_ today: DataDay) -> [DataFinding] {
    let flows = today.sources.filter { $0.key.eventClass == .flow }
    guard let source = flows.max(by: { ($0.value.rows, $1.key) < ($1.value.rows, $0.key) })?.key
    else { return [] }
    func finding(
      _ kind: QualityFinding.Kind, subject: String? = nil, _ actual: Int, limit: Int
    ) -> DataFinding {
      DataFinding(
        source: source.source, eventClass: .flow, kind: kind, window: today.wholeDay,
        since: today.wholeDay.lowerBound, subject: subject, actual: Double(actual), usual: nil,
        limit: Double(limit), likeDays: 0, like: "")
    }
    let crowd = today.coarseness.crowd.map {
      finding(.crowd, $0.addressCount, limit: Int($0.conversationLimit))
    }
    let sweeps = today.coarseness.sweeps
    let sweep = sweeps.first.map { most in
      finding(
        .sweep,
        subject: sweeps.prefix(5).map {
          "\($0.host) (about \(Quantity.count($0.pairCount)), one of \($0.oneOf) kept)"
        }.joined(separator: ", ") + (sweeps.count > 5 ? " and \(sweeps.count - 5) more" : ""),
        most.pairCount, limit: Sweeps.pairLimit)
    }
    let rows = flows.values.reduce(0) { $0 + $1.storedRows }
    let strangers =
      rows > 0 && !today.hasHosts ? finding(.strangers, Int(clamping: rows), limit: 0) : nil
    return [crowd, sweep, strangers].compactMap(\.self)
  }

  private func source(
    _ key: SourceClass, _ today: DataDay, _ history: SourceHistory
  ) -> DayQuality.Source {
    let own = today.sources[key]
    let like = history.like(today)
    return DayQuality.Source(
      key: key, rows: own?.rows ?? 0, usualRows: like.map(history.usualRows),
      likeDays: like?.days.count ?? 0, hours: own?.hours.count { $0 > 0 } ?? 0,
      dayHours: today.windows.count, duplicates: own?.duplicates ?? 0,
      repeats: own?.repeats ?? 0, rejected: own?.rejected ?? 0,
      rowsBefore: own?.rowsBefore ?? 0, rowsAfter: own?.rowsAfter ?? 0)
  }
}

// MARK: - Silence

extension QualityJudge {
  private func silences(
    _ today: DataDay, _ earlier: [DataDay], _ history: SourceHistory
  ) -> [DataFinding] {
    guard expectedSources.contains(history.key.source) else { return [] }
    if history.rows(today) == 0 {
      return silentDay(today, earlier, history).map { [$0] } ?? []
    }
    return silentHours(today, history)
  }

  /// Whether so many rows came on most like days, and on half of those of the same weekday.
  private func isUsual(
    _ like: LikeDays, on day: DataDay, atLeast least: Double, _ rows: (DataDay) -> Double
  ) -> Bool {
    let weekday = like.days.filter { $0.day.weekday == day.day.weekday }
    func count(_ days: [DataDay]) -> Int { days.count { rows($0) >= least } }
    return Double(count(like.days)) >= limits.silentShare * Double(like.days.count)
      && 2 * count(weekday) >= weekday.count
  }

  /// A day without rows, where there are many on most like days, or where many should have come on
  /// the days since the last one with rows.
  private func silentDay(
    _ today: DataDay, _ earlier: [DataDay], _ history: SourceHistory
  ) -> DataFinding? {
    guard let last = history.last, let like = history.like(today) else { return nil }
    let isMissed = history.candidates(for: today).contains {
      isUsual($0, on: today, atLeast: limits.silentRows) { Double(history.rows($0)) }
    }
    let silent = earlier.filter { $0.day > last.day } + [today]
    let missing = silent.reduce(0) { sum, day in
      sum + (history.like(day).map(history.usualRows) ?? 0)
    }
    let isOverdue =
      missing >= limits.silentRows
      && isUsual(like, on: today, atLeast: 1) { Double(history.rows($0)) }
    guard isMissed || isOverdue else { return nil }
    let hours = last.sources[history.key]?.hours ?? []
    let lastHour = hours.lastIndex { $0 > 0 } ?? 0
    return DataFinding(
      source: history.key.source, eventClass: history.key.eventClass, kind: .silent, fault: .silent,
      window: today.wholeDay,
      since: last.windows[lastHour].upperBound, actual: 0, usual: history.usualRows(like),
      limit: limits.silentRows, likeDays: like.days.count, like: like.name)
  }

  /// Hours in a row without rows, in which there are many on most like days.
  private func silentHours(_ today: DataDay, _ history: SourceHistory) -> [DataFinding] {
    guard let own = today.sources[history.key] else { return [] }
    var findings: [DataFinding] = []
    var from = 0
    while from < own.hours.count {
      var to = from
      while to < own.hours.count, own.hours[to] == 0 { to += 1 }
      if to > from, let found = silentHours(from..<to, today, history) { findings.append(found) }
      from = to + 1
    }
    return findings
  }

  private func silentHours(
    _ run: Range<Int>, _ today: DataDay, _ history: SourceHistory
  ) -> DataFinding? {
    for like in history.candidates(for: today) {
      // At its edges a source may be silent at such hours.
      func speaks(_ window: Int) -> Bool {
        let spoken = like.days.count { history.rows($0, in: [today.clockHours[window]]) > 0 }
        return Double(spoken) >= limits.silentShare * Double(like.days.count)
      }
      guard let first = run.first(where: speaks), let last = run.last(where: speaks) else {
        continue
      }
      let clockHours = Set(today.clockHours[first...last])
      func rowsOf(_ day: DataDay) -> Double { Double(history.rows(day, in: clockHours)) }
      guard isUsual(like, on: today, atLeast: limits.silentRows, rowsOf) else { continue }
      var rows = like.days.map(rowsOf)
      let window = today.windows[first].lowerBound..<today.windows[last].upperBound
      return DataFinding(
        source: history.key.source, eventClass: history.key.eventClass, kind: .silent,
        fault: .silent, window: window, since: window.lowerBound,
        actual: 0, usual: Center(of: &rows).median, limit: limits.silentRows,
        likeDays: like.days.count, like: like.name)
    }
    return nil
  }
}

// MARK: - Shares and volume

extension QualityJudge {
  private func jumps(
    _ own: DataDay.Source, _ today: DataDay, _ history: SourceHistory
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    if own.rowsRead >= limits.leastRows, own.rows > 0 {
      if var found = jump(.repeated, today, history, least: limits.repeatJump, \.repeatShare) {
        found.fault = .repeated
        findings.append(found)
      }
      findings += nulls(own, today, history)
      if let found = jump(
        .duplicates, today, history, least: limits.duplicateJump, \.duplicateShare)
      {
        findings.append(found)
      }
    }
    if own.rejected >= limits.leastRejects,
      var found = jump(.rejects, today, history, least: limits.rejectJump, \.rejectShare)
    {
      found.subject = own.rejects.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
      findings.append(found)
    }
    return findings
  }

  /// Columns that lost their values: one finding for each thing that it does to detectors.
  private func nulls(
    _ own: DataDay.Source, _ today: DataDay, _ history: SourceHistory
  ) -> [DataFinding] {
    var byFault: [SourceFault.Kind?: [DataFinding]] = [:]
    for column in history.key.eventClass.watchedColumns {
      let found = jump(.nulls, today, history, least: limits.nullJump) {
        $0.storedRows > 0 ? $0.nullShares[column] ?? 1 : nil
      }
      guard var found else { continue }
      found.subject = column
      found.fault = SourceFault.Kind(ofColumn: column)
      byFault[found.fault, default: []].append(found)
    }
    let order: [SourceFault.Kind?] = [.keys, .bytes, nil]
    return order.compactMap { fault in
      guard let columns = byFault[fault], var worst = columns.first else { return nil }
      for found in columns where found.actual > worst.actual { worst = found }
      worst.subject = columns.compactMap(\.subject).joined(separator: ", ")
      worst.since = columns.map(\.since).min() ?? worst.since
      return worst
    }
  }

  /// A share that has risen above what is usual; since the first of the days in a row on which it
  /// was above today's limit.
  /// - Parameter share: nil on a day that says nothing of it.
  private func jump(
    _ kind: QualityFinding.Kind, _ today: DataDay, _ history: SourceHistory, least: Double,
    _ share: (DataDay.Source) -> Double?
  ) -> DataFinding? {
    let key = history.key
    guard let like = history.like(today), let actual = today.sources[key].flatMap(share) else {
      return nil
    }
    var shares = like.days.compactMap { day in
      day.sources[key].flatMap { $0.rows > 0 ? share($0) : nil }
    }
    let rows = like.days.reduce(0) { $0 + history.rows($1) }
    guard shares.count >= limits.leastDays, rows >= limits.leastRows else { return nil }
    let usual = Center(of: &shares)
    let limit =
      usual.median + max(least, limits.shareSpreads * 1.4826 * usual.deviation)
    guard actual > limit else { return nil }
    let begun = history.days.reversed().prefix { day in
      day.sources[key].flatMap(share) ?? 0 > limit
    }.last
    return DataFinding(
      source: key.source, eventClass: key.eventClass, kind: kind,
      window: today.wholeDay,
      since: (begun ?? today).wholeDay.lowerBound, actual: actual, usual: usual.median,
      limit: limit, likeDays: shares.count, like: like.name)
  }

  private func volume(_ today: DataDay, _ history: SourceHistory) -> DataFinding? {
    guard let like = history.like(today) else { return nil }
    let usual = history.usualRows(like)
    let actual = Double(history.rows(today))
    // Whether there should be any is for the rules of silence to say.
    guard usual >= Double(limits.leastRows), actual > 0 else { return nil }
    var logs = like.days.map { log1p(Double(history.rows($0))) }
    let center = Center(of: &logs)
    let least = max(
      log(limits.volumeFactor), limits.volumeSpreads * 1.4826 * center.deviation)
    guard abs(log1p(actual) - center.median) > least else { return nil }
    let isMore = log1p(actual) > center.median
    return DataFinding(
      source: history.key.source, eventClass: history.key.eventClass, kind: .volume,
      window: today.wholeDay, since: today.wholeDay.lowerBound, actual: actual,
      usual: usual, limit: expm1(center.median + (isMore ? least : -least)),
      likeDays: like.days.count, like: like.name)
  }
}

extension SourceFault.Kind {
  /// What a column without values does to detectors; nil where none rests on it.
  fileprivate init?(ofColumn column: String) {
    switch column {
    case Event.sourceBytes.name, Event.destinationBytes.name: self = .bytes
    case Event.sourceAddress.name, Event.destinationAddress.name, Event.sourceHost.name,
      Event.destinationPort.name, Event.ianaNumber.name, Event.dnsQuestion.name,
      Event.urlDomain.name:
      self = .keys
    default: return nil
    }
  }
}
