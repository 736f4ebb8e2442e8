import Alerts
import ArrowFile
import Columnar
import Events
import Exchange
import Incidents
import Registry
import StageKit

/// Reads from the store what a monitoring system asks.
struct MetricsReader {
  let site: Site
  let store: Store
  let logger: Logger

  func metrics() throws -> SiteMetrics {
    let newest = try store.days(in: "reports").last
    return SiteMetrics(
      siteName: site.name, newest: try newest.map(day), open: try open(), routes: try routes(),
      stages: try store.timings().map { ($0.stage, $0.seconds, $0.peakResidentBytes) },
      storeBytes: try storeBytes())
  }

  private func day(_ day: CivilDate) throws -> SiteMetrics.Day {
    let figures = try Manifest.read(folder: store.reports(day))?.facts ?? [:]
    func figure(_ name: String) -> Int? { figures[name].flatMap { Int($0) } }
    let silent = try store.dataFindings(day).filter { $0.kind == .silent }
    return SiteMetrics.Day(
      day: day, end: site.calendar.start(of: day.advanced(by: 1)),
      decided: try store.reportedIncidents(day).filter { $0.decision == .decide }.map(\.severity),
      coveredHours: figure("covered_hours").flatMap { covered in
        figure("day_hours").map { (covered, $0) }
      },
      sources: try SourceReader(site: site, store: store).sources(day).map { source in
        let isSilent =
          source.eventClass == nil
          || silent.contains { $0.source == source.source && $0.eventClass == source.eventClass }
        return (source, isSilent)
      }, detectors: try detectors(day))
  }

  /// Each detector once, in order of their names: it ran if it ran on any source.
  private func detectors(_ day: CivilDate) throws -> [(name: String, ran: Bool)] {
    let runs = try store.detectorRuns(day)
    let ran = Set(runs.filter(\.ran).map(\.detector))
    return Set(runs.map(\.detector)).sorted().map { ($0, ran.contains($0)) }
  }

  /// How grave the incidents are that wait for somebody.
  private func open() throws -> [Severity] {
    let (reports, older) = try store.allReportedIncidents()
    if let first = older.first {
      let count = Quantity.counted(older.count, "day")
      logger.warning(
        """
        reports of \(count), from \(first) on, are of an older version: their open incidents are not \
        counted; run report --existing
        """)
    }
    return Case.all(reports, RegistryState(try RegistryLog(store).events()))
      .filter { $0.isPending(site.calendar) }.map(\.severity)
  }

  private func routes() throws -> [SiteMetrics.Route] {
    let items = try Outbox(store).state().items
    return site.routes.map { route in
      let outcomes = items.filter { $0.message.route == route.name }.map(\.outcome)
      func count(_ matches: (OutboxState.Outcome) -> Bool) -> Int { outcomes.count(where: matches) }
      return (
        route.name, count { if case .waiting = $0 { true } else { false } },
        count { if case .refused = $0 { true } else { false } }
      )
    }
  }

  /// Of each folder in the store.
  private func storeBytes() throws -> [(area: String, byteCount: Int)] {
    try FileBytes.names(in: store.path).filter { FileBytes.isFolder("\(store.path)/\($0)") }
      .map { ($0, try FileBytes.totalSize(of: "\(store.path)/\($0)")) }
  }
}
