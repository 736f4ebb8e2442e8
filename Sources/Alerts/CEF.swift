import Columnar
import Events
import Incidents

/// Incidents as lines of the ArcSight Common Event Format, version 0 (Micro Focus, "Implementing
/// ArcSight Common Event Format", rev. 25).
package enum CEF {
  /// A line for each incident of a message, without its end; at most about 1,800 bytes, so that it
  /// fits a syslog datagram (RFC 5424 §6.1).
  package static func lines(_ message: Message) -> [String] { message.notices.map(line) }

  private static func line(_ notice: Notice) -> String {
    let header = [
      "CEF:0", "Tidemark", "Tidemark", "1", headerField(notice.detector, 60),
      headerField(notice.title, 300), "\(severity(notice.severity))",
    ]
    var fields = [
      ("externalId", notice.incident), ("rt", milliseconds(notice.lastSeen)),
      ("start", milliseconds(notice.firstSeen)), ("end", milliseconds(notice.lastSeen)),
      ("cnt", "\(notice.sightings)"), ("cn1Label", "revision"), ("cn1", "\(notice.revision)"),
      ("act", notice.advice),
    ]
    // `src` is IPv4 by its definition; IPv6 has a custom field.
    if let address = Address(notice.entity) {
      fields +=
        address.ipv4 != nil
        ? [("src", notice.entity)]
        : [("c6a2Label", "Source IPv6 Address"), ("c6a2", notice.entity)]
    } else {
      fields += [("cs2Label", "entity"), ("cs2", notice.entity)]
    }
    if let hostname = notice.hostname { fields.append(("shost", hostname)) }
    if !notice.tactics.isEmpty {
      fields += [("cs1Label", "tactics"), ("cs1", notice.tactics.joined(separator: ", "))]
    }
    let text = fields.map { "\($0.0)=\(value($0.1, 250))" }.joined(separator: " ")
    return header.joined(separator: "|") + "|" + text
  }

  /// 0 … 10.
  private static func severity(_ severity: Severity) -> Int {
    switch severity {
    case .info: 1
    case .low: 3
    case .medium: 5
    case .high: 8
    case .critical: 10
    }
  }

  private static func milliseconds(_ instant: Instant) -> String {
    "\(instant.microseconds.flooredQuotient(by: 1000))"
  }

  private static func headerField(_ text: String, _ byteCount: Int) -> String {
    PlainLine.of(text, upTo: byteCount) { scalar in
      scalar == "|" || scalar == "\\" ? "\\" + String(scalar) : String(scalar)
    }
  }

  private static func value(_ text: String, _ byteCount: Int) -> String {
    PlainLine.of(text, upTo: byteCount) { scalar in
      scalar == "=" || scalar == "\\" ? "\\" + String(scalar) : String(scalar)
    }
  }
}

/// A line as a syslog message (RFC 5424), and such on a connection (RFC 6587 §3.4.1, octet
/// counting).
package enum Syslog {
  /// - Parameter severity: becomes the priority's: 2 (critical) … 6 (informational); the facility
  ///   is 16 (local0).
  package static func message(_ line: String, severity: Severity, at: Moment) -> [UInt8] {
    let priority = 16 * 8 + 6 - severity.rawValue
    return Array("<\(priority)>1 \(at) - tidemark - incident - \(line)".utf8)
  }

  package static func counted(_ message: [UInt8]) -> [UInt8] {
    Array("\(message.count) ".utf8) + message
  }
}
