import Columnar
import Events
import Glibc

/// The tables of `baseline/asof=D/`, each a file of that name.
package enum StateTable: String, CaseIterable, Sendable {
  case hostProfiles = "host_profiles"
  case groupProfiles = "group_profiles"
  case seen
  case hosts
  case hostTotals = "host_totals"
  case pairHistory = "pair_history"
  case pairHistoryValues = "pair_history_values"
  case nameHabits = "name_habits"
  case nameHistory = "name_history"
  case nameGrams = "name_grams"
  case edgeHistory = "edge_history"
  case loginHabits = "login_habits"
  case lastPlaces = "last_places"
  case stepHabits = "step_habits"
  case requestGrams = "request_grams"
  case requestHabits = "request_habits"

  package var schema: Schema {
    switch self {
    case .hostProfiles, .groupProfiles: HostProfile.schema
    case .seen: Seen.schema
    case .hosts: KnownHost.schema
    case .hostTotals: HostTotal.schema
    case .pairHistory: PairHistory.schema
    case .pairHistoryValues: PairHistoryValue.schema
    case .nameHabits: NameHabit.schema
    case .nameHistory: NameHistory.schema
    case .nameGrams: NameGram.schema
    case .edgeHistory: EdgeHistory.schema
    case .loginHabits: LoginHabit.schema
    case .lastPlaces: LoginPlace.lastSchema
    case .stepHabits: StepHabit.schema
    case .requestGrams: RequestGram.schema
    case .requestHabits: RequestHabit.schema
    }
  }
}

