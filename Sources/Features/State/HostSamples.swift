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
  /// [slots]
  private var presentCounts = [Int](repeating: 0, count: ProfileSlot.count)
  private var isWeekdayActive = [Bool](repeating: false, count: weekdaySlots)

  mutating func removeAll() {
    for index in values.indices { values[index].removeAll(keepingCapacity: true) }
    for index in weekdayValues.indices { weekdayValues[index].removeAll(keepingCapacity: true) }
    for index in isWeekdayActive.indices { isWeekdayActive[index] = false }
    for index in presentCounts.indices { presentCounts[index] = 0 }
  }

  /// Adds a day. Covered hours without a row count as zero, hours that were not covered as nothing.
  /// A day without any row has no busiest hour.
  mutating func add(_ hostDay: HostDay?, clock: ClockHours, covered: HostWindows) {
    var rowOfWindow = [Int?](repeating: nil, count: clock.windows.count)
    for (row, hour) in (hostDay?.hours ?? []).enumerated() {
      if let window = clock.window(of: hour) { rowOfWindow[window] = row }
    }
    if hostDay != nil {
      let isCovered = covered.flows
      if !isCovered.isEmpty {
        presentCounts[
          ProfileSlot.index(dayType: clock.dayType, hour: Int(HostProfile.dayHigh))] += 1
      }
      for window in clock.windows.indices where isCovered[window] {
        presentCounts[ProfileSlot.index(dayType: clock.dayType, hour: clock.clockHours[window])] +=
          1
      }
    }
    for (measure, definition) in Measure.all.enumerated() {
      var high: Double?
      let isCovered = covered.measures[measure]
      for window in clock.windows.indices {
        guard isCovered[window] else { continue }
        let count = rowOfWindow[window].flatMap { hostDay?.count(measure, row: $0) } ?? 0
        let value = count == 0 ? 0 : definition.scaled(count)
        high = max(high ?? 0, value)
        let hour = clock.clockHours[window]
        let slot = ProfileSlot.index(dayType: clock.dayType, hour: hour)
        values[slot * HostSamples.measures + measure].append(value)
        let weekdaySlot = clock.day.weekday * 24 + hour
        weekdayValues[weekdaySlot * HostSamples.measures + measure].append(value)
        if count > 0 { isWeekdayActive[weekdaySlot] = true }
      }
      if hostDay != nil, let high {
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

  /// Covered hours of flows on days on which the host was seen.
  func presentCount(_ slot: Int) -> Int { presentCounts[slot] }

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

  /// Busy hours by slot; nil for a host that keeps no hours.
  /// - Parameter usual: the centres of each slot, as `centers` gives them.
  func busyCounts(usual: [[Center?]]) -> [Int]? {
    let threshold = BusyHour.threshold { usual[$0][HostSamples.destinations]?.median }
    guard threshold.isFinite else { return nil }
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
  /// Fewer destinations in an hour are the background talk of a machine that is left on.
  private static let leastDestinations = 6.0
  /// Hosts whose busiest hour is not this many times their idle ones keep no hours.
  private static let leastRhythm = 2.0

  /// log1p of the destinations from which an hour counts as busy: halfway, by logarithms, from idle
  /// hours (the first quartile of the hours of the day) to the usual busiest hour, at least 6;
  /// infinite for hosts that are as busy at all hours.
  /// - Parameter median: of log1p of the destinations in a slot of `ProfileSlot`; nil where none
  ///   was
  /// covered.
  static func threshold(_ median: (_ slot: Int) -> Double?) -> Double {
    var high = 0.0
    var idle = 0.0
    for dayType in 0...1 {
      let busiest = median(ProfileSlot.index(dayType: dayType, hour: Int(HostProfile.dayHigh)))
      guard let busiest, busiest > high else { continue }
      let hours = (0..<24).compactMap { median(ProfileSlot.index(dayType: dayType, hour: $0)) }
      high = busiest
      idle = hours.isEmpty ? 0 : hours.sorted()[hours.count / 4]
    }
    guard high - idle >= log(leastRhythm) else { return .infinity }
    return max(log1p(leastDestinations), (idle + high) / 2)
  }
}

/// The values of all hosts of a peer group.
struct GroupSamples {
  /// [slots × measures]
  private var histograms = [LogHistogram?](
    repeating: nil, count: ProfileSlot.count * Measure.all.count)
  private var hourCounts = [Int](repeating: 0, count: ProfileSlot.count)
  private var presentCounts = [Int](repeating: 0, count: ProfileSlot.count)
  private var busyCounts = [Int](repeating: 0, count: ProfileSlot.count)

  mutating func add(_ samples: HostSamples, busy: [Int]?) {
    for slot in 0..<ProfileSlot.count {
      hourCounts[slot] += samples.hourCount(slot)
      if let busy {
        presentCounts[slot] += samples.presentCount(slot)
        busyCounts[slot] += busy[slot]
      }
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
        sampleCount: hourCounts[slot], presentCount: presentCounts[slot],
        busyCount: busyCounts[slot],
        centers: histograms[first..<first + Measure.all.count].map { $0?.center })
    }
  }
}
