import Columnar
import Events
import Features

/// A pair's regularity over the day, or over all days since it was first seen.
struct BeaconWindow {
  let window: Range<Instant>
  let gaps: CountedValues
  /// Whether gaps within visits are left out.
  let isOfVisits: Bool
  let conversations: Int64
  let score: BeaconScore

  /// The day alone; nil for less than 3 gaps, and where they are less regular than `leastInterval`.
  /// - Parameter isNew: whether the host never met the peer so in the 90 days before, given how
  ///   regular it meets it today.
  init?(
    today row: PairRow, values: [ValueCount], leastInterval: Double, visits: Visits,
    firstMeeting: FirstMeeting, isNew: (_ interval: Double) -> Bool, inputs: ScoringInputs
  ) {
    let values =
      values.isEmpty
      ? row.estimatedValues(dayStart: inputs.wholeDay.lowerBound) : values
    guard let regular = values.counted(.gapSeconds).flatMap(visits.mostRegular),
      regular.interval >= leastInterval
    else { return nil }
    var bins = [Int](repeating: 0, count: inputs.clock.windows.count)
    for value in values where value.measure == PairValue.Measure.hourOfDay.rawValue {
      bins[min(max(Int(value.value), 0), bins.count - 1)] += Int(value.count)
    }
    window = inputs.wholeDay
    conversations = row.conversations
    gaps = regular.gaps
    isOfVisits = regular.isOfVisits
    let active = inputs.activeHours[row.key.originator.text] ?? 0
    let whole = Double(window.upperBound.microseconds - window.lowerBound.microseconds)
    let span = Double(row.lastTime.microseconds - row.firstTime.microseconds)
    let first = firstMeeting.subscores(gaps, seconds: span / 1e6) {
      PeerNovelty.isFirst(row.key, inputs: inputs)
    }
    score = BeaconScore(
      interval: regular.interval,
      size: values.counted(.bytesSent).flatMap { BeaconScore.regularity($0, smallMedian: 0) } ?? 0,
      histogram: max(
        BeaconScore.histogram(bins), BeaconScore.histogram(bins, whileActive: active),
        // What begins in the middle of the day, as an infection does, was not there before.
        isNew(regular.interval) ? BeaconScore.histogram(withinSpanOf: bins) : 0,
        first?.histogram ?? 0),
      duration: max(BeaconScore.duration(bins, spanShare: span / whole), first?.duration ?? 0))
  }

  /// The day and the days before it on which the pair was seen, from the first of them on, with the
  /// gaps and sizes that its history keeps; nil for less than 3 gaps, and where they are less
  /// regular than `leastInterval`.
  init?(
    today row: PairRow, values: [ValueCount], past: PairRow, pastValues: [ValueCount],
    leastInterval: Double, inputs: ScoringInputs
  ) {
    let dayStart = inputs.wholeDay.lowerBound
    let own = values.isEmpty ? row.estimatedValues(dayStart: dayStart) : values
    /// What was counted on the day and before, and perhaps the gap between.
    func counted(_ measure: PairValue.Measure, between: ValueCount? = nil) -> CountedValues? {
      let both = [pastValues, own].flatMap { $0.filter { $0.measure == measure.rawValue } }
      return ValueCount.merged(both + (between.map { [$0] } ?? [])).counted(measure)
    }
    let gap =
      row.firstTime.microseconds.flooredQuotient(by: 1_000_000)
      - past.lastTime.microseconds.flooredQuotient(by: 1_000_000)
    guard
      let gaps = counted(
        .gapSeconds, between: gap > 0 ? ValueCount(.gapSeconds, gap, count: 1) : nil),
      let interval = BeaconScore.regularity(gaps, smallMedian: 1), interval >= leastInterval
    else { return nil }
    window = past.firstTime..<inputs.wholeDay.upperBound
    conversations = row.conversations + past.conversations
    self.gaps = gaps
    isOfVisits = false
    let quarters = BeaconWindow.quarters(today: own, past: pastValues)
    let bins = BeaconWindow.bins(quarters)
    let whole = Double(quarters.count) * 21_600_000_000
    score = BeaconScore(
      interval: interval,
      size: counted(.bytesSent).flatMap { BeaconScore.regularity($0, smallMedian: 0) } ?? 0,
      histogram: BeaconScore.histogram(bins),
      duration: BeaconScore.duration(
        bins,
        spanShare: Double(row.lastTime.microseconds - past.firstTime.microseconds) / whole))
  }

