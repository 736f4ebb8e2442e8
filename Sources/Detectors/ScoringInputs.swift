import Challengers
import Columnar
import Events
import Features
import Forest

/// All that detectors read of a day.
package struct ScoringInputs: Sendable {
  package let day: CivilDate
  package let calendar: CivilCalendar
  package let clock: ClockHours
  package private(set) var tables: DayTables
  package let state: SiteState
  /// Nil while there are no forests yet.
  package let models: ForestModels?
  /// Nil where the site has no lists.
  package let indicators: IndicatorInputs?
  /// Nil where the site compares no challengers, or no model is learned yet.
  package let learned: LearnedInputs?
  let instigators: Instigators
  /// Counted here for the detector `forest`, as it is more than one thread's share of the work.
  let strangeFlows: StrangeFlows
  /// Windows of the day in which each host was seen, one bit each.
  package let activeHours: [String: UInt32]
  /// The sources that show each host on the day.
  private let sourcesToday: [String: Set<String>]
  /// What was seen on the day itself, by kind and key.
  private let today: [(kind: UInt8, key: SeenKey)]

  /// - Parameter threads: to count strange conversations with; the counts do not depend on it.
  package init(
    day: CivilDate, calendar: CivilCalendar, tables: DayTables, state: SiteState,
    models: ForestModels? = nil, indicators: IndicatorInputs? = nil, learned: LearnedInputs? = nil,
    threads: Int = 1
  ) throws {
    precondition(state.asOf == day && tables.day == day)
    self.day = day
    self.calendar = calendar
    self.tables = tables
    self.state = state
    self.models = models
    self.indicators = indicators
    self.learned = learned
    clock = ClockHours(day, calendar: calendar)
    today = try tables.seenKeys()
    instigators = try Instigators(tables, state)
    strangeFlows = try StrangeFlows(
      models, tables: tables, calendar: calendar, state: state, threads: threads)
    var activeHours: [String: UInt32] = [:]
    var sourcesToday: [String: Set<String>] = [:]
    let cursor = try HostHourCursor(tables.hostHours, day: day)
    while let host = try cursor.take() {
      var mask: UInt32 = 0
      for hour in host.hours { if let window = clock.window(of: hour) { mask |= 1 << window } }
      activeHours[host.host.text] = mask
      sourcesToday[host.host.text] = host.sources
    }
    self.activeHours = activeHours
    self.sourcesToday = sourcesToday
  }

  /// The same day with another table in place of its own, for detectors that read of the day
  /// nothing else that the table would change.
  func replacing(_ table: Table) -> ScoringInputs {
    var inputs = self
    inputs.tables = DayTables(day: day, faults: tables.faults) {
      $0.name == table.schema.name ? table : tables[$0]
    }
    return inputs
  }

  /// The whole day as a window.
  package var wholeDay: Range<Instant> {
    guard let first = clock.windows.first, let last = clock.windows.last else {
      preconditionFailure("a day without hours")
    }
    return first.lowerBound..<last.upperBound
  }

  /// The window that an instant of the day is in.
  package func window(of instant: Instant) -> Range<Instant> {
    clock.window(of: instant).map { clock.windows[$0] } ?? wholeDay
  }

  /// The sources that show a host, on the day or on those before.
  func sources(of host: String) -> Set<String> {
    (sourcesToday[host] ?? []).union(state.hosts[host]?.sources ?? [])
  }

  /// Whether a host was seen on less than 3 days, or first less than 3 days ago: what it does is
  /// new by itself.
  package func isNew(_ host: String) -> Bool {
    guard let record = state.hosts[host] else { return true }
    return record.daysSeen < 3 || day.dayNumber - record.firstDay.dayNumber < 3
  }

  /// Hosts that met a subject, within the last 28 days or on this day, whichever are more.
  package func hostCount(_ kind: Seen.Kind, subject: UInt64) -> Int {
    let first = SeenKey(subject: subject, host: 0)
    var (low, high) = (0, today.count)
    while low < high {
      let middle = (low + high) / 2
      if (today[middle].kind, today[middle].key) < (kind.rawValue, first) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var count = 0
    while low + count < today.count, today[low + count].kind == kind.rawValue,
      today[low + count].key.subject == first.subject
    {
      count += 1
    }
    return max(count, state.seen.site(kind, subject: subject).hostCount)
  }

  /// Why what is new cannot be told: too few earlier days with such things; nil where there are
  /// enough. Logs of a class may begin long after the others.
  func learning(_ kinds: [Seen.Kind], days needed: Int, of things: String) -> String? {
    var days = DayBits()
    for kind in kinds {
      for entry in state.seen.entries(of: kind) { days.formUnion(entry.days) }
    }
    return days.count < needed
      ? "learning: \(days.count) of \(needed) earlier days of \(things)" : nil
  }

  /// Hosts that could have met it: those of the last 28 days or of this day.
  package var population: Int { max(state.hosts.count, activeHours.count, 1) }
}

/// The learned models for a day.
package struct LearnedInputs: Sendable {
  package let edges: EdgeChallenger?
  package let sequences: SequenceChallenger?
  package let threads: Int

  package init(edges: EdgeChallenger?, sequences: SequenceChallenger?, threads: Int) {
    self.edges = edges
    self.sequences = sequences
    self.threads = threads
  }
}

/// The forests as of a day, and what they judge.
package struct ForestModels: Sendable {
  package let hostHours: TrimmedForest?
  package let flows: TrimmedForest?
  /// The neighbours of host-hours.
  package let local: LocalModel?
  /// The day's `host_hour_features.arrow`.
  package let features: any BatchSource
  /// The day's conversations; nil where they are not at hand.
  package let conversations: (any BatchSource)?
  package let networks: SiteNetworks

  package init(
    hostHours: TrimmedForest?, flows: TrimmedForest?, local: LocalModel?,
    features: any BatchSource, conversations: (any BatchSource)?, networks: SiteNetworks
  ) {
    self.hostHours = hostHours
    self.flows = flows
    self.local = local
    self.features = features
    self.conversations = conversations
    self.networks = networks
  }
}
