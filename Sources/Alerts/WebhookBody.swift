import Columnar
import Cryptography
import Events
import FoundationEssentials
import Incidents

/// A message as JSON for any program: see the article of this module.
package enum WebhookBody {
  private struct Body: Encodable {
    struct Incident: Encodable {
      var incidentId: String
      var revision: Int
      var news: String
      var severity: String
      /// As of OCSF: 1 informational … 5 critical.
      var severityId: Int
      var confidence: Double
      var title: String
      var entity: String
      var hostname: String?
      var attackTactics: [String]
      var detector: String
      var sightings: Int
      var firstSeen: String
      var lastSeen: String
      var recommendation: String
      var recommendationReasons: [String]
    }
    var key: String
    var site: String
    var day: String
    var queuedAt: Moment
    var incidents: [Incident]
  }

  package static func json(_ message: Message, siteName: String) throws -> [UInt8] {
    let incidents = message.notices.map { notice in
      Body.Incident(
        incidentId: notice.incident, revision: notice.revision, news: notice.news.rawValue,
        severity: notice.severity.description, severityId: notice.severity.rawValue + 1,
        confidence: notice.confidence, title: notice.title, entity: notice.entity,
        hostname: notice.hostname, attackTactics: notice.tactics, detector: notice.detector,
        sightings: notice.sightings, firstSeen: Quantity.timestamp(notice.firstSeen),
        lastSeen: Quantity.timestamp(notice.lastSeen), recommendation: notice.advice,
        recommendationReasons: notice.adviceReasons)
    }
    let body = Body(
      key: message.key, site: siteName, day: message.day, queuedAt: message.queuedAt,
      incidents: incidents)
    return Array(try JSONText.compact(body, snakeCase: true).utf8)
  }

  /// `sha256=` and the HMAC-SHA256 (RFC 2104) of a body, in lower-case hexadecimal digits.
  package static func signature(of body: [UInt8], key: String) -> String {
    "sha256=" + hexadecimal(SecretKey(Array(key.utf8)).authenticationCode(of: body))
  }
}
