import Columnar
import Events
import Glibc

/// The values of a host, or of a peer group's hosts, by slot of the clock and measure.
///
/// Slots 0 … 24 are the hours and the busiest hour of workdays, 25 … 49 those of rest days.
enum ProfileSlot {
  static let perDayType = 25
  static let count = 2 * perDayType

  static func index(dayType: Int, hour: Int) -> Int { dayType * perDayType + hour }
}

/// Turns the host-hours of the days before D to profiles, one host after another.
final class HostProfileFold {
  struct Host {
    let name: String
    let daysSeen: Int
    let group: String
    let entityClass: EntityClass
    /// Those that showed it.
    let sources: Set<String>
  }
  private struct Day {
    let clock: ClockHours
    let covered: CoveredWindows
    let cursor: HostHourCursor
  }
  private let days: [Day]
  private let groups: PeerGroups
  private let writer: ProfileWriter
  private let totals: HostTotalsWriter
  private let groupWriter: ProfileWriter
  private var samples: HostSamples
  private var groupSamples: [String: GroupSamples] = [:]
  /// Days before D on which each host was seen, its group and class, in order of the hosts.
  private(set) var hosts: [Host] = []

  init(
    _ summaries: [DayTables], calendar: CivilCalendar, sink: any BatchSink,
    totalsSink: any BatchSink, groupSink: any BatchSink
  ) throws {
    days = try summaries.enumerated().map { index, tables in
      let clock = ClockHours(tables.day, calendar: calendar)
      return Day(
        clock: clock,
        covered: try CoveredWindows(tables, clock: clock, isFirst: index == 0),
        cursor: try HostHourCursor(tables.hostHours, day: tables.day))
    }
    groups = try PeerGroups(summaries)
    writer = ProfileWriter(sink)
    totals = HostTotalsWriter(totalsSink)
    groupWriter = ProfileWriter(groupSink)
    samples = HostSamples()
  }

  /// - Parameter firstDay: the first day on which a host was seen; days before it count as nothing.
  func run(firstDay: (String) -> CivilDate?) throws {
    while let host = days.compactMap(\.cursor.host).min() {
      let first = firstDay(host.text)
      samples.removeAll()
      let hostDays = try days.map { day in
        day.cursor.host == host ? try day.cursor.take() : nil
      }
      let sources = Set(hostDays.flatMap { $0?.sources ?? [] })
      for (day, hostDay) in zip(days, hostDays) {
        if let first, day.clock.day < first { continue }
        if let hostDay { try totals.append(hostDay, on: day.clock.day) }
        samples.add(
          hostDay, clock: day.clock, covered: day.covered.windows(forHostOf: sources))
      }
      try finish(host.text, daysSeen: hostDays.count { $0 != nil }, sources: sources)
    }
    try writer.finish()
    try totals.finish()
    for (name, group) in groupSamples.sorted(by: { $0.key < $1.key }) {
      try group.write(name, to: groupWriter)
    }
    try groupWriter.finish()
  }

  private func finish(_ host: String, daysSeen: Int, sources: Set<String>) throws {
    let (group, entityClass) = groups.group(
      of: host, usualDestinations: expm1(samples.usualHigh(HostSamples.destinations) ?? 0))
    hosts.append(
      Host(
        name: host, daysSeen: daysSeen, group: group, entityClass: entityClass, sources: sources))
    let centers = (0..<ProfileSlot.count).map { samples.centers($0) }
    let busy = samples.busyCounts(usual: centers)
    groupSamples[group, default: GroupSamples()].add(samples, busy: busy)
    for slot in 0..<ProfileSlot.count where samples.hourCount(slot) > 0 {
      try writer.append(
        host: host, dayType: slot / ProfileSlot.perDayType, hour: slot % ProfileSlot.perDayType,
        sampleCount: samples.hourCount(slot), presentCount: samples.presentCount(slot),
        busyCount: busy?[slot] ?? 0, centers: centers[slot])
    }
    for row in samples.weekdayProfiles(usual: centers) {
      try writer.append(
        host: host, dayType: 2 + row.weekday, hour: row.hour, sampleCount: row.sampleCount,
        presentCount: row.sampleCount, busyCount: 0, centers: row.centers)
    }
  }
}

/// Writes rows of `host_profiles.arrow`.
final class ProfileWriter {
  private let rows: RowWriter
  private let host: CodedBuilder<Strings>
  private let dayType: ValuesBuilder<UInt8>
  private let hour: ValuesBuilder<UInt8>
  private let sampleCount: ValuesBuilder<UInt32>
  private let presentCount: ValuesBuilder<UInt32>
  private let busyCount: ValuesBuilder<UInt32>
  private let medians: [ValuesBuilder<Float>]
  private let deviations: [ValuesBuilder<Float>]

  init(_ sink: any BatchSink) {
    rows = RowWriter(HostProfile.schema, to: sink)
    host = rows.table.column(HostProfile.host)
    dayType = rows.table.column(HostProfile.dayType)
    hour = rows.table.column(HostProfile.hour)
    sampleCount = rows.table.column(HostProfile.sampleCount)
    presentCount = rows.table.column(HostProfile.presentCount)
    busyCount = rows.table.column(HostProfile.busyCount)
    medians = Measure.all.map { [rows] in rows.table.column($0.median) }
    deviations = Measure.all.map { [rows] in rows.table.column($0.deviation) }
  }

  /// - Parameter centers: one a measure, nil where no hour was covered.
  func append(
    host: String, dayType: Int, hour: Int, sampleCount: Int, presentCount: Int, busyCount: Int,
    centers: [Center?]
  ) throws {
    self.host.append(host)
    self.dayType.append(UInt8(dayType))
    self.hour.append(UInt8(hour))
    self.sampleCount.append(UInt32(sampleCount))
    self.presentCount.append(UInt32(presentCount))
    self.busyCount.append(UInt32(busyCount))
    for (index, center) in centers.enumerated() {
      medians[index].append(center.map { Float($0.median) })
      deviations[index].append(center.map { Float($0.deviation) })
    }
    try rows.endRow()
  }

  func finish() throws { try rows.finish() }
}
