import Columnar
import Events

/// Makes a day's table of one class of events from the ingested rows of all sources.
package struct DayNormalizer {
  package let eventClass: EventClass
  package let networks: SiteNetworks
  /// Where memory is emptied to when it runs short.
  package let scratchFolder: String
  let window: DayWindow
  var limits: Limits

  /// How much is kept in memory at a time; results do not depend on it.
  struct Limits {
    /// 128 bytes each.
    var rowsPerSlice = 65_536
    /// 80 bytes each.
    var waitingConversations = 262_144
    /// 208 bytes each.
    var openConversations = 131_072
    var cachedByteCount = 24 << 20

    init(sharedBy count: Int = 1) {
      rowsPerSlice /= count
      waitingConversations /= count
      openConversations /= count
      cachedByteCount /= count
    }
  }

  /// - Parameters:
  ///   - scratchFolder: where memory is emptied to when it runs short.
  ///   - concurrentDays: how many days share the process's memory.
  package init(
    _ eventClass: EventClass, day: CivilDate, calendar: CivilCalendar, networks: SiteNetworks,
    scratchFolder: String, concurrentDays: Int = 1
  ) {
    limits = Limits(sharedBy: concurrentDays)
    self.eventClass = eventClass
    self.networks = networks
    self.scratchFolder = scratchFolder
    window = DayWindow(
      start: calendar.start(of: day).microseconds,
      end: calendar.start(of: day.advanced(by: 1)).microseconds)
  }

  /// The table's columns.
  package func schema(of inputs: [EventFile]) -> Schema { eventClass.daySchema(of: inputs) }

  /// Writes the day's rows in stored order, in batches of at most 65,536.
  ///
  /// - Parameter inputs: all files with rows of the day or of the margins at its edges, in any
  ///   order.
  /// - Throws: what inputs, the sink and scratch files throw.
  package func normalize(_ inputs: [EventFile], to sink: any BatchSink) throws -> DaySummary {
    let files = InputFiles(inputs, cachedByteCount: limits.cachedByteCount)
    let plan = try SlicePlan(files, window: window, rowLimit: limits.rowsPerSlice)
    var run = DayRun(self, files, plan, sink)
    return try run.normalize()
  }
}
