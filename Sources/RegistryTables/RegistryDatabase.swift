import Columnar
import Events
import GRDB
import Incidents
import Registry

/// `registry.sqlite`: the registry as tables, for programs that read SQLite. It is made anew from
/// reports and events, and holds nothing that they don't.
package enum RegistryDatabase {
  /// Writes the tables to a new file at `path`.
  /// - Parameters:
  ///   - cases: in the order in which they are to be listed.
  ///   - state: of the same events.
  package static func write(_ cases: [Case], _ state: RegistryState, to path: String) throws {
    var configuration = Configuration()
    configuration.label = "registry"
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { database in
      try createTables(database)
      for item in cases { try insert(item, database) }
      for standing in state.rules { try insert(standing, database) }
    }
    try queue.close()
  }

  private static func createTables(_ database: Database) throws {
    try database.create(table: "incident") { table in
      table.primaryKey("incident_id", .text)
      for name in ["title", "entity", "severity", "status", "recommendation", "leading_detector"] {
        table.column(name, .text).notNull()
      }
      for name in ["first_day", "last_day", "first_seen", "last_seen"] {
        table.column(name, .text).notNull()
      }
      table.column("sightings", .integer).notNull()
      for name in ["assignee", "verdict", "verdict_reason", "cause", "lesson", "rule"] {
        table.column(name, .text)
      }
    }
    try database.create(table: "rule") { table in
      table.primaryKey("rule_id", .text)
      for name in ["effect", "made_by", "first_day", "last_day", "reason"] {
        table.column(name, .text).notNull()
      }
      for name in ["entity", "detector", "peer", "revoked_at"] { table.column(name, .text) }
    }
  }

  private static func insert(_ item: Case, _ database: Database) throws {
    let (incident, record) = (item.latest, item.record)
    try database.execute(
      sql: """
        INSERT INTO incident (incident_id, title, entity, severity, status, recommendation,
          leading_detector, first_day, last_day, first_seen, last_seen, sightings, assignee, verdict,
          verdict_reason, cause, lesson, rule)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        incident.id, incident.title, incident.entity, item.severity.description,
        record.status.rawValue, incident.recommendation.rawValue, incident.leadingDetector,
        item.firstDay.description, incident.day.description,
        Quantity.timestamp(incident.firstSeen), Quantity.timestamp(incident.lastSeen),
        item.days.count, record.assignee, record.label?.verdict.rawValue, record.label?.reason,
        record.closing?.cause, record.closing?.lesson, incident.rule,
      ])
  }

  private static func insert(_ standing: RegistryState.StandingRule, _ database: Database) throws {
    let (rule, scope) = (standing.rule, standing.rule.scope)
    try database.execute(
      sql: """
        INSERT INTO rule (rule_id, effect, made_by, first_day, last_day, reason, entity, detector,
          peer, revoked_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        rule.id, standing.effect.rawValue, standing.by, rule.firstDay.description,
        rule.lastDay.description, rule.reason, scope.entity, scope.detector, scope.peer,
        standing.revoked.map(Quantity.timestamp),
      ])
  }
}
