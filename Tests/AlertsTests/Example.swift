import Alerts
import Columnar
import Events
import StageKit
import TestSupport
import Testing

@testable import Incidents

func instant(_ text: String) throws -> Instant { try #require(Instant(utc: text)) }

/// An incident as a report tells of it; what a test is about is changed by its parameters.
func incident(
  _ id: String = "6f1c7a52-0000-5000-8000-000000000001", day: String = "2026-03-01",
  decision: Decision = .decide, severity: Severity = .high, sightings: Int = 1,
  tactics: [String] = ["command and control"], entity: String = "10.0.0.5",
  hostname: String? = "host05",
  title: String = "Regular connections, as by a beacon: 10.0.0.5 (host05)"
) throws -> ReportedIncident {
  let date = try #require(CivilDate(day))
  let start = CivilCalendar().start(of: date)
  return ReportedIncident(
    id: id, day: date, rank: 1, decision: decision, reason: "below the line",
    status: sightings == 1 ? .new : .recurring, severity: severity, confidence: 0.85,
    pValue: 0.001, kind: .host, entity: entity, hostname: hostname, peers: ["198.51.100.7"],
    firstSeen: start, lastSeen: start.advanced(byMicroseconds: 3_600_000_000),
    sightings: sightings, leadingDetector: "beacon", detectors: ["beacon"],
    techniques: ["T1071"], tactics: tactics, recommendation: .monitor,
    recommendationReasons: ["one detector"], title: title, explanation: "It called.", rule: nil)
}

func notice(_ incident: ReportedIncident, revision: Int = 1) -> Notice {
  Notice(incident, revision: revision, news: .first)
}

func message(_ incidents: [ReportedIncident], route: String = "it") throws -> Message {
  let at = Moment(try instant("2026-03-01T09:00:00Z"))
  return Message(
    route: route, day: try #require(CivilDate("2026-03-01")), notices: incidents.map { notice($0) },
    queuedAt: at, notBefore: at)
}

let text = MessageText(siteName: "Example Ltd", calendar: CivilCalendar())

/// What a log may hold to take over whoever shows it.
let hostile =
  "<!channel> @here @everyone <https://evil.example|click> & *b* `c` a|b=c\\d\r\nBcc: x@evil.example"
  + "\r\n.\r\n\u{202E}txt\u{0000}\t    end 😀ä"

/// A site file in `folder` with the routes given as TOML.
func site(_ folder: TemporaryFolder, _ routes: String) throws -> Site {
  let path = folder.path + "/site.toml"
  try FileBytes.write(
    """
    [site]
    name = "Example Ltd"
    timezone = "Europe/Berlin"
    networks = ["10.0.0.0/8"]
    seed = "s"

    \(routes)

    """.utf8, to: path)
  return try Site(path: path)
}

/// Writes a secret that only its owner can read.
func writeSecret(_ text: String, to path: String) throws {
  try FileBytes.write(text.utf8, to: path)
}
