import Columnar
import Events

/// What `hosts.arrow` knows of a host.
package struct HostRecord: Sendable {
  package let name: String
  package let group: String
  package let entityClass: EntityClass
  package let classHostDays: Int
  package let daysSeen: Int
  package let firstDay: CivilDate
  package let uploads: Center
  package let connected: Center
  package let unanswered: Center
  package let unansweredInWeek: Int
  /// Those that showed it.
  package let sources: Set<String>
}

/// The state as of a day, as its tables say it. Hosts and groups are in memory; what was seen is
/// looked up where its file is mapped; profiles and pair histories are read along with the day's
/// own tables.
package struct SiteState: Sendable {
  package let asOf: CivilDate
  package let hosts: [String: HostRecord]
  package let groups: [String: ProfileSet]
  package let seen: SeenTable
  package let loginHabits: LoginHabits
  /// Where users were last, on the day before.
  package let lastPlaces: any BatchSource
  package let hostProfiles: any BatchSource
  package let hostTotals: any BatchSource
  package let pairHistory: any BatchSource
  package let pairHistoryValues: any BatchSource
  /// By host.
  package let nameHabits: [String: NameHabits]
  package let nameHistory: any BatchSource
  package let nameGrams: any BatchSource
  package let edgeHistory: any BatchSource
  package let stepHabits: any BatchSource
  package let requestModels: RequestModels
  package let requestHabits: RequestHabits
  /// The days of the last 90 for which there are summaries.
  package let days: DayBits

  /// - Parameter table: opens a table of a folder of state.
  package init(asOf: CivilDate, _ table: (StateTable) throws -> any BatchSource) throws {
    self.asOf = asOf
    hostProfiles = try table(.hostProfiles)
    hostTotals = try table(.hostTotals)
    pairHistory = try table(.pairHistory)
    pairHistoryValues = try table(.pairHistoryValues)
    nameHabits = try NameHabits.read(try table(.nameHabits))
    nameHistory = try table(.nameHistory)
    nameGrams = try table(.nameGrams)
    edgeHistory = try table(.edgeHistory)
    stepHabits = try table(.stepHabits)
    requestModels = try RequestModels(try table(.requestGrams))
    requestHabits = try RequestHabits(try table(.requestHabits))
    seen = try SeenTable(try table(.seen))
    loginHabits = try LoginHabits(try table(.loginHabits))
    lastPlaces = try table(.lastPlaces)
    hosts = try SiteState.records(try table(.hosts))
    var groups: [String: ProfileSet] = [:]
    let cursor = try ProfileCursor(try table(.groupProfiles))
    while let (name, profile) = try cursor.take() { groups[name.text] = profile }
    self.groups = groups
    days = seen.days(.site, SeenKey(number: 0))
  }

  /// Earlier days with summaries.
  package var dayCount: Int { days.count }

  private static func records(_ source: any BatchSource) throws -> [String: HostRecord] {
    var records: [String: HostRecord] = [:]
    records.reserveCapacity(source.rowCount)
    try source.forEachBatch { batch in
      let (host, group) = (batch[KnownHost.host], batch[KnownHost.group])
      let (entityClass, daysSeen) = (batch[KnownHost.entityClass], batch[KnownHost.daysSeen])
      let (hostDays, firstDay) = (batch[KnownHost.classHostDays], batch[KnownHost.firstDay])
      let upload = (batch[KnownHost.uploadMedian], batch[KnownHost.uploadDeviation])
      let connected = (batch[KnownHost.connectedMedian], batch[KnownHost.connectedDeviation])
      let unanswered = (batch[KnownHost.unansweredMedian], batch[KnownHost.unansweredDeviation])
      let (inWeek, sources) = (batch[KnownHost.unansweredInWeek], batch[KnownHost.sources])
      func center(_ columns: (Values<Float>, Values<Float>), _ row: Int) -> Center {
        Center(median: Double(columns.0.value(row)), deviation: Double(columns.1.value(row)))
      }
      for row in 0..<batch.rowCount {
        guard let name = host[row] else { continue }
        records[name] = HostRecord(
          name: name, group: group[row] ?? "",
          entityClass: entityClass[row].flatMap(EntityClass.init(rawValue:)) ?? .other,
          classHostDays: Int(hostDays.value(row)), daysSeen: Int(daysSeen.value(row)),
          firstDay: CivilDate(dayNumber: Int(firstDay.value(row))), uploads: center(upload, row),
          connected: center(connected, row), unanswered: center(unanswered, row),
          unansweredInWeek: Int(inWeek.value(row)),
          sources: SourceNames.names(sources[row] ?? ""))
      }
    }
    return records
  }
}
