import Columnar
import Events

/// A time in the outbox: UTC, to the second, as `2026-03-29T08:00:00Z`.
package struct Moment: Codable, Hashable, Comparable, Sendable, CustomStringConvertible {
  package let instant: Instant

  package init(_ instant: Instant) {
    let seconds = instant.microseconds.flooredQuotient(by: 1_000_000)
    self.instant = Instant(microseconds: seconds * 1_000_000)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let instant = Instant(utc: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected a time such as 2026-03-29T08:00:00Z, found \(text)")
    }
    self.instant = instant
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package func advanced(bySeconds seconds: Int) -> Moment {
    Moment(instant.advanced(byMicroseconds: Int64(seconds) * 1_000_000))
  }

  package static func < (a: Moment, b: Moment) -> Bool { a.instant < b.instant }

  package var description: String { Quantity.timestamp(instant) }
}