  /// Conversations by quarter of a day, from the day on which the pair was first seen.
  private static func quarters(today: [ValueCount], past: [ValueCount]) -> [Int] {
    let slots = past.filter { $0.measure == PairHistoryValue.slot }
    let days = Int(slots.map(\.value).max() ?? 0) / 4 + 1
    var quarters = [Int](repeating: 0, count: 4 * (days + 1))
    for slot in slots { quarters[4 * days - 1 - Int(slot.value)] += Int(slot.count) }
    for hour in today where hour.measure == PairValue.Measure.hourOfDay.rawValue {
      quarters[4 * days + Int(min(max(hour.value / 6, 0), 3))] += Int(hour.count)
    }
    return quarters
  }

  /// At most 28 bins of whole quarters.
  private static func bins(_ quarters: [Int]) -> [Int] {
    let width = (quarters.count + 27) / 28
    var bins = [Int](repeating: 0, count: (quarters.count + width - 1) / width)
    for (index, count) in quarters.enumerated() { bins[index / width] += count }
    return bins
  }

  /// How many of the four subscores reach a value.
  func signalCount(_ least: Double) -> Int {
    [score.interval, score.size, score.histogram, score.duration].count { $0 >= least }
  }
}

extension BeaconScore {
  /// The histogram over the hours in which the host was switched on, at least 6.
  static func histogram(_ bins: [Int], whileActive mask: UInt32) -> Double {
    let active = bins.indices.filter { mask >> UInt32($0) & 1 == 1 }
    return active.count >= 6 ? histogram(active.map { bins[$0] }) : 0
  }

  /// The histogram from the first filled bin to the last, at least 6.
  static func histogram(withinSpanOf bins: [Int]) -> Double {
    guard let first = bins.firstIndex(where: { $0 > 0 }),
      let last = bins.lastIndex(where: { $0 > 0 }), last - first >= 5
    else { return 0 }
    return histogram(Array(bins[first...last]))
  }
}

extension [ValueCount] {
  /// The values of a measure; nil where there are none.
  func counted(_ measure: PairValue.Measure) -> CountedValues? {
    let own = filter { $0.measure == measure.rawValue && ($0.value > 0 || measure != .gapSeconds) }
    guard !own.isEmpty else { return nil }
    return CountedValues(own.map { (Double($0.value), Int($0.count)) })
  }
}

/// Which gaps of a day are judged without those within a visit: who turns to the peer for its own
/// sake opens several connections at once, beside those of a beacon.
struct Visits {
  /// Shorter gaps are within a visit.
  let leastSeconds: Double
  /// Fewer gaps between visits are regular by chance too often.
  let leastCount: Int
  /// What is left of gaps drawn by chance all begins at the limit, and would pass for steady.
  private static let leastMedian = 5.0

  /// All gaps, or those between visits where there are enough and they are more regular; nil for
  /// less than 3.
  func mostRegular(_ gaps: CountedValues) -> (
    gaps: CountedValues, interval: Double, isOfVisits: Bool
  )? {
    guard let interval = BeaconScore.regularity(gaps, smallMedian: 1) else { return nil }
    guard gaps.count >= leastCount else { return (gaps, interval, false) }
    let between = gaps.atLeast(leastSeconds)
    guard between.count >= leastCount, between.median >= Visits.leastMedian * leastSeconds,
      let ofVisits = BeaconScore.regularity(between, smallMedian: 1), ofVisits > interval
    else { return (gaps, interval, false) }
    return (between, ofVisits, true)
  }
}

/// What two hosts that never met before do within minutes or a few hours, too short for a histogram
/// of hours: programs of attackers ask for orders at short intervals, and may be found and stopped
/// soon.
struct FirstMeeting {
  /// Shorter meetings are a visit.
  let leastSeconds: Double
  /// Fewer gaps are even by chance too often.
  let leastGaps: Int
  /// So many gaps are as much as hours are.
  let persistentGaps: Double

  /// How much of the meeting usual gaps fill stands for the histogram, and how many they are for
  /// the duration; nil where it is too short or not the first.
  func subscores(
    _ gaps: CountedValues, seconds: Double, isFirst: () -> Bool
  ) -> (histogram: Double, duration: Double)? {
    guard seconds >= leastSeconds, gaps.count >= leastGaps, isFirst() else { return nil }
    let count = Double(gaps.count)
    return (min(1, count * gaps.median / seconds), min(1, count / persistentGaps))
  }
}
