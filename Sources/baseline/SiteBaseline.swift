import ArrowFile
import Columnar
import Events
import Features
import Forest
import StageKit

/// Makes `baseline/asof=D`: the state as of D, from the summaries of the days before, for a D that
/// has a summary itself.
struct SiteBaseline: Sendable {
  /// Raised when the same summaries give another state.
  static let algorithm = 19

  let site: Site
  let store: Store
  let threads: Int

  func make(asOf day: CivilDate) throws -> Outcome {
    if let outcome = try store.settled(.baseline, day, site: site) { return outcome }
    let earlier = try summarisedDays(before: day)
    let recent = earlier.filter { $0 >= day.advanced(by: -site.baselineDays) }
    return try store.make(store.baseline(asOf: day), plan: try plan(asOf: day)) { folder in
      // One after the other: side by side they would take a third less time, and need more memory
      // than the stage may.
      try foldState(asOf: day, recent: recent, earlier: earlier, to: folder)
      try trainModels(asOf: day, to: folder)
      return ["days": "\(recent.count)"]
    }
  }

  /// Writes the tables of what was known as of a day.
  private func foldState(
    asOf day: CivilDate, recent: [CivilDate], earlier: [CivilDate], to folder: OutputFolder
  ) throws {
    let fold = StateFold(asOf: day, calendar: site.calendar)
    let seen = try seen(fold, earlier: earlier) { asOf, write in
      try keep(write, in: folder, isLast: asOf == day)
    }
    var writers: [ArrowWriter] = []
    try fold.run(
      summaries: try recent.map(tables), today: tables(day), seen: seen, threads: threads
    ) { table in
      let writer = try folder.table(table.schema, name: table.rawValue)
      writers.append(writer)
      return writer
    }
    for writer in writers { try writer.finish() }
  }

  /// Writes what was seen to its place, or, as of an earlier day, to a file that is gone once it is
  /// mapped. Whatever the store's compression, it isn't packed: it is looked up here and there, and
  /// may be larger than memory.
  private func keep(
    _ write: (any BatchSink) throws -> Void, in folder: OutputFolder, isLast: Bool
  ) throws -> ArrowReader {
    let path = "\(folder.path)/\(isLast ? "" : ".")\(Seen.schema.name).arrow"
    let writer =
      isLast
      ? try folder.table(Seen.schema, compression: Compression.none)
      : try ArrowWriter(path: path, schema: Seen.schema, isDurable: false)
    try write(writer)
    try writer.finish()
    let table = try ArrowReader(path: path, expecting: Seen.schema)
    if !isLast { try FileBytes.remove(path) }
    return table
  }

  /// Writes the models of what is usual, learned from the features of the days before.
  private func trainModels(asOf day: CivilDate, to folder: OutputFolder) throws {
    let described = try trainingDays(before: day)
    let hostHours = try ForestSample.hostHours(
      try described.map { try features($0, HostHourFeature.schema) })
    try train(hostHours, of: described, to: folder.path + "/forest_hosts.arrow")
    try trainNeighbours(hostHours, to: folder.path + "/neighbours_hosts.arrow")
    try writeBins(like: day, among: described, to: folder.table(FeatureBin.schema))
    try train(
      .flows(try described.map { try features($0, FlowFeature.schema) }), of: described,
      to: folder.path + "/forest_flows.arrow")
  }

  /// Rows below which a forest is not worth training.
  private static let leastTrainingRows = 1_000

  /// Trains a forest and writes it; writes none where there is too little to learn from.
  private func train(
    _ sample: ForestSample, of days: [CivilDate], to path: String
  ) throws {
    guard sample.groups.count >= SiteBaseline.leastTrainingRows, let first = days.first,
      let last = days.last
    else { return }
    let rows = FeatureMatrix(names: sample.names, columns: sample.columns)
    let (model, scores) = try TrimmedForest.train(
      rows, groups: sample.groups,
      options: ForestOptions(treeCount: 200, sampleCount: 256, seed: site.seed), threads: threads)
    let card = ModelCard(
      origin: "baseline", window: (first.description, last.description), rows: rows,
      scores: scores)
    try model.forest.write(to: path, metadata: card.metadata + model.tails.metadata)
  }

