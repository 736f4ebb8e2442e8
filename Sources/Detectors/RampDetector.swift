import Events
import Features
import Glibc

/// Hosts that do a little more of something from day to day, so that no day stands out: who raises
/// a flow slowly teaches every other detector that it is usual.
///
/// A cumulative sum (Page 1954, doi:10.1093/biomet/41.1-2.100) over the days of the day's type:
/// S = max(0, S + min(z, 3) − slack), z = (log1p total − median) / max(1.4826 MAD, floor) by the
/// first half of these days. The score is S at the end of the day, in spreads.
struct RampDetector: Detector {
  let name = "ramp"
  let neededDays = 21
  let eventClasses: [EventClass] = [.flow, .dns]
  let misledBy: Set<SourceFault.Kind> = [.repeated, .keys, .silent]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let limits = CumulativeSum.Limits(
      slack: try settings.number("slack"), leastSpread: try settings.number("least_spread"),
      leastDays: Int(try settings.number("least_days")),
      leastRise: Int(try settings.number("least_rise_days")))
    let history = try HostTotalsCursor(inputs.state.hostTotals)
    let isWorkday = inputs.calendar.isWorkday(inputs.day)
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      let days = try history.days(of: host.day.host)
        .filter { inputs.calendar.isWorkday($0.day) == isWorkday }
      guard host.day.host.text != HostHour.internet else { return }
      let today = host.day.totals
      var rises: [(measure: Measure, rise: CumulativeSum, actual: Double)] = []
      for (index, measure) in HostTotal.measures.enumerated() {
        let rise = CumulativeSum(
          days.map { measure.scaled($0.totals[index]) }, today: measure.scaled(today[index]),
          limits: limits)
        if let rise, rise.sum >= floor { rises.append((measure, rise, Double(today[index]))) }
      }
      rises.sort { ($1.rise.sum, $0.measure.name) < ($0.rise.sum, $1.measure.name) }
      guard let lead = rises.first else { return }
      let evidence = rises.prefix(2).map { measure, rise, actual in
        let typical = measure.count(rise.usual.median)
        return Evidence(
          measure.name, contribution: rise.sum, actual: actual, typical: typical,
          spread: measure.count(rise.usual.median + rise.spread) - typical)
      }
      try vote(
        RawVote(
          entity: host.day.host.text, window: inputs.wholeDay, detector: name,
          score: lead.rise.sum, floor: floor, ceiling: ceiling,
          evidence: evidence + [
            Evidence("days_rising", contribution: 0, actual: Double(lead.rise.dayCount))
          ]))
    }
  }
}

/// How long and how far a total has been above what was usual before.
struct CumulativeSum {
  struct Limits {
    /// Spreads above the usual that count as nothing.
    let slack: Double
    /// The least spread that is believed, of log1p.
    let leastSpread: Double
    /// Days below which nothing is known.
    let leastDays: Int
    /// Days for which the sum has been above 0, this one included.
    let leastRise: Int
  }
  /// A single day counts for so many spreads at most: bursts are for others to judge.
  private static let greatestStep = 3.0

  let sum: Double
  let usual: Center
  let spread: Double
  /// Days since the sum was 0.
  let dayCount: Int

  /// - Parameter history: a total's log1p on earlier days, in order.
  /// - Returns: nil where too little is known, or the total is not up for days now.
  init?(_ history: [Double], today: Double, limits: Limits) {
    guard history.count >= limits.leastDays else { return nil }
    let half = history.count / 2
    var before = Array(history[..<half])
    usual = Center(of: &before)
    spread = max(1.4826 * usual.deviation, limits.leastSpread)
    var (sum, dayCount) = (0.0, 0)
    for value in history[half...] + [today] {
      let z = min((value - usual.median) / spread, CumulativeSum.greatestStep)
      sum = max(0, sum + z - limits.slack)
      dayCount = sum > 0 ? dayCount + 1 : 0
    }
    guard dayCount >= limits.leastRise, today > usual.median + limits.slack * spread else {
      return nil
    }
    self.sum = sum
    self.dayCount = dayCount
  }
}
