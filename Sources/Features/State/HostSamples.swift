import Columnar
import Events
import Glibc

extension Measure {
  /// log1p of a count in the measure's unit, as profiles keep it.
  package func scaled(_ count: Int64) -> Double { log1p(Double(count) / unit) }

  /// The count that a profile's number stands for.
  package func count(_ scaled: Double) -> Double { expm1(scaled) * unit }
}

/// One host's values of log1p in the days before D, by slot of the clock and measure.
struct HostSamples {
  static let destinations = Measure.index(of: HostHour.outDestinations) ?? 0
  private static let measures = Measure.all.count
  private static let weekdaySlots = 7 * 24

  /// [slots × measures]
  private var values = [[Double]](repeating: [], count: ProfileSlot.count * measures)
  /// [(weekday, hour) × measures]
  private var weekdayValues = [[Double]](repeating: [], count: weekdaySlots * measures)
  private var isWeekdayActive = [Bool](repeating: false, count: weekdaySlots)

  mutating func removeAll() {
    for index in values.indices { values[index].removeAll(keepingCapacity: true) }
    for index in weekdayValues.indices { weekdayValues[index].removeAll(keepingCapacity: true) }
    for index in isWeekdayActive.indices { isWeekdayActive[index] = false }
  }

  /// Adds a day. Covered hours without a row count as zero, hours that were not covered as nothing.
  mutating func add(_ hostDay: HostDay?, clock: ClockHours, covered: CoveredWindows) {
    var rowOfWindow = [Int?](repeating: nil, count: clock.windows.count)
    for (row, hour) in (hostDay?.hours ?? []).enumerated() {
      if let window = clock.window(of: hour) { rowOfWindow[window] = row }
    }
    for (measure, definition) in Measure.all.enumerated() {
      var high: Double?
      let isCovered = covered.windows(of: definition.eventClass)
      for window in clock.windows.indices {
        guard isCovered[window] else { continue }
        let count = rowOfWindow[window].flatMap { hostDay?.count(measure, row: $0) } ?? 0
        let value = definition.scaled(count)
        high = max(high ?? 0, value)
        let hour = clock.clockHours[window]
        let slot = ProfileSlot.index(dayType: clock.dayType, hour: hour)
        values[slot * HostSamples.measures + measure].append(value)
        let weekdaySlot = clock.day.weekday * 24 + hour
        weekdayValues[weekdaySlot * HostSamples.measures + measure].append(value)
        if count > 0 { isWeekdayActive[weekdaySlot] = true }
      }
      if let high {
        let slot = ProfileSlot.index(dayType: clock.dayType, hour: Int(HostProfile.dayHigh))
        values[slot * HostSamples.measures + measure].append(high)
      }
    }
  }

  func values(_ slot: Int, measure: Int) -> [Double] {
    values[slot * HostSamples.measures + measure]
  }

  /// Covered hours of flows, or of the class that was covered most.
  func hourCount(_ slot: Int) -> Int {
    (0..<HostSamples.measures).map { values(slot, measure: $0).count }.max() ?? 0
  }

  func centers(_ slot: Int) -> [Center?] {
    (0..<HostSamples.measures).map { measure in
      var sorted = values(slot, measure: measure)
      return sorted.isEmpty ? nil : Center(of: &sorted)
    }
  }

  /// The median of a measure's busiest hours over the days on which there was any.
  func usualHigh(_ measure: Int) -> Double? {
    let highs = (0...1).flatMap { dayType in
      values(
        ProfileSlot.index(dayType: dayType, hour: Int(HostProfile.dayHigh)), measure: measure)
    }.filter { $0 > 0 }.sorted()
    return highs.isEmpty ? nil : highs.sortedMedian
  }

  /// Busy hours by slot.
  func busyCounts() -> [Int] {
    let threshold = BusyHour.threshold(usualHigh: usualHigh(HostSamples.destinations))
    return (0..<ProfileSlot.count).map { slot in
      values(slot, measure: HostSamples.destinations).count { $0 >= threshold }
    }
  }

  /// Profiles of single weekdays, from 4 covered hours on, where a measure's median is above that
  /// of all days of the type by more than its spread.
  /// - Parameter usual: the centres of each slot, as `centers` gives them.
  func weekdayProfiles(
    usual: [[Center?]]
  ) -> [(weekday: Int, hour: Int, sampleCount: Int, centers: [Center?])] {
    var rows: [(weekday: Int, hour: Int, sampleCount: Int, centers: [Center?])] = []
    for slot in 0..<HostSamples.weekdaySlots where isWeekdayActive[slot] {
      let (weekday, hour) = (slot / 24, slot % 24)
      let usual = usual[ProfileSlot.index(dayType: weekday >= 5 ? 1 : 0, hour: hour)]
      var isBusier = false
      var sampleCount = 0
      let own = (0..<HostSamples.measures).map { measure -> Center? in
        var sorted = weekdayValues[slot * HostSamples.measures + measure]
        guard sorted.count >= 4 else { return nil }
        sampleCount = max(sampleCount, sorted.count)
        let center = Center(of: &sorted)
        if let usual = usual[measure],
          center.median > usual.median + usual.spread(atLeast: Measure.all[measure].leastSpread)
        {
          isBusier = true
        }
        return center
      }
      if isBusier { rows.append((weekday, hour, sampleCount, own)) }
    }
    return rows
  }
}

/// When a host is busy, rather than merely switched on.
package enum BusyHour {
  /// log1p of the destinations from which an hour counts as busy: a quarter of those of the usual
  /// busiest hour, at least one.
  package static func threshold(usualHigh: Double?) -> Double {
    log1p(max(1, expm1(usualHigh ?? 0) / 4))
  }
}

/// The values of all hosts of a peer group.
struct GroupSamples {
  /// [slots × measures]
  private var histograms = [LogHistogram?](
    repeating: nil, count: ProfileSlot.count * Measure.all.count)
  private var hourCounts = [Int](repeating: 0, count: ProfileSlot.count)
  private var busyCounts = [Int](repeating: 0, count: ProfileSlot.count)

  mutating func add(_ samples: HostSamples, busy: [Int]) {
    for slot in 0..<ProfileSlot.count {
      hourCounts[slot] += samples.hourCount(slot)
      busyCounts[slot] += busy[slot]
      for measure in Measure.all.indices {
        let index = slot * Measure.all.count + measure
        let values = samples.values(slot, measure: measure)
        guard !values.isEmpty else { continue }
        var histogram = histograms[index] ?? LogHistogram()
        histograms[index] = nil
        for value in values { histogram.add(value) }
        histograms[index] = histogram
      }
    }
  }

  func write(_ name: String, to writer: ProfileWriter) throws {
    for slot in 0..<ProfileSlot.count where hourCounts[slot] > 0 {
      let first = slot * Measure.all.count
      try writer.append(
        host: name, dayType: slot / ProfileSlot.perDayType, hour: slot % ProfileSlot.perDayType,
        sampleCount: hourCounts[slot], busyCount: busyCounts[slot],
        centers: histograms[first..<first + Measure.all.count].map { $0?.center })
    }
  }
}
