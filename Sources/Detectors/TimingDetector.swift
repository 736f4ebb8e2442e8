import Columnar
import Events
import Features
import Glibc

/// Hosts that are busy at hours at which they, and their peers, are not.
///
/// The score is the surprise −log2 p(busy | hour and day type) in bits of the strangest of several
/// hours in a row, plus half the logarithm of their number; p is the host's own share of busy
/// hours, smoothed towards its peers' and over neighbouring hours.
struct TimingDetector: Detector {
  let name = "timing"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastBits = try settings.number("least_bits")
    let overtimeBits = try settings.number("overtime_bits")
    guard let destinations = Measure.index(of: HostHour.outDestinations) else { return }
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      guard let baseline = host.baseline, host.day.host.text != HostHour.internet,
        !inputs.isNew(host.day.host.text)
      else { return }
      let threshold = baseline.busyThreshold
      var busy: [BusyHour] = []
      for (row, start) in host.day.hours.enumerated() {
        let count = Double(host.day.count(destinations, row: row))
        guard let window = inputs.clock.window(of: start), log1p(count) >= threshold,
          let share = baseline.busyShare(
            dayType: inputs.clock.dayType, hour: inputs.clock.clockHours[window])
        else { continue }
        busy.append(BusyHour(window: window, share: share, count: count))
      }
      for run in UnusualRun.all(in: busy, leastBits: leastBits, overtimeBits: overtimeBits)
      where run.score >= floor {
        try vote(
          RawVote(
            entity: host.day.host.text,
            window: inputs.clock.windows[run.hours.lowerBound]
              .lowerBound..<inputs.clock.windows[run.hours.upperBound].upperBound,
            detector: name, score: run.score, floor: floor, ceiling: ceiling,
            evidence: [
              Evidence(
                "out_destinations", contribution: run.score, actual: run.mostDestinations,
                typical: baseline.told(
                  destinations, dayType: inputs.clock.dayType,
                  hour: inputs.clock.clockHours[run.strangest.window]
                ).map { expm1($0.median) }),
              Evidence(
                "busy_share", contribution: run.bits, actual: run.strangest.share),
            ]))
      }
    }
  }
}

/// An hour of a day in which a host was busy.
private struct BusyHour {
  /// Its place among the day's windows.
  let window: Int
  /// How often the host is busy at such hours; above 0.
  let share: Double
  /// Destinations.
  let count: Double

  var bits: Double { -log2(share) }
}

/// Neighbouring hours in each of which it is unusual to be busy.
private struct UnusualRun {
  /// The first and the last window.
  let hours: ClosedRange<Int>
  let strangest: BusyHour
  /// The surprise of the strangest hour, as far as it counts.
  let bits: Double
  let mostDestinations: Double

  var score: Double { bits + log2(Double(hours.count)) / 2 }

  /// - Parameters:
  ///   - busy: by window.
  ///   - overtimeBits: what an hour is surprising at most for each since the last of the day at
  ///     which the host was busy as usual: people stay longer, or come back in the evening.
  static func all(in busy: [BusyHour], leastBits: Double, overtimeBits: Double) -> [UnusualRun] {
    let usual = busy.filter { $0.bits < leastBits }.map(\.window)
    func bits(_ hour: BusyHour) -> Double {
      let last = usual.last { $0 < hour.window }
      return min(
        hour.bits, last.map { overtimeBits * Double(hour.window - $0) } ?? .infinity)
    }
    var runs: [UnusualRun] = []
    for hour in busy where hour.bits >= leastBits {
      var run = UnusualRun(hour, bits: bits(hour))
      if let last = runs.last, last.hours.upperBound + 1 == hour.window {
        run = UnusualRun(last, run)
        runs.removeLast()
      }
      runs.append(run)
    }
    return runs
  }

  private init(_ hour: BusyHour, bits: Double) {
    hours = hour.window...hour.window
    strangest = hour
    self.bits = bits
    mostDestinations = hour.count
  }

  private init(_ a: UnusualRun, _ b: UnusualRun) {
    hours = a.hours.lowerBound...b.hours.upperBound
    strangest = b.bits > a.bits ? b.strangest : a.strangest
    bits = max(a.bits, b.bits)
    mostDestinations = max(a.mostDestinations, b.mostDestinations)
  }
}
