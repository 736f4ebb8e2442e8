import Columnar
import Events
import Features
import Forest
import Glibc

/// Host-hours that an isolation forest finds easy to tell from the hours of the days before, and
/// hours with more strange conversations than there should be.
///
/// The score is in bits: −log2 of the share of training rows of the host's class that are at least
/// as strange, plus the surprise of so many of the hour's conversations beyond the 99th percentile
/// of theirs.
struct ForestDetector: Detector {
  let name = "forest"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.silent, .repeated, .bytes, .keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let models = inputs.models else { return }
    let limits = Limits(
      floor: try settings.number("floor"), ceiling: try settings.number("ceiling"),
      flowShape: try settings.number("flow_shape"), flowCap: try settings.number("flow_cap"))
    let strange = try StrangeFlows(models, inputs: inputs)
    let hosts = try models.hostHours.map { try Self.scores(models.features, $0, models.threads) }
    var row = 0
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      defer { row += host.day.hours.count }
      guard !inputs.isNew(host.day.host.text), host.day.host.text != HostHour.internet else {
        return
      }
      for (index, start) in host.day.hours.enumerated() {
        guard let window = inputs.clock.window(of: start) else { continue }
        let isolated = hosts.map { $0.bits[row + index] } ?? 0
        let flows = strange.surprise(host.day.host.text, window: window, shape: limits.flowShape)
        let score = isolated + min(flows.bits, limits.flowCap)
        guard score >= limits.floor else { continue }
        var evidence = [
          Evidence(
            "strange_conversations", contribution: min(flows.bits, limits.flowCap),
            actual: Double(flows.count), typical: flows.expected)
        ]
        if let hosts, let model = models.hostHours {
          evidence += Self.evidence(
            hosts.matrices, model: model.forest, row: row + index, host: host, hour: index,
            inputs: inputs, bits: isolated)
        }
        evidence.sort { ($1.contribution, $0.feature) < ($0.contribution, $1.feature) }
        try vote(
          RawVote(
            entity: host.day.host.text, window: inputs.clock.windows[window], detector: name,
            score: score, floor: limits.floor, ceiling: limits.ceiling,
            evidence: Array(evidence.prefix(3).filter { $0.contribution > 0 })))
      }
    }
  }

  private struct Limits {
    let floor, ceiling, flowShape, flowCap: Double
  }

  /// The bits of every row of the day, with the matrices, batch by batch.
  private static func scores(
    _ features: any BatchSource, _ model: TrimmedForest, _ threads: Int
  ) throws -> (bits: [Double], matrices: [FeatureMatrix]) {
    var bits: [Double] = []
    var matrices: [FeatureMatrix] = []
    try features.forEachBatch { batch in
      let groups = batch[HostHourFeature.group]
      let columns = HostHourFeature.columns.map { key in
        let view = batch[key]
        return (0..<batch.rowCount).map { view.value($0) }
      }
      let matrix = FeatureMatrix(names: HostHourFeature.names, columns: columns)
      let scores = try model.forest.scores(matrix, threads: threads)
      for row in 0..<batch.rowCount {
        bits.append(
          model.tails[groups.value(row)].map { -log2($0.rankPValue(scores[row])) } ?? 0)
      }
      matrices.append(matrix)
    }
    return (bits, matrices)
  }

  /// What isolates a row, as it was counted, each with the share of the bits that its features have.
  private static func evidence(
    _ matrices: [FeatureMatrix], model: IsolationForest, row: Int, host: HostContext, hour: Int,
    inputs: ScoringInputs, bits: Double
  ) -> [Evidence] {
    var local = row
    guard
      let matrix = matrices.first(where: {
        if local < $0.rowCount { return true }
        local -= $0.rowCount
        return false
      })
    else { return [] }
    let contributions = model.contributions(matrix, row: local).map { max($0, 0) }
    let total = contributions.reduce(0, +)
    guard total > 0 else { return [] }
    let window = inputs.clock.window(of: host.day.hours[hour]) ?? 0
    let clockHour = inputs.clock.clockHours[window]
    var shares: [String: Double] = [:]
    var places: [String: Int] = [:]
    for (feature, name) in matrix.names.enumerated() {
      let counted = HostHourFeature.measure(of: name) ?? name
      shares[counted, default: 0] += bits * contributions[feature] / total
      places[counted] = feature
    }
    let top = shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
    return top.map { name, share in
      guard let measure = Measure.all.firstIndex(where: { $0.name == name }) else {
        let value = places[name].map { Double(matrix.columns[$0][local]) } ?? 0
        return Evidence(
          name, contribution: share,
          actual: HostHourFeature.logarithms.contains(name) ? expm1(value) : value)
      }
      let definition = Measure.all[measure]
      let usual = host.baseline?.usual(
        measure, dayType: inputs.clock.dayType, hour: clockHour)
      return Evidence(
        definition.name, contribution: share,
        actual: Double(host.day.count(measure, row: hour)),
        typical: usual.map { definition.count($0.median) },
        spread: usual.map {
          definition.count($0.median + $0.spread(atLeast: definition.leastSpread))
            - definition.count($0.median)
        })
    }
  }
}

/// How many conversations of each host and hour are stranger than 99 of 100 of their class.
private struct StrangeFlows {
  private static let share = 0.01
  private var counts: [String: [(all: UInt32, strange: UInt32)]] = [:]

  init(_ models: ForestModels, inputs: ScoringInputs) throws {
    guard let model = models.flows, let flows = models.flowFeatures else { return }
    for index in 0..<flows.batchCount {
      let rows = try flows.rows(index)
      guard !rows.hosts.isEmpty else { continue }
      let scores = try model.forest.scores(
        FeatureMatrix(names: FlowFeature.names, columns: rows.columns), threads: models.threads)
      for row in rows.hosts.indices {
        let host = Int(rows.hosts[row])
        guard let tail = model.tails[flows.classes[host]] else { continue }
        let isStrange = tail.rankPValue(scores[row]) <= StrangeFlows.share
        let name = flows.hosts[host]
        counts[name, default: .init(repeating: (0, 0), count: inputs.clock.windows.count)][
          Int(rows.windows[row])
        ].all += 1
        if isStrange { counts[name]?[Int(rows.windows[row])].strange += 1 }
      }
    }
  }

  /// The surprise of as many strange conversations as there are, in bits.
  func surprise(
    _ host: String, window: Int, shape: Double
  ) -> (bits: Double, count: Int, expected: Double) {
    guard let hour = counts[host]?[window] else { return (0, 0, 0) }
    let expected = Double(hour.all) * StrangeFlows.share
    // One of a hundred is strange on any host at some hour.
    guard hour.strange > 1 else { return (0, Int(hour.strange), expected) }
    let bits = NegativeBinomial.surprise(Double(hour.strange), mean: expected, shape: shape)
    return (bits, Int(hour.strange), expected)
  }
}
