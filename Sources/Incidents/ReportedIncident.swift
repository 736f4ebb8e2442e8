import Columnar
import Events

/// What a day's report says of an incident, as later programs read it: a row of `incidents.arrow`.
package struct ReportedIncident: Sendable, Equatable {
  package var id: String
  package var day: CivilDate
  package var rank: Int
  package var decision: Decision
  package var reason: String
  package var status: Incident.Status
  package var severity: Severity
  /// 0…1.
  package var confidence: Double
  package var pValue: Double
  package var kind: EntityKind
  package var entity: String
  package var hostname: String?
  package var peers: [String]
  package var firstSeen: Instant
  package var lastSeen: Instant
  package var sightings: Int
  package var leadingDetector: String
  package var detectors: [String]
  package var techniques: [String]
  package var tactics: [String]
  package var recommendation: Recommendation
  package var recommendationReasons: [String]
  package var title: String
  package var explanation: String
  package var rule: String?
}

extension ReportedIncident {
  package init(_ incident: Incident) {
    self.init(
      id: incident.id, day: incident.day, rank: incident.verdict.rank, decision: incident.decision,
      reason: incident.verdict.reason, status: incident.status, severity: incident.severity,
      confidence: incident.confidence, pValue: incident.verdict.pValue,
      kind: incident.verdict.kind, entity: incident.entity, hostname: incident.asset?.hostname,
      peers: ReportedIncident.items(ReportedIncident.lines(incident.peers)),
      firstSeen: incident.firstSeen, lastSeen: incident.lastSeen,
      sightings: incident.sightings, leadingDetector: incident.verdict.leadingDetector,
      detectors: incident.detectors, techniques: incident.techniques, tactics: incident.tactics,
      recommendation: incident.recommendation,
      recommendationReasons: ReportedIncident.items(
        ReportedIncident.lines(incident.recommendationReasons)), title: incident.title,
      explanation: incident.explanation, rule: incident.rule)
  }

  /// Writes a day's incidents, in their order, as `incidents.arrow`.
  package static func write(_ incidents: [ReportedIncident], to sink: any BatchSink) throws {
    let table = TableBuilder(IncidentRow.schema)
    for incident in incidents {
      table.column(IncidentRow.id).append(incident.id)
      table.column(IncidentRow.rank).append(UInt32(incident.rank))
      table.column(IncidentRow.decision).append(incident.decision.rawValue)
      table.column(IncidentRow.reason).append(incident.reason)
      table.column(IncidentRow.status).append(incident.status.rawValue)
      table.column(IncidentRow.severity).append(incident.severity.description)
      table.column(IncidentRow.confidence).append(incident.confidence)
      table.column(IncidentRow.pValue).append(incident.pValue)
      table.column(IncidentRow.entityKind).append(incident.kind.rawValue)
      table.column(IncidentRow.entity).append(incident.entity)
      table.column(IncidentRow.hostname).append(incident.hostname)
      table.column(IncidentRow.peers).append(lines(incident.peers))
      table.column(IncidentRow.firstSeen).append(incident.firstSeen)
      table.column(IncidentRow.lastSeen).append(incident.lastSeen)
      table.column(IncidentRow.sightings).append(UInt32(incident.sightings))
      table.column(IncidentRow.leadingDetector).append(incident.leadingDetector)
      table.column(IncidentRow.detectors).append(lines(incident.detectors))
      table.column(IncidentRow.techniques).append(lines(incident.techniques))
      table.column(IncidentRow.tactics).append(lines(incident.tactics))
      table.column(IncidentRow.recommendation).append(incident.recommendation.rawValue)
      table.column(IncidentRow.recommendationReasons).append(
        lines(incident.recommendationReasons))
      table.column(IncidentRow.title).append(incident.title)
      table.column(IncidentRow.explanation).append(incident.explanation)
      table.column(IncidentRow.rule).append(incident.rule)
      if table.rowCount == maximumBatchRowCount { try sink.write(table.finishBatch()) }
    }
    if table.rowCount > 0 { try sink.write(table.finishBatch()) }
  }

  /// The incidents of a day's `incidents.arrow`, by rank.
  package static func read(_ table: any BatchSource, day: CivilDate) throws -> [ReportedIncident] {
    var incidents: [ReportedIncident] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (ids, entities) = (batch[IncidentRow.id], batch[IncidentRow.entity])
      let (ranks, sightings) = (batch[IncidentRow.rank], batch[IncidentRow.sightings])
      let (decisions, reasons) = (batch[IncidentRow.decision], batch[IncidentRow.reason])
      let (states, severities) = (batch[IncidentRow.status], batch[IncidentRow.severity])
      let (confidences, pValues) = (batch[IncidentRow.confidence], batch[IncidentRow.pValue])
      let (kinds, hostnames) = (batch[IncidentRow.entityKind], batch[IncidentRow.hostname])
      let (firsts, lasts) = (batch[IncidentRow.firstSeen], batch[IncidentRow.lastSeen])
      let (leaders, detectors) = (batch[IncidentRow.leadingDetector], batch[IncidentRow.detectors])
      let (techniques, tactics) = (batch[IncidentRow.techniques], batch[IncidentRow.tactics])
      let advice = batch[IncidentRow.recommendation]
      let adviceReasons = batch[IncidentRow.recommendationReasons]
      let (peers, titles) = (batch[IncidentRow.peers], batch[IncidentRow.title])
      let (texts, rules) = (batch[IncidentRow.explanation], batch[IncidentRow.rule])
      for row in 0..<batch.rowCount {
        incidents.append(
          ReportedIncident(
            id: ids[row] ?? "", day: day, rank: Int(ranks.value(row)),
            decision: decisions[row].flatMap(Decision.init) ?? .watch, reason: reasons[row] ?? "",
            status: states[row].flatMap(Incident.Status.init) ?? .new,
            severity: severities[row].flatMap(Severity.init(name:)) ?? .info,
            confidence: confidences.value(row), pValue: pValues.value(row),
            kind: kinds[row].flatMap(EntityKind.init) ?? .host, entity: entities[row] ?? "",
            hostname: hostnames[row], peers: items(peers[row]), firstSeen: firsts.value(row),
            lastSeen: lasts.value(row), sightings: Int(sightings.value(row)),
            leadingDetector: leaders[row] ?? "", detectors: items(detectors[row]),
            techniques: items(techniques[row]), tactics: items(tactics[row]),
            recommendation: advice[row].flatMap(Recommendation.init) ?? .monitor,
            recommendationReasons: items(adviceReasons[row]), title: titles[row] ?? "",
            explanation: texts[row] ?? "", rule: rules[row]))
      }
    }
    return incidents
  }

  /// An item a line; a line's end within one, which only a log can have put there, becomes a space.
  private static func lines(_ items: [String]) -> String {
    // By bytes: to Swift, "\r\n" is one character.
    items.map { item in
      String(decoding: item.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }.joined(separator: "\n")
  }

  private static func items(_ lines: String?) -> [String] {
    (lines ?? "").utf8.split(separator: 0x0A).map { String(Substring($0)) }
  }
}
