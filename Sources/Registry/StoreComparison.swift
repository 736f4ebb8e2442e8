import Events
import Incidents
import StageKit

/// What the reports of two stores say differently of the days that both have.
///
/// A day has at most one incident of an entity, so incidents are the same where their entities are;
/// their ids depend on earlier days.
package struct StoreComparison: Sendable {
  /// An incident as the two stores have it; nil where a store has none.
  package struct Change: Equatable, Sendable {
    package let a: ReportedIncident?
    package let b: ReportedIncident?

    /// Whether a person is asked about it by one of the stores at least.
    package var isAsked: Bool { [a, b].contains { $0?.decision.isAsked == true } }
  }

  package struct Day: Equatable, Sendable {
    package let day: CivilDate
    /// By entity; empty where only texts of the reports differ.
    package let changes: [Change]
  }

  /// The days with reports in both, in order.
  package let days: [CivilDate]
  /// Those of them whose reports differ.
  package let differing: [Day]
  /// Days with a report in one only, by store.
  package let onlyInA: [CivilDate]
  package let onlyInB: [CivilDate]
  /// What the folders of the compared days were made by, where it differs.
  package let origins: [OriginDifference]
  /// Days whose votes or scores differ, whatever the reports say.
  package let otherwiseScored: [CivilDate]
  /// Days whose reports were made from other scores than are there now, by store.
  package let outdatedInA: [CivilDate]
  package let outdatedInB: [CivilDate]
  /// How often each store asks for a decision on the compared days.
  package let decisionCounts: (a: Int, b: Int)

  /// - Parameter wanted: the days to compare. Of a store that tries settings for another, the days
  ///   that it lacks are none of its business.
  package init(_ a: Store, _ b: Store, wanted: (CivilDate) -> Bool) throws {
    let known = try [a, b].map { try $0.days(in: Area.reports.rawValue).filter(wanted) }
    let (ofA, ofB) = (Set(known[0]), Set(known[1]))
    let days = known[0].filter(ofB.contains)
    self.days = days
    onlyInA = b.copyOf == nil ? known[0].filter { !ofB.contains($0) } : []
    onlyInB = a.copyOf == nil ? known[1].filter { !ofA.contains($0) } : []
    var differing: [Day] = []
    var otherwiseScored: [CivilDate] = []
    var counts = (a: 0, b: 0)
    var origins = OriginDifference.Gatherer()
    for day in days {
      for area in Area.allCases where area != .ingested {
        guard let first = try Manifest.read(folder: a.folder(area, day)),
          let second = try Manifest.read(folder: b.folder(area, day))
        else { continue }
        origins.add(area, day, first, second)
        let differs = first.contentHash != second.contentHash
        if differs, area == .votes || area == .scores, otherwiseScored.last != day {
          otherwiseScored.append(day)
        }
        guard area == .reports else { continue }
        let (incidentsOfA, incidentsOfB) = (
          try a.reportedIncidents(day), try b.reportedIncidents(day)
        )
        counts.a += incidentsOfA.count { $0.decision == .decide }
        counts.b += incidentsOfB.count { $0.decision == .decide }
        if differs {
          differing.append(
            Day(day: day, changes: StoreComparison.changes(incidentsOfA, incidentsOfB)))
        }
      }
    }
    outdatedInA = try days.filter { try !a.isReportCurrent($0) }
    outdatedInB = try days.filter { try !b.isReportCurrent($0) }
    self.differing = differing
    self.otherwiseScored = otherwiseScored
    self.origins = origins.differences
    decisionCounts = counts
  }

  /// Incidents of which decision, severity, rank or leading detector differ, or that one store
  /// lacks.
  static func changes(_ a: [ReportedIncident], _ b: [ReportedIncident]) -> [Change] {
    func byEntity(_ incidents: [ReportedIncident]) -> [String: ReportedIncident] {
      Dictionary(
        incidents.map { ("\($0.entity) \($0.kind.rawValue)", $0) }, uniquingKeysWith: { $1 })
    }
    let (a, b) = (byEntity(a), byEntity(b))
    return Set(a.keys).union(b.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { Change(a: a[$0], b: b[$0]) }.filter { !$0.fields.isEmpty }
  }
}

extension StoreComparison.Change {
  /// What differs, with what each store says; nil where it has no such incident.
  package var fields: [(name: String, a: String?, b: String?)] {
    let values: [(String, (ReportedIncident) -> String)] = [
      ("decision", { $0.decision.rawValue }), ("severity", { $0.severity.description }),
      ("rank", { "\($0.rank)" }), ("leading detector", { $0.leadingDetector }),
    ]
    return values.map { (name: $0, a: a.map($1), b: b.map($1)) }.filter { $0.a != $0.b }
  }
}