/// Folds the summaries of the days before D to what was known as of D.
package struct StateFold: Sendable {
  /// Days of summaries that profiles and pair histories see.
  package static let dayCount = 28
  package let asOf: CivilDate
  package let calendar: CivilCalendar

  package init(asOf: CivilDate, calendar: CivilCalendar) {
    self.asOf = asOf
    self.calendar = calendar
  }

  /// Folds what was seen, from nothing or from an earlier day's table; the result is the same.
  /// - Parameters:
  ///   - previous: `seen.arrow` as of an earlier day, with that day.
  ///   - summaries: of all days from that day on (of the last 90 without one) to the day before D,
  ///     in ascending order.
  ///   - keep: keeps the table as of a day, first those of earlier days, and gives it back.
  package func seen(
    from previous: (table: SeenTable, asOf: CivilDate)?, summaries: [DayTables],
    keeping keep: (CivilDate, (any BatchSink) throws -> Void) throws -> any BatchSource =
      StateFold.inMemory
  ) throws -> SeenTable {
    var table = previous?.table ?? SeenTable()
    var day = previous?.asOf ?? asOf.advanced(by: -DayBits.dayCount)
    func advance(to next: CivilDate, adding sorted: [(kind: UInt8, key: SeenKey)]) throws {
      let later = try keep(next) {
        try table.write(later: next.dayNumber - day.dayNumber, adding: sorted, to: $0)
      }
      (table, day) = (try SeenTable(later), next)
    }
    for summary in summaries where summary.day >= day && summary.day < asOf {
      try advance(to: summary.day.advanced(by: 1), adding: summary.seenKeys())
    }
    if day < asOf { try advance(to: asOf, adding: []) }
    return table
  }

  /// Keeps what was seen as of any day in memory.
  package static func inMemory(
    _ day: CivilDate, _ write: (any BatchSink) throws -> Void
  ) throws -> any BatchSource {
    let sink = TableSink()
    try write(sink)
    return Table(schema: Seen.schema, batches: sink.batches)
  }

  /// Writes all tables but what was seen and the forests.
  /// - Parameters:
  ///   - summaries: of the days D − 28 … D − 1 that there are, in ascending order.
  ///   - today: that of D, which says of which pairs histories will be asked for, and nothing else.
  ///   - seen: as of D.
  ///   - threads: parts that are folded at a time; what is written does not depend on it.
  ///   - sink: where to write a table.
  package func run(
    summaries: [DayTables], today: DayTables, seen: SeenTable, threads: Int = 1,
    to sink: (StateTable) throws -> any BatchSink
  ) throws {
    precondition(summaries.allSatisfy { $0.day < asOf })
    @Sendable func firstDay(_ host: String) -> CivilDate? {
      let age = seen.days(.host, SeenKey(number: keyHash(host))).age
      return age.map { asOf.advanced(by: -$0) }
    }
    let sinks = try StateSinks(sink)
    // Safe: each fold has cursors and sinks of its own, and one thread.
    nonisolated(unsafe) let profiles = try HostProfileFold(
      summaries, calendar: calendar, sink: sinks[.hostProfiles], totalsSink: sinks[.hostTotals],
      groupSink: sinks[.groupProfiles])
    nonisolated(unsafe) let pairs = PairHistoryFold(
      asOf: asOf, days: summaries.map(\.day), calendar: calendar, seen: seen,
      pairSink: sinks[.pairHistory], valueSink: sinks[.pairHistoryValues],
      edgeSink: sinks[.edgeHistory])
    // The longest first.
    let folds: [@Sendable () throws -> Void] = [
      { try pairs.run(summaries, today: today) },
      { try profiles.run(firstDay: firstDay) },
      {
        var names = NameFold(asOf: asOf, summaries: summaries, seen: seen)
        try names.run { sinks[$0] }
      },
      {
        var requests = try RequestFold(asOf: asOf, summaries: summaries, seen: seen) { sinks[$0] }
        try requests.run()
      },
      { try writeLogins(summaries, to: sinks) },
    ]
    _ = try parallelMap(folds, threads: threads) { try $0() }
    let neighbours = NeighbourGroups(profiles.hosts)
    try writeHosts(
      profiles.hosts, neighbours, traffic: pairs.traffic, days: summaries, firstDay: firstDay,
      to: sinks[.hosts])
    var steps = StepFold(
      asOf: asOf,
      groups: Dictionary(
        uniqueKeysWithValues: profiles.hosts.map { ($0.name, neighbours.group(of: $0).name) }))
    for summary in summaries { try steps.add(summary) }
    try steps.write(to: sinks[.stepHabits])
  }

  private func writeLogins(_ summaries: [DayTables], to sinks: StateSinks) throws {
    try LoginHabits(summaries).write(to: sinks[.loginHabits])
    // Within a day anybody may be anywhere.
    let yesterday = try summaries.last {
      try $0.day == asOf.advanced(by: -1) && !$0.hasShiftedLogins()
    }
    try LoginPlaceRow.writeLast(of: yesterday?.loginPlaces, to: sinks[.lastPlaces])
  }

  private func writeHosts(
    _ hosts: [HostProfileFold.Host], _ neighbours: NeighbourGroups,
    traffic: [String: HostTraffic], days summaries: [DayTables],
    firstDay: (String) -> CivilDate?, to sink: any BatchSink
  ) throws {
    let days = summaries.map(\.day)
    var hostDays: [EntityClass: Int] = [:]
    for host in hosts { hostDays[neighbours.group(of: host).1, default: 0] += host.daysSeen }
    let rows = RowWriter(KnownHost.schema, to: sink)
    let table = rows.table
    for host in hosts {
      let (group, entityClass) = neighbours.group(of: host)
      let first = firstDay(host.name) ?? asOf
      // A young host's days before its first, and the days on which all destinations were young
      // because the records had just begun, say nothing.
      let learned = max(first, (days.first ?? asOf).advanced(by: 3))
      let own = traffic[host.name] ?? HostTraffic(dayCount: days.count)
      let known = days.indices.filter { days[$0] >= learned && own.isActive[$0] }
      func center(
        _ values: [Double], unit: Double, without faults: Set<SourceFault.Kind>
      ) -> Center {
        let sound = known.filter { !summaries[$0].hasFault(faults, in: host.sources) }
        var logs = sound.map { log1p(values[$0] / unit) }
        return logs.isEmpty ? Center(median: 0, deviation: 0) : Center(of: &logs)
      }
      let uploads = center(
        own.uploads, unit: HostTraffic.uploadUnit, without: [.bytes, .keys, .repeated])
      let connected = center(
        own.connected, unit: HostTraffic.connectedUnit, without: [.keys, .repeated])
      let unanswered = center(own.unanswered, unit: 1, without: [.keys])
      table.column(KnownHost.host).append(host.name)
      table.column(KnownHost.group).append(group)
      table.column(KnownHost.entityClass).append(entityClass.rawValue)
      table.column(KnownHost.classHostDays).append(
        UInt32(hostDays[entityClass, default: 0]))
      table.column(KnownHost.daysSeen).append(UInt32(host.daysSeen))
      table.column(KnownHost.firstDay).append(Int32(first.dayNumber))
      table.column(KnownHost.uploadMedian).append(Float(uploads.median))
      table.column(KnownHost.uploadDeviation).append(Float(uploads.deviation))
      table.column(KnownHost.connectedMedian).append(Float(connected.median))
      table.column(KnownHost.connectedDeviation).append(Float(connected.deviation))
      table.column(KnownHost.unansweredMedian).append(Float(unanswered.median))
      table.column(KnownHost.unansweredDeviation).append(Float(unanswered.deviation))
      table.column(KnownHost.unansweredInWeek).append(UInt32(own.unansweredInWeek))
      table.column(KnownHost.sources).append(SourceNames.text(host.sources))
      try rows.endRow()
    }
    try rows.finish()
  }
}

/// Where the tables of a state are written.
///
/// `@unchecked Sendable`: each table is written by one fold alone.
private struct StateSinks: @unchecked Sendable {
  private let sinks: [StateTable: any BatchSink]

  init(_ sink: (StateTable) throws -> any BatchSink) throws {
    sinks = Dictionary(
      uniqueKeysWithValues: try StateTable.allCases.filter { $0 != .seen }
        .map { ($0, try sink($0)) })
  }

  subscript(table: StateTable) -> any BatchSink {
    guard let sink = sinks[table] else { preconditionFailure("no sink of \(table)") }
    return sink
  }
}

extension DayTables {
  /// Whether the conversations of one of the sources have such a fault on the day.
  fileprivate func hasFault(_ kinds: Set<SourceFault.Kind>, in sources: Set<String>) -> Bool {
    faults.contains {
      $0.eventClass == .flow && kinds.contains($0.kind) && sources.contains($0.source)
    }
  }
}
