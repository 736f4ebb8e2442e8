import ArrowFile
import Columnar
import Conversations
import Events
import StageKit

/// One day's folder of events.
struct DayFolder {
  let day: CivilDate
  let site: Site
  let store: Store
  /// Days that share the memory.
  let concurrentDays: Int

  /// Raised when the same inputs give other rows.
  private static let algorithm = 5

  /// Makes the folder from those of `files` that concern the day, unless it is up to date.
  func make(from files: [DayInput]) throws -> DayReport {
    if let outcome = try store.settled(.events, day, site: site) {
      return DayReport(
        day: day, outcome: outcome, fileCount: 0, summaries: [], facts: try storedFacts())
    }
    let start = site.calendar.start(of: day)
    let end = site.calendar.start(of: day.advanced(by: 1))
    // A source's margin is its longest, whichever of its files states it.
    let margins = Dictionary(
      files.map { ($0.file.source, $0.export?.marginMicroseconds ?? 0) }, uniquingKeysWith: max)
    let inputs = files.filter {
      $0.concerns(start, end, margin: margins[$0.file.source] ?? 0)
    }
    // A file with rows of several formats is one input.
    var seen: Set<String> = []
    let folders = inputs.filter { seen.insert($0.folder).inserted }
    let plan = Manifest(
      stage: "normalize", algorithm: DayFolder.algorithm, subject: "\(day)",
      options: [
        "start_us": "\(start.microseconds)", "end_us": "\(end.microseconds)",
        "timezone": site.calendar.zone.name, "tzdata": TimeZoneDatabase.version,
        "networks": site.networksText,
        "observers": folders.map { $0.manifest.options["observer"] ?? "" }.joined(separator: ","),
      ],
      inputs: folders.map { $0.manifest.asInput(name: store.relative($0.folder)) })
    var summaries: [(EventClass, DaySummary)] = []
    let outcome = try store.make(store.events(day), plan: plan) { folder in
      for eventClass in EventClass.allCases {
        let files = try inputs.filter { $0.file.eventClass == eventClass }.map { try $0.open() }
        guard !files.isEmpty else { continue }
        let normalizer = DayNormalizer(
          eventClass, day: day, calendar: site.calendar, networks: site.networks,
          scratchFolder: folder.path, concurrentDays: concurrentDays)
        let table = try folder.table(normalizer.schema(of: files), name: eventClass.rawValue)
        summaries.append((eventClass, try normalizer.normalize(files, to: table)))
        try table.finish()
      }
      try DayAccount(
        window: start..<end, files: files.filter { seen.contains($0.folder) },
        summaries: summaries
      ).write(to: folder)
      return DayReport.facts(of: summaries)
    }
    return DayReport(
      day: day, outcome: outcome, fileCount: folders.count, summaries: summaries,
      facts: try storedFacts())
  }

  private func storedFacts() throws -> [String: String] {
    try Manifest.read(folder: store.events(day))?.facts ?? [:]
  }
}
