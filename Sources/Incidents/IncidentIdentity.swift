import Cryptography
import Events

/// Names incidents so that a run of findings keeps one identifier, whichever day is scored.
package enum IncidentIdentity {
  /// Findings of a kind that are at most this many days apart belong to one incident.
  package static let gapDays = 7
  /// How far back a run is followed.
  package static let windowDays = LookBack.identityDays

  /// The first day of the run of findings that `day` belongs to, looking back over `windowDays`.
  ///
  /// The start of a run that reaches back beyond the window is not known; it is anchored to a
  /// multiple of `windowDays`, so that a beacon of many months changes its identifier once in two
  /// months, not daily.
  /// - Parameter days: the days with findings of this kind, `day` included or not, in any order.
  package static func anchor(day: CivilDate, days: Set<CivilDate>) -> CivilDate {
    let windowStart = day.advanced(by: 1 - windowDays)
    var anchor = day
    for earlier in days.sorted(by: >) where earlier < anchor && earlier >= windowStart {
      if anchor.dayNumber - earlier.dayNumber > gapDays { break }
      anchor = earlier
    }
    guard anchor != day, anchor.dayNumber - windowStart.dayNumber < gapDays else { return anchor }
    return CivilDate(
      dayNumber: day.dayNumber - (day.dayNumber % windowDays + windowDays) % windowDays)
  }

  /// A version 5 UUID (RFC 9562 §5.5) of the site, the entity, the kind class and the anchor.
  package static func uuid(site: String, entity: String, kindClass: String, anchor: CivilDate)
    -> String
  {
    uuid([site, entity, kindClass, anchor.description])
  }

  /// A version 5 UUID of some texts in Tidemark's own namespace.
  package static func uuid(_ parts: [String]) -> String {
    // The namespace is itself the version 5 UUID of "tidemark" in the DNS namespace.
    uuid(
      namespace: digest(dnsNamespace + Array("tidemark".utf8)),
      name: parts.joined(separator: "\u{1F}"))
  }

  /// A version 5 UUID (RFC 9562 §5.5).
  /// - Parameter namespace: 16 bytes.
  package static func uuid(namespace: [UInt8], name: String) -> String {
    let bytes = digest(namespace + Array(name.utf8))
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hexadecimal(bytes[$0]) }
      .joined(separator: "-")
  }

  /// RFC 9562 §6.6.
  private static let dnsNamespace: [UInt8] = [
    0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
  ]

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var uuid = Array(sha1(bytes).prefix(16))
    uuid[6] = uuid[6] & 0x0F | 0x50
    uuid[8] = uuid[8] & 0x3F | 0x80
    return uuid
  }
}
