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
    /// Days of the period of which the store has no summary.
    let missingDays: [CivilDate]
    /// Days of which the summary is left, but not the queries and handshakes.
    let daysWithoutEvents: [CivilDate]
    /// Days on which a source's data is known to be incomplete or wrong.
    let faultyDays: [CivilDate]
  }

  let store: Store

  /// - Parameters:
  ///   - first: the period's first day; nil for the first that is stored.
  ///   - last: its last day; nil for the last that is stored.
  func run(_ indicators: [Indicator], from first: CivilDate?, to last: CivilDate?) throws -> Result
  {
    let stored = try store.days(in: "profiles").filter { day in
      first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true
    }
    guard let firstStored = stored.first, let lastStored = stored.last else {
      throw StageError(
        "\(store.path): expected days in the period, found none; run ingest, normalize and baseline "
          + "for them first")
    }
    let period = (first ?? firstStored)...(last ?? lastStored)
    let withEvents = Set(try store.days(in: "events"))
    var hunt = RetroHunt(indicators)
    for day in stored { try hunt.add(day, in: store) }
    return Result(
      period: period, hunt: hunt,
      missingDays: (period.lowerBound.dayNumber...period.upperBound.dayNumber)
        .map { CivilDate(dayNumber: $0) }.filter { !stored.contains($0) },
      daysWithoutEvents: stored.filter { !withEvents.contains($0) },
      faultyDays: try stored.filter { day in
        try store.dataFindings(day).contains { $0.fault != nil }
      })
  }
}

extension RetroHunt {
  fileprivate mutating func add(_ day: CivilDate, in store: Store) throws {
    func table(_ schema: Schema) throws -> ArrowReader {
      try store.requiredTable(schema, in: store.profiles(day))
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
