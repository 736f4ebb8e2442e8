import ArrowFile
import Challengers
import Columnar
import Events
import Features
import Learning
import StageKit

/// Makes `learned/asof=D` of a site that compares challengers: models of the 28 days before D, on
/// Saturdays, and what the model of edges knows before D, on all days.
struct LearnedModels: Sendable {
  /// Raised when the same summaries give other models.
  static let algorithm = 2
  /// Days below which nothing is learned.
  private static let leastDays = 5

  let site: Site
  let store: Store
  let threads: Int

  /// Models state theirs, which must not give away the site's.
  private var seed: UInt64 {
    UInt64(ContentHasher.hash("learned models \(site.seed)").prefix(16), radix: 16) ?? 0
  }

  /// Nil where the site compares nothing.
  func make(asOf day: CivilDate) throws -> Outcome? {
    guard let learned = site.learned else { return nil }
    if let outcome = try store.settled(.learned, day, site: site) { return outcome }
    let modelDay = store.modelDay(for: day)
    let earlier = try store.days(in: Area.profiles.rawValue).filter {
      $0 < day && $0 >= day.advanced(by: -LookBack.learnedDays)
    }
    let plan = Manifest(
      stage: "baseline", algorithm: LearnedModels.algorithm, subject: "learned models as of \(day)",
      options: [
        "seed": ContentHasher.hash("\(site.seed)"), "rounds": learned.text,
        "timezone": site.calendar.zone.name, "networks": site.networksText,
        "holidays": site.calendar.holidays.sorted().map(\.description).joined(separator: ","),
      ],
      inputs: try
        (earlier.map(store.profiles)
        + [modelDay == day ? store.baseline(asOf: day) : store.learned(asOf: modelDay)])
        .compactMap(store.input))
    return try store.make(store.learned(asOf: day), plan: plan) { folder in
      guard let first = earlier.first else { return [:] }
      let days = (first.dayNumber..<day.dayNumber).map { CivilDate(dayNumber: $0) }
      let known = Set(earlier)
      guard modelDay == day else {
        let name = LearnedService.schema.name
        if let services = try store.table(
          name, in: store.learned(asOf: modelDay), expecting: LearnedService.schema)
        {
          var numbers = GraphNumbers(try ServiceNumbers(services))
          var fold = GraphHabitFold()
          for (daysBack, past) in zip(days.indices.reversed(), days) {
            let (edges, signIns) = (try edges(of: past, known), try signIns(of: past, known))
            fold.add(numbers.activities(edges, signIns), daysBack: daysBack)
          }
          try write(fold.habits, numbers, to: folder)
        }
        return [:]
      }
      let training = Array(days.prefix { $0 <= days.last { isUsual($0, known) } ?? first })
      let knownCount = training.count(where: known.contains)
      var facts = ["training_days": "\(knownCount)"]
      guard knownCount >= LearnedModels.leastDays else { return facts }
      facts["edges"] = try noted { try trainEdges(days, training, known, learned, to: folder) }
      facts["sequences"] = try noted {
        try trainSequences(training.filter(known.contains), asOf: day, learned, to: folder)
      }
      return facts
    }
  }

  /// Training is stopped by the last day, so that it should be one like most.
  private func isUsual(_ day: CivilDate, _ known: Set<CivilDate>) -> Bool {
    known.contains(day) && site.calendar.isWorkday(day)
  }

  /// Why there is no model, or what it was trained on.
  private func noted(_ train: () throws -> TrainingCard?) throws -> String {
    do {
      return try train().map { "\($0.rowCount) rows, \($0.epochCount) rounds" } ?? "none"
    } catch let error as LearningError {
      return "\(error)"
    }
  }

  /// None of a day without a summary.
  private func edges(of day: CivilDate, _ known: Set<CivilDate>) throws -> [AnsweredEdge] {
    guard known.contains(day) else { return [] }
    return try AnsweredEdge.read(
      store.requiredTable(Edge.schema, in: store.profiles(day)),
      clock: ClockHours(day, calendar: site.calendar))
  }

