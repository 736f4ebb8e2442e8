import Columnar
import Events

/// Windows of a day, a bit each.
struct WindowMask: Hashable {
  private var bits: UInt32 = 0

  init() {}

  /// All windows of a day.
  init(all count: Int) { bits = UInt32((UInt64(1) << UInt64(count)) - 1) }

  /// The windows that a span of time overlaps.
  init(_ span: Range<Instant>, of windows: [Range<Instant>]) {
    for (index, window) in windows.enumerated() where window.overlaps(span) { insert(index) }
  }

  var isEmpty: Bool { bits == 0 }
  subscript(_ window: Int) -> Bool { bits >> UInt32(window) & 1 == 1 }
  mutating func insert(_ window: Int) { bits |= 1 << UInt32(window) }
  mutating func formUnion(_ other: WindowMask) { bits |= other.bits }
  mutating func subtract(_ other: WindowMask) { bits &= ~other.bits }
}

/// The windows of a day in which what is counted of a host is what it did.
struct HostWindows {
  let flows: WindowMask
  /// [measures]
  let measures: [WindowMask]
}

/// The windows of a day that each class of events covered: all of a day on which a source of the
/// class spoke, but for those in which one that shows the host is silent, or says something else
/// than it should.
struct CoveredWindows {
  private let classes: [EventClass: WindowMask]
  private let faults: [(fault: SourceFault, windows: WindowMask)]
  /// For hosts that no faulty source shows.
  private let whole: HostWindows

  /// - Parameter isFirst: whether nothing is known of the days before, so that hours without rows
  ///   may lie before the first.
  init(_ tables: DayTables, clock: ClockHours, isFirst: Bool) throws {
    var spoken: [EventClass: WindowMask] = [:]
    try tables.coverage.forEachBatch { batch in
      let (names, hour) = (batch[Coverage.eventClass], batch[Coverage.hour])
      for row in 0..<batch.rowCount {
        guard let eventClass = names[row].flatMap(EventClass.init(rawValue:)),
          let window = clock.window(of: hour.value(row))
        else { continue }
        spoken[eventClass, default: WindowMask()].insert(window)
      }
    }
    let all = WindowMask(all: clock.windows.count)
    classes = isFirst ? spoken : spoken.mapValues { _ in all }
    faults = tables.faults.map { ($0, WindowMask($0.window, of: clock.windows)) }
    let classes = classes
    whole = HostWindows(
      flows: classes[.flow] ?? WindowMask(),
      measures: Measure.all.map { classes[$0.eventClass] ?? WindowMask() })
  }

  /// - Parameter sources: those that show the host.
  func windows(forHostOf sources: Set<String>) -> HostWindows {
    let own = faults.filter { sources.contains($0.fault.source) }
    guard !own.isEmpty else { return whole }
    func covered(_ eventClass: EventClass, countsBytes: Bool) -> WindowMask {
      var windows = classes[eventClass] ?? WindowMask()
      for (fault, broken) in own where fault.eventClass == eventClass {
        if fault.kind != .bytes || countsBytes { windows.subtract(broken) }
      }
      return windows
    }
    return HostWindows(
      flows: covered(.flow, countsBytes: false),
      measures: Measure.all.map { covered($0.eventClass, countsBytes: $0.isBytes) })
  }
}
