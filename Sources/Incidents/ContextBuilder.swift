import Columnar
import Events

/// Joins what is known of a day beside its findings to its incidents. It changes neither severity
/// nor decision.
package struct ContextBuilder: Sendable {
  /// A file of context by the site file's name for it.
  package struct Source: Sendable {
    package let name: String
    package let file: ContextFile
    /// Whether its texts may be shown: not beside pseudonyms, which they would give away.
    package let showsText: Bool

    package init(name: String, file: ContextFile, showsText: Bool) {
      self.name = name
      self.file = file
      self.showsText = showsText
    }
  }

  /// Rows of files this long before and after the findings belong to them.
  package static let marginMicroseconds: Int64 = 3_600_000_000
  private static let shownLeases = 4
  private static let shownTexts = 3
  private static let longestText = 160

  package let day: CivilDate
  package let calendar: CivilCalendar
  package let note: CalendarNote
  /// Nil where the site has no such logs.
  package let leases: LeaseHistory?
  package let served: ServedPorts
  /// Whether lists of indicators were looked up.
  package let hasIndicators: Bool

  package init(
    day: CivilDate, calendar: CivilCalendar, workingTimes: WorkingTimes?, leases: LeaseHistory?,
    served: ServedPorts, hasIndicators: Bool
  ) {
    self.day = day
    self.calendar = calendar
    note = CalendarNote(calendar: calendar, workingTimes: workingTimes)
    self.leases = leases
    self.served = served
    self.hasIndicators = hasIndicators
  }

  private var wholeDay: Range<Instant> {
    calendar.start(of: day)..<calendar.start(of: day.advanced(by: 1))
  }

  /// The times of all rows that may belong to an incident of the day.
  package var window: Range<Instant> { widened(wholeDay) }

  /// The hosts whose rows may belong to one of the incidents.
  package func hostKeys(_ incidents: [Incident]) -> Set<String> {
    Set(incidents.flatMap { names(of: $0).map(\.key) })
  }

  package func context(of incident: Incident, sources: [Source]) -> IncidentContext {
    let held = leases(of: incident)
    var lines = leaseLines(held, of: incident)
    if incident.verdict.kind == .host,
      let text = served.text(of: incident.entity, isRoleKnown: incident.asset?.role != nil)
    {
      lines.append(.init(name: "Answers on", text: text))
    }
    lines += sources.flatMap { self.lines($0, of: incident) }
    if note.isConnected {
      let text = note.text(day: day, windows: incident.findings.map(\.window))
      lines.append(.init(name: "Calendar", text: text))
    }
    if hasIndicators && incident.verdict.kind == .host {
      lines.append(.init(name: "Indicators", text: indicators(incident)))
    }
    return IncidentContext(holder: holder(held), lines: lines)
  }

  /// Who had an incident's address on the day: "laptop-3, then phone".
  package func holder(of incident: Incident) -> String? { holder(leases(of: incident)) }

  private func holder(_ held: [Lease]) -> String? {
    let names = held.map(\.name).reduce(into: [String]()) { names, name in
      if names.last != name { names.append(name) }
    }
    let shown = names.prefix(ContextBuilder.shownLeases).joined(separator: ", then ")
    let others = names.count - ContextBuilder.shownLeases
    return names.isEmpty ? nil : shown + (others > 0 ? " and \(others) more" : "")
  }

  private func leases(of incident: Incident) -> [Lease] {
    guard let leases, incident.verdict.kind == .host, let address = Address(incident.entity)
    else { return [] }
    return leases.leases(of: address, during: wholeDay)
  }

  private func leaseLines(_ held: [Lease], of incident: Incident) -> [IncidentContext.Line] {
    guard leases != nil, incident.verdict.kind == .host else { return [] }
    guard !held.isEmpty else {
      return [.init(name: "Lease", text: "none known of the day")]
    }
    let texts = held.prefix(ContextBuilder.shownLeases).map { $0.text(on: day, calendar: calendar) }
    let others = held.count - texts.count
    return (texts + (others > 0 ? ["and \(others) more that day"] : []))
      .map { .init(name: "Lease", text: $0) }
  }

  /// What a host may be called in other programs' files, and when.
  private func names(of incident: Incident) -> [(key: String, during: Range<Instant>)] {
    guard incident.verdict.kind == .host else { return [] }
    let stated = [incident.entity] + [incident.asset?.hostname].compactMap { $0 }
    let leased = leases(of: incident).compactMap { lease in
      lease.hostname.map {
        (HostKey.of($0), lease.since..<max(lease.since, lease.until ?? window.upperBound))
      }
    }
    return stated.map { (HostKey.of($0), window) } + leased
  }

  /// The time of an incident's findings on the day, with the margin.
  private func window(of incident: Incident) -> Range<Instant>? {
    guard let first = incident.findings.map(\.window.lowerBound).min(),
      let last = incident.findings.map(\.window.upperBound).max()
    else { return nil }
    return widened((first..<last).clamped(to: wholeDay))
  }

  private func widened(_ window: Range<Instant>) -> Range<Instant> {
    let margin = ContextBuilder.marginMicroseconds
    return window.lowerBound.advanced(
      byMicroseconds: -margin)..<window.upperBound.advanced(byMicroseconds: margin)
  }

  /// The rows of a file on the incident's host: each text once, the earliest first.
  private func lines(_ source: Source, of incident: Incident) -> [IncidentContext.Line] {
    guard let window = window(of: incident) else { return [] }
    let names = names(of: incident)
    let rows = source.file.rows.enumerated().filter { _, row in
      window.contains(row.time)
        && names.contains { $0.during.contains(row.time) && row.keys.contains($0.key) }
    }.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    let clock = DayClockText(day: day, calendar: calendar)
    guard let first = rows.first, let last = rows.last else {
      return incident.verdict.kind == .host
        ? [.init(name: source.name, text: "0 rows on the host")] : []
    }
    let count = Quantity.counted(rows.count, "row")
    guard source.showsText else {
      let text =
        "\(count) from \(clock.text(first.time)) to \(clock.text(last.time)); their text is not "
        + "shown beside pseudonyms"
      return [.init(name: source.name, text: text)]
    }
    var order: [String] = []
    var found: [String: (first: Instant, count: Int)] = [:]
    for row in rows {
      if found[row.text] == nil { order.append(row.text) }
      found[row.text, default: (row.time, 0)].count += 1
    }
    let shown = order.prefix(ContextBuilder.shownTexts)
    let texts = shown.map { text -> String in
      let (time, count) = found[text] ?? (first.time, 0)
      return "\(clock.text(time)): \(shortened(text))" + (count > 1 ? " (\(count) times)" : "")
    }
    let others = rows.count - shown.reduce(0) { $0 + (found[$1]?.count ?? 0) }
    return (texts + (others > 0 ? ["and \(Quantity.counted(others, "row")) more"] : []))
      .map { .init(name: source.name, text: $0) }
  }

  private func shortened(_ text: String) -> String {
    if text.isEmpty { return "(no text)" }
    return text.count > ContextBuilder.longestText
      ? text.prefix(ContextBuilder.longestText) + "…" : text
  }

  private func indicators(_ incident: Incident) -> String {
    let peers = incident.findings.filter { $0.detector == "indicators" }.compactMap(\.peer)
    guard !peers.isEmpty else { return "nothing that the lists name" }
    let shown = peers.prefix(3).joined(separator: ", ")
    return shown + (peers.count > 3 ? " and \(peers.count - 3) more" : "")
  }
}
