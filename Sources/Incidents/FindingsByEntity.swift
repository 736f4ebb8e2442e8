import Columnar
import Events

/// A day's findings by whom they are about: which of them belong to which incident.
package struct FindingsByEntity: Sendable {
  private struct Key: Hashable {
    let kind: EntityKind
    let entity: String
  }
  private var findings: [Key: [Finding]] = [:]

  package init(_ all: [Finding]) {
    for finding in all {
      findings[Key(kind: finding.kind, entity: finding.entity), default: []].append(finding)
    }
  }

  /// The findings on these entities, strongest first.
  package func of(_ entities: [(kind: EntityKind, entity: String)]) -> [Finding] {
    entities.flatMap { findings[Key(kind: $0.kind, entity: $0.entity)] ?? [] }
      .sorted(by: isStronger)
  }

  /// The findings of one of a day's incidents, strongest first: of what is site-wide, those of the
  /// hosts that are part of it.
  package func of(_ incident: ReportedIncident, among incidents: [ReportedIncident]) -> [Finding] {
    let alike = incidents.filter { $0.reason == Decision.partOfSiteWide }
    return of((incident.kind == .site ? alike : [incident]).map { ($0.kind, $0.entity) })
  }

  /// Rarer first; among equals the one further above its floor, then in time, then by name.
  private func isStronger(_ a: Finding, _ b: Finding) -> Bool {
    if a.pValue != b.pValue { return a.pValue < b.pValue }
    let (aExcess, bExcess) = (a.rawScore / max(a.floor, 1e-9), b.rawScore / max(b.floor, 1e-9))
    if aExcess != bExcess { return aExcess > bExcess }
    if a.window.lowerBound != b.window.lowerBound {
      return a.window.lowerBound < b.window.lowerBound
    }
    return (a.detector, a.peer ?? "", a.entity) < (b.detector, b.peer ?? "", b.entity)
  }
}
