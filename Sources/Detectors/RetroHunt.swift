import Columnar
import Events
import Features
import Indicators

/// What hosts of the site had to do with indicators on days that are past, whether or not the lists
/// say that the indicators count on these days.
package struct RetroHunt {
  /// What a host had to do with an indicator, in one way, over all days.
  package struct Finding: Sendable {
    package let indicator: Indicator
    package let host: String
    package let way: IndicatorContact.Way
    package let firstDay: CivilDate
    package fileprivate(set) var firstTime: Instant
    package fileprivate(set) var lastDay: CivilDate
    package fileprivate(set) var lastTime: Instant
    package fileprivate(set) var dayCount: Int
    package fileprivate(set) var count: Int64
    /// Nil where that is not looked at.
    package fileprivate(set) var failedCount: Int64?
    /// Nil where none are stored with what was counted.
    package fileprivate(set) var bytesSent: Int64?
  }

  private struct Key: Hashable, Comparable {
    let index: Int
    let host: String
    let way: IndicatorContact.Way

    static func < (a: Key, b: Key) -> Bool {
      if a.index != b.index { return a.index < b.index }
      if a.host != b.host { return a.host.utf8.lexicographicallyPrecedes(b.host.utf8) }
      return a.way < b.way
    }
  }

  /// The classes of events that indicators are looked up in.
  package static let eventClasses: [EventClass] = [.flow, .dns, .http, .tls, .auth, .vpn]

  package let set: IndicatorSet
  /// Those looked through.
  package private(set) var days: [CivilDate] = []
  private var daysOfClass: [EventClass: Int] = [:]
  private var found: [Key: Finding] = [:]

  /// - Parameter indicators: of the same value the first counts.
  package init(_ indicators: [Indicator]) { set = IndicatorSet(indicators) }

  /// Looks through a day, later than those before. Of its tables a batch at a time is in memory.
  /// - Parameters:
  ///   - hostHours: the day's `host_hours.arrow`, which says who the hosts of the site are.
  ///   - coverage: the day's `coverage.arrow`.
  package mutating func add(
    _ day: CivilDate, _ tables: IndicatorTables, hostHours: any BatchSource,
    coverage: any BatchSource
  ) throws {
    precondition(days.last.map { $0 < day } ?? true)
    days.append(day)
    for eventClass in try RetroHunt.classes(in: coverage) {
      daysOfClass[eventClass, default: 0] += 1
    }
    let hosts = try RetroHunt.hosts(in: hostHours)
    let lookup = try IndicatorLookup(set, in: tables, isHost: hosts.contains)
    try lookup.forEach { add($0, on: day) }
  }

  private mutating func add(_ contact: IndicatorContact, on day: CivilDate) {
    let key = Key(index: contact.index, host: contact.host, way: contact.way)
    guard var finding = found[key] else {
      found[key] = Finding(
        indicator: set.indicators[contact.index], host: contact.host, way: contact.way,
        firstDay: day, firstTime: contact.firstTime, lastDay: day, lastTime: contact.lastTime,
        dayCount: 1, count: contact.count, failedCount: contact.failedCount,
        bytesSent: contact.bytesSent)
      return
    }
    if finding.lastDay < day {
      finding.dayCount += 1
      finding.lastDay = day
    }
    finding.firstTime = min(finding.firstTime, contact.firstTime)
    finding.lastTime = max(finding.lastTime, contact.lastTime)
    finding.count += contact.count
    if let failed = contact.failedCount {
      finding.failedCount = (finding.failedCount ?? 0) + failed
    }
    if let bytes = contact.bytesSent { finding.bytesSent = (finding.bytesSent ?? 0) + bytes }
    found[key] = finding
  }

  /// In the order of the lists, then of the hosts' names.
  package var findings: [Finding] { found.sorted { $0.key < $1.key }.map(\.value) }

  /// Days on which there were events of a class.
  package func dayCount(_ eventClass: EventClass) -> Int { daysOfClass[eventClass] ?? 0 }

  private static func hosts(in hostHours: any BatchSource) throws -> Set<String> {
    var hosts: Set<String> = []
    var last: String?
    try hostHours.forEachBatch { batch in
      let names = batch[HostHour.host]
      for row in 0..<batch.rowCount where names[row] != last {
        last = names[row]
        if let last { hosts.insert(last) }
      }
    }
    return hosts
  }

  private static func classes(in coverage: any BatchSource) throws -> Set<EventClass> {
    var classes: Set<EventClass> = []
    try coverage.forEachBatch { batch in
      let (names, rows) = (batch[Coverage.eventClass], batch[Coverage.rows])
      for row in 0..<batch.rowCount where rows.value(row) > 0 {
        if let eventClass = names[row].flatMap(EventClass.init(rawValue:)) {
          classes.insert(eventClass)
        }
      }
    }
    return classes
  }
}
