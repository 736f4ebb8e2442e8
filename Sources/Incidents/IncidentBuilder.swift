import Columnar
import Events

/// Turns a day's verdicts and findings to incidents.
package struct IncidentBuilder: Sendable {
  package let siteName: String
  package let calendar: CivilCalendar
  package let assets: AssetsFile
  /// The p-value below which a person is asked; nil while learning.
  package let line: Double?
  /// Days of history behind the day.
  package let historyDays: Int

  package init(
    siteName: String, calendar: CivilCalendar, assets: AssetsFile, line: Double?, historyDays: Int
  ) {
    self.siteName = siteName
    self.calendar = calendar
    self.assets = assets
    self.line = line
    self.historyDays = historyDays
  }

  /// The day's incidents by rank: an incident for each entity that has a verdict.
  ///
  /// - Parameter history: verdicts of earlier days, at least `IncidentIdentity.windowDays` of them
  ///   where they exist.
  package func incidents(
    day: CivilDate, verdicts: [EntityVerdict], findings: [Finding],
    history: [(day: CivilDate, verdicts: [EntityVerdict])]
  ) -> [Incident] {
    let findings = FindingsByEntity(findings)
    var earlierDays: [String: Set<CivilDate>] = [:]
    var earlierLeads: [String: [(day: CivilDate, detector: String)]] = [:]
    for past in history where past.day < day {
      for verdict in past.verdicts where verdict.decision != .watch {
        earlierDays[runKey(verdict), default: []].insert(past.day)
        earlierLeads[key(verdict.kind, verdict.entity), default: []].append(
          (past.day, verdict.leadingDetector))
      }
    }
    let alike = verdicts.filter { $0.reason == Decision.partOfSiteWide }
    return verdicts.sorted { $0.rank < $1.rank }.map { verdict in
      let entities = verdict.kind == .site ? alike : [verdict]
      let stages = AttackStages(
        before: day, detector: verdict.leadingDetector,
        findings: earlierLeads[key(verdict.kind, verdict.entity)] ?? [])
      return incident(
        day: day, verdict: verdict,
        findings: findings.of(entities.map { ($0.kind, $0.entity) }),
        hostCount: entities.count, earlier: earlierDays[runKey(verdict)] ?? [],
        stages: verdict.decision == .watch ? nil : stages.text)
    }
  }

  private func key(_ kind: EntityKind, _ entity: String) -> String { "\(kind.rawValue) \(entity)" }

  private func runKey(_ verdict: EntityVerdict) -> String {
    key(verdict.kind, verdict.entity) + " " + DetectorKind.of(verdict.leadingDetector).kindClass
  }

  private func incident(
    day: CivilDate, verdict: EntityVerdict, findings: [Finding], hostCount: Int,
    earlier: Set<CivilDate>, stages: String?
  ) -> Incident {
    let anchor = IncidentIdentity.anchor(day: day, days: earlier)
    let asset = assets[verdict.entity]
    let severity = SeverityTable.severity(
      pValue: verdict.pValue, line: line ?? 0, findings: findings, criticality: asset?.criticality)
    let confidence = SeverityTable.confidence(
      historyDays: historyDays, detectorCount: Set(findings.map(\.detector)).count)
    let explanation = Explanation(calendar: calendar)
    let (recommendation, reasons) = recommend(
      verdict: verdict, severity: severity, confidence: confidence, asset: asset)
    let lastSeen = findings.map(\.window.upperBound).max() ?? calendar.start(of: day)
    return Incident(
      id: IncidentIdentity.uuid(
        site: siteName, entity: verdict.entity,
        kindClass: DetectorKind.of(verdict.leadingDetector).kindClass, anchor: anchor),
      day: day, verdict: verdict, status: anchor < day ? .recurring : .new, severity: severity,
      confidence: confidence, firstSeen: calendar.start(of: anchor), lastSeen: lastSeen,
      sightings: earlier.filter { $0 >= anchor && $0 < day }.count + 1,
      findings: findings, recommendation: recommendation, recommendationReasons: reasons,
      asset: asset,
      title: verdict.kind == .site
        ? explanation.siteTitle(hostCount: hostCount, findings: findings)
        : explanation.title(
          entity: verdict.entity, hostname: asset?.hostname, findings: findings),
      explanation: [
        explanation.text(findings, of: verdict.kind), verdict.kind == .site ? nil : stages,
      ].compactMap { $0 }.joined(separator: " "))
  }

  /// Advice with its reasons. A critical asset is never to be isolated without a person's word.
  private func recommend(
    verdict: EntityVerdict, severity: Severity, confidence: Double, asset: Asset?
  ) -> (Recommendation, [String]) {
    if verdict.kind == .site {
      return (
        .monitor,
        ["many hosts changed at once: find the common cause (updates, an outage, a holiday)"]
      )
    }
    guard verdict.decision != .watch else {
      let isOverLine = verdict.pValue <= line ?? 0
      return (
        .close,
        [
          isOverLine
            ? "would have been asked on a quieter day: look when there is time"
            : "above the line: nothing needs to be done unless you know better"
        ]
      )
    }
    if Incident.deservesIsolation(severity, confidence) {
      if asset?.criticality == .critical {
        return (
          .monitor,
          ["\(severity) severity, but a critical asset: isolate only when its owner approves"]
        )
      }
      return (
        .isolate,
        [
          "\(severity) severity with confidence \(Quantity.number(confidence)), by the severity table"
        ]
      )
    }
    let why =
      confidence < 0.5
      ? "confidence \(Quantity.number(confidence)) is low: look before you act"
      : "\(severity) severity: look at it today, nothing calls for cutting it off"
    return (.monitor, [why])
  }
}