  private func trainNeighbours(_ sample: ForestSample, to path: String) throws {
    guard sample.groups.count >= SiteBaseline.leastTrainingRows else { return }
    let model = try LocalModel.train(
      FeatureMatrix(names: sample.names, columns: sample.columns), groups: sample.groups,
      options: NeighbourOptions(seed: site.seed), threads: threads)
    try model.write(to: path)
  }

  /// Host-hours of the same kind of day, working or not: each weekend would differ from the whole.
  private func writeBins(like day: CivilDate, among days: [CivilDate], to writer: ArrowWriter)
    throws
  {
    let like = days.filter { site.calendar.isWorkday($0) == site.calendar.isWorkday(day) }
    let sample = try ForestSample.hostHours(
      try like.map { try features($0, HostHourFeature.schema) })
    if sample.groups.count >= SiteBaseline.leastBinnedRows {
      try FeatureBins(sample).write(to: writer)
    }
    try writer.finish()
  }

  /// Host-hours below which a tenth of them says little.
  private static let leastBinnedRows = 200

  private func features(_ day: CivilDate, _ schema: Schema) throws -> ArrowReader {
    try store.requiredTable(schema, in: store.features(day))
  }

  /// The days with features among those that count as normal, in order.
  private func describedDays(before day: CivilDate) throws -> [CivilDate] {
    try store.days(in: "features").filter {
      $0 < day && $0 >= day.advanced(by: -site.baselineDays)
    }
  }

  /// Those of them on which all conversations were as they should be; all while there are too few.
  private func trainingDays(before day: CivilDate) throws -> [CivilDate] {
    let described = try describedDays(before: day)
    let sound = try described.filter { day in
      try !faults(of: day).contains { $0.eventClass == .flow && $0.kind != .silent }
    }
    return sound.count >= SiteBaseline.leastTrainingDays ? sound : described
  }

  /// Fewer days are not worth leaving others out.
  private static let leastTrainingDays = 7

  private func faults(of day: CivilDate) throws -> [SourceFault] {
    try store.dataFindings(day).compactMap(\.sourceFault)
  }

  /// What was seen, from the baseline of the day before where that is up to date, else from all
  /// summaries; the result is the same.
  private func seen(
    _ fold: StateFold, earlier: [CivilDate],
    keeping keep: (CivilDate, (any BatchSink) throws -> Void) throws -> any BatchSource
  ) throws -> SeenTable {
    let yesterday = fold.asOf.advanced(by: -1)
    let folder = store.baseline(asOf: yesterday)
    if let manifest = try Manifest.read(folder: folder),
      manifest.fingerprint == (try plan(asOf: yesterday)).fingerprint
    {
      let table = try SeenTable(try store.requiredTable(Seen.schema, in: folder))
      let last = try earlier.filter { $0 >= yesterday }.map(tables)
      return try fold.seen(from: (table, yesterday), summaries: last, keeping: keep)
    }
    return try fold.seen(from: nil, summaries: try earlier.map(tables), keeping: keep)
  }

  private func plan(asOf day: CivilDate) throws -> Manifest {
    Manifest(
      stage: "baseline", algorithm: SiteBaseline.algorithm, subject: "baseline as of \(day)",
      options: site.baselineOptions,
      inputs: try summarisedDays(before: day).flatMap { day in
        try [store.profiles(day), store.quality(day)].compactMap(store.input)
      } + describedDays(before: day).compactMap { try store.input(store.features($0)) }
        + [store.profiles(day)].compactMap(store.input))
  }

  /// The days with a summary among the 90 before `day`, in order.
  private func summarisedDays(before day: CivilDate) throws -> [CivilDate] {
    try store.days(in: "profiles").filter { $0 < day && $0 >= day.advanced(by: -DayBits.dayCount) }
  }

  private func tables(_ day: CivilDate) throws -> DayTables {
    try DayTables(day: day, faults: faults(of: day)) {
      try store.requiredTable($0, in: store.profiles(day))
    }
  }
}
