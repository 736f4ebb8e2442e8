import Events
import Features
import Forest

/// Host-hours far from all others of the days before, among those that the forest isolates easily.
///
/// The score is −log2 of the share of training rows of the host's class that are as far from their
/// nearest neighbours, in bits (Bouman, Bukhsh, Heskes 2024, jmlr.org/papers/v25/23-0570.html). Only
/// the forest's top tenth is measured: neighbours see what lies apart in many features a little,
/// which is also how ordinary rows differ.
struct LocalDetector: Detector {
  let name = "local"
  let neededDays = 7
  let eventClasses: [EventClass] = [.flow]
  let misledBy: Set<SourceFault.Kind> = [.silent, .repeated, .bytes, .keys, .clock]

  func run(
    _ inputs: ScoringInputs, settings: Settings, vote: (RawVote) throws -> Void
  ) throws {
    guard let models = inputs.models, let forest = models.hostHours, let local = models.local else {
      return
    }
    let floor = try settings.number("floor")
    let ceiling = try settings.number("ceiling")
    let leastBits = try settings.number("least_forest_bits")
    let hours = try IsolatedHours(models, forest: forest)
    let candidates = hours.bits.indices.filter { hours.bits[$0] >= leastBits }
    let rows = candidates.compactMap { hours.place(of: $0) }
    let matrix = FeatureMatrix(
      names: local.neighbours.featureNames,
      columns: local.neighbours.featureNames.indices.map { feature in
        rows.map { $0.matrix.columns[feature][$0.row] }
      })
    let distances = try local.neighbours.distances(matrix, threads: models.threads)
    let placeOfRow = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { ($1, $0) })
    var row = 0
    try inputs.state.forEachHost(inputs.tables.hostHours, on: inputs.day) { host in
      defer { row += host.day.hours.count }
      guard !inputs.isNew(host.day.host.text), host.day.host.text != HostHour.internet else {
        return
      }
      for (index, start) in host.day.hours.enumerated() {
        guard let place = placeOfRow[row + index], let window = inputs.clock.window(of: start)
        else {
          continue
        }
        let bits = local.tails.bits(distances[place], group: hours.groups[row + index])
        guard bits >= floor else { continue }
        try vote(
          RawVote(
            entity: host.day.host.text, window: inputs.clock.windows[window], detector: name,
            score: bits, floor: floor, ceiling: ceiling,
            evidence: IsolatedHours.evidence(
              local.neighbours.offsets(matrix, row: place), matrix: matrix, row: place, host: host,
              hour: index, inputs: inputs, bits: bits)))
      }
    }
  }
}
