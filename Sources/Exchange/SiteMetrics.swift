import Columnar
import Events
import Incidents

/// What tells whether Tidemark is well, and how much there is to look at, for programs that watch
/// machines. No address, host or user is in it.
package struct SiteMetrics: Sendable {
  /// The newest day with a report.
  package struct Day: Sendable {
    package let day: CivilDate
    /// When it was over.
    package let end: Instant
    /// Incidents that a person was asked about.
    package let decided: [Severity]
    /// Clock hours in which no source was silent that usually speaks, of those that the day has;
    /// nil where the report is of an older version.
    package let coveredHours: (covered: Int, all: Int)?
    package let sources: [Source]
    package let detectors: [(name: String, ran: Bool)]

    package init(
      day: CivilDate, end: Instant, decided: [Severity],
      coveredHours: (covered: Int, all: Int)?, sources: [Source],
      detectors: [(name: String, ran: Bool)]
    ) {
      self.day = day
      self.end = end
      self.decided = decided
      self.coveredHours = coveredHours
      self.sources = sources
      self.detectors = detectors
    }
  }

  /// A source's rows of one class, and whether it had none for hours in which it usually has some,
  /// or never had any.
  package typealias Source = (quality: DayFacts.SourceQuality, isSilent: Bool)
  package typealias Route = (name: String, waiting: Int, refused: Int)
  /// The last finished run of one, and the most memory that was resident.
  package typealias Stage = (name: String, seconds: Double, peakResidentBytes: Int)

  private let siteName: String
  /// Nil before the first report.
  private let newest: Day?
  /// Incidents that wait for somebody.
  private let open: [Severity]
  private let routes: [Route]
  private let stages: [Stage]
  private let storeBytes: [(area: String, byteCount: Int)]

  package init(
    siteName: String, newest: Day?, open: [Severity], routes: [Route], stages: [Stage],
    storeBytes: [(area: String, byteCount: Int)]
  ) {
    self.siteName = siteName
    self.newest = newest
    self.open = open
    self.routes = routes
    self.stages = stages
    self.storeBytes = storeBytes
  }

  /// The whole file.
  package var text: String { families.map(\.text).joined() }

  private var families: [MetricFamily] {
    (newest.map(families) ?? []) + [
      SiteMetrics.bySeverity(
        open, "tidemark_open_incidents", "Incidents of all days that wait for somebody.")
    ] + outbox + running
  }

  private func families(of day: Day) -> [MetricFamily] {
    var info = MetricFamily("tidemark_report_info", "The newest day with a report.")
    info.add(1, ["site": siteName, "day": day.day.description])
    var end = MetricFamily(
      "tidemark_report_day_end_timestamp_seconds",
      "When the newest day with a report was over, in seconds since 1970.")
    end.add(Double(day.end.microseconds) / 1_000_000)
    var covered = MetricFamily(
      "tidemark_covered_ratio",
      "Share of that day's hours in which no source was silent that usually speaks.")
    if let hours = day.coveredHours, hours.all > 0 {
      covered.add(Double(hours.covered) / Double(hours.all))
    }
    var ran = MetricFamily(
      "tidemark_detector_ran", "Whether a detector judged that day: 1, or 0 where it was skipped.")
    for detector in day.detectors { ran.add(detector.ran ? 1 : 0, ["detector": detector.name]) }
    let decided = SiteMetrics.bySeverity(
      day.decided, "tidemark_decided_incidents", "Incidents that that day asks about.")
    return [info, end, decided, covered] + SiteMetrics.families(of: day.sources) + [ran]
  }

  private static func families(of sources: [Source]) -> [MetricFamily] {
    var rows = MetricFamily(
      "tidemark_source_rows",
      "Rows of that day, by source and class, with those that another observer shows too.")
    var rejected = MetricFamily(
      "tidemark_source_rejected_rows", "Lines of that day's files that could not be read.")
    var covered = MetricFamily(
      "tidemark_source_covered_ratio", "Share of that day's hours with rows.")
    var silent = MetricFamily(
      "tidemark_source_silent", "Whether a source had no rows when it usually has some: 0 or 1.")
    for source in sources {
      let quality = source.quality
      let labels: KeyValuePairs = [
        "source": quality.source, "event_class": quality.eventClass?.rawValue ?? "",
      ]
      rows.add(Double(quality.rows), labels)
      rejected.add(Double(quality.rejected), labels)
      if quality.dayHours > 0 {
        covered.add(Double(quality.coveredHours) / Double(quality.dayHours), labels)
      }
      silent.add(source.isSilent ? 1 : 0, labels)
    }
    return [rows, rejected, covered, silent]
  }

  private static func bySeverity(_ found: [Severity], _ name: String, _ help: String)
    -> MetricFamily
  {
    var family = MetricFamily(name, help)
    for severity in Severity.allCases {
      family.add(Double(found.count { $0 == severity }), ["severity": severity.description])
    }
    return family
  }

  private var outbox: [MetricFamily] {
    var family = MetricFamily(
      "tidemark_outbox_messages", "Alerts that are not sent: they wait, or were refused.")
    for route in routes {
      family.add(Double(route.waiting), ["route": route.name, "state": "waiting"])
      family.add(Double(route.refused), ["route": route.name, "state": "refused"])
    }
    return [family]
  }

  private var running: [MetricFamily] {
    var seconds = MetricFamily(
      "tidemark_stage_duration_seconds", "How long the last finished run of a stage took.")
    var memory = MetricFamily(
      "tidemark_stage_max_resident_memory_bytes",
      "The most memory that was resident in that run, mapped files included.")
    for stage in stages {
      seconds.add(stage.seconds, ["stage": stage.name])
      memory.add(Double(stage.peakResidentBytes), ["stage": stage.name])
    }
    var bytes = MetricFamily("tidemark_store_size_bytes", "Size of the store's files, by area.")
    for entry in storeBytes { bytes.add(Double(entry.byteCount), ["area": entry.area]) }
    return [seconds, memory, bytes]
  }
}