  private func signIns(of day: CivilDate, _ known: Set<CivilDate>) throws -> [SignInEdge] {
    guard known.contains(day) else { return [] }
    return try SignInEdge.read(
      store.requiredTable(Login.schema, in: store.profiles(day)),
      clock: ClockHours(day, calendar: site.calendar), isOwn: site.networks.contains)
  }

  /// - Parameters:
  ///   - days: in a row.
  ///   - training: the first of them.
  private func trainEdges(
    _ days: [CivilDate], _ training: [CivilDate], _ known: Set<CivilDate>,
    _ learned: Site.Learned, to folder: OutputFolder
  ) throws -> TrainingCard? {
    // Days are read twice, so that one of them is in memory with names.
    var counts: [EdgeService: Int] = [:]
    // Days are read for each use: with all names 28 of them take more memory than their numbers.
    for day in days {
      for edge in try edges(of: day, known) { counts[edge.service, default: 0] += 1 }
    }
    // What is not trained on has no number, so that sites without sign-ins have models of hosts.
    let haveSignIns = try training.contains { try !signIns(of: $0, known).isEmpty }
    var numbers = GraphNumbers(ServiceNumbers(mostCommonOf: counts, haveSignIns: haveSignIns))
    var history = GraphHistory(serviceKinds: numbers.services.edgeKinds, days: [])
    for day in days {
      history.days.append(
        numbers.activities(try edges(of: day, known), try signIns(of: day, known)))
    }
    let habits = history.habits(before: days.count)
    history.days.removeLast(days.count - training.count)
    var options = EdgeTraining(seed: seed)
    options.greatestEpochCount = learned.rounds(atMost: options.greatestEpochCount)
    let model = try EdgeModel.train(on: history, days: training.map(\.description), options)
    try model.write(to: "\(folder.path)/\(Store.edgeModelName)")
    let table = try folder.table(LearnedService.schema)
    try numbers.services.write(to: table)
    try table.finish()
    try write(habits, numbers, to: folder)
    return model.card
  }

  private func write(
    _ habits: [GraphHabit], _ numbers: GraphNumbers, to folder: OutputFolder
  ) throws {
    let table = try folder.table(LearnedEdge.schema)
    try numbers.write(habits, to: table)
    try table.finish()
  }

  /// - Parameter days: with summaries.
  private func trainSequences(
    _ days: [CivilDate], asOf day: CivilDate, _ learned: Site.Learned, to folder: OutputFolder
  ) throws -> TrainingCard? {
    guard days.count > 1 else { return nil }
    let groupOfHost = try groups(asOf: day)
    let groups = GroupNumbers(Set(groupOfHost.values).sorted())
    let sequences = try days.map { day in
      try HostGrams.read(store.requiredTable(Step.schema, in: store.profiles(day)))
        .compactMap { host in
          groupOfHost[host.name].map { StepSequence(entityKind: groups[$0], grams: host.grams) }
        }
    }
    var training = SequenceTraining(seed: seed, threads: threads)
    training.greatestEpochCount = learned.rounds(atMost: training.greatestEpochCount)
    let last = days.count - 1
    let model = try SequenceModel.train(
      on: sequences[..<last].flatMap(\.self), heldOut: sequences[last],
      shape: SequenceModel.Shape(stepKindCount: StepKind.count, entityKindCount: groups.count),
      days: (days[0].description, days[last - 1].description, days[last].description), training)
    try model.write(to: "\(folder.path)/\(Store.sequenceModelName)")
    let table = try folder.table(LearnedGroup.schema)
    try groups.write(to: table)
    try table.finish()
    return model.card
  }

  private func groups(asOf day: CivilDate) throws -> [String: String] {
    let table = try store.requiredTable(
      KnownHost.schema, in: store.baseline(asOf: day), name: StateTable.hosts.rawValue)
    var groups: [String: String] = [:]
    try table.forEachBatch { batch in
      let (host, group) = (batch[KnownHost.host], batch[KnownHost.group])
      for row in 0..<batch.rowCount {
        if let host = host[row], let group = group[row] { groups[host] = group }
      }
    }
    return groups
  }
}
