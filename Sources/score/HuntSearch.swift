import ArrowFile
import Columnar
import Detectors
import Events
import Indicators
import StageKit

/// Takes a hunt through the days of a store.
struct HuntSearch {
  /// What was looked through, and found.
  struct Result {
    let period: ClosedRange<CivilDate>
    let hunt: RetroHunt
    /// Days of the period of which the store has no summary; those after its last day are none.
    let missingDays: [CivilDate]
    /// Days whose tables can't be read, such as those of another version, each with the reason.
    let unreadableDays: [(day: CivilDate, reason: String)]
    /// Days of which the summary is left, but not the queries and handshakes.
    let daysWithoutEvents: [CivilDate]
    /// Days on which a source's data is known to be incomplete or wrong.
    let faultyDays: [CivilDate]
  }

  let store: Store

  /// - Parameters:
  ///   - first: the period's first day; nil for the first that is stored.
  ///   - last: its last day; nil for the last that is stored, where it ends at the latest.
  ///   - warn: is told of each day that can't be read.
  /// - Throws: where no day of the period is stored, or none can be read.
  func run(
    _ indicators: [Indicator], from first: CivilDate?, to last: CivilDate?, warn: (String) -> Void
  ) throws -> Result {
    let all = try store.days(in: "profiles")
    let stored = all.filter { day in
      first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true
    }
    guard let firstStored = stored.first, let lastStored = all.last else {
      throw StageError(
        "\(store.path): expected days in the period, found none; run ingest, normalize and baseline "
          + "for them first")
    }
    let period = (first ?? firstStored)...min(last ?? lastStored, lastStored)
    let isStored = Set(stored)
    let withEvents = Set(try store.days(in: "events"))
    var hunt = RetroHunt(indicators)
    var unreadable: [(day: CivilDate, reason: String)] = []
    for day in stored {
      // What a day gave before it proved unreadable does not count.
      var extended = hunt
      do {
        try extended.add(day, in: store)
        hunt = extended
      } catch {
        unreadable.append((day, "\(error)"))
        warn("\(day) is left out: \(error)")
      }
    }
    guard !hunt.days.isEmpty else {
      throw StageError("\(store.path): expected days that can be read in the period, found none")
    }
    return Result(
      period: period, hunt: hunt,
      missingDays: (period.lowerBound.dayNumber...period.upperBound.dayNumber)
        .map { CivilDate(dayNumber: $0) }.filter { !isStored.contains($0) },
      unreadableDays: unreadable,
      daysWithoutEvents: hunt.days.filter { !withEvents.contains($0) },
      faultyDays: hunt.days.filter { day in
        do { return try store.dataFindings(day).contains { $0.fault != nil } } catch {
          warn("\(day): whether its data is complete is not known: \(error)")
          return false
        }
      })
  }
}

extension RetroHunt {
  fileprivate mutating func add(_ day: CivilDate, in store: Store) throws {
    func table(_ schema: Schema) throws -> ArrowReader {
      let folder = store.profiles(day)
      guard let table = try store.table(schema.name, in: folder, expecting: schema) else {
        // Made anew it could only be where the day's events are left.
        throw StageError("\(folder): expected \(schema.name).arrow, found none")
      }
      return table
    }
    try add(
      day,
      IndicatorTables(
        pairs: table(Pair.schema), domains: table(AskedDomain.schema),
        logins: table(Login.schema), events: store.namesAndHandshakes(day)),
      hostHours: table(HostHour.schema), coverage: table(Coverage.schema))
  }
}

extension Store {
  /// The events of a day in which indicators are looked up.
  func namesAndHandshakes(_ day: CivilDate) throws -> [EventClass: any BatchSource] {
    var sources: [EventClass: any BatchSource] = [:]
    for eventClass in [EventClass.dns, .tls] {
      sources[eventClass] = try table(
        eventClass.rawValue, in: events(day), expecting: eventClass.schema)
    }
    return sources
  }
}
