import Columnar
import Events

/// Two sign-ins of a user, from one place and then from another.
package struct Journey: Sendable {
  /// Places that far apart are never one: locations of addresses are wrong by less, as a rule.
  package static let farKilometres = 500.0
  /// Sign-ins from two places within that time are side by side.
  package static let besideMicroseconds: Int64 = 3_600_000_000
  /// Further places of a user at a time are forgotten, those of the longest ago first.
  private static let mostPlaces = 32

  package let from, to: LoginPlaceRow
  package let fromTime, toTime: Instant
  /// Nil where it is not known how far they are apart.
  package let kilometres: Double?

  private init(_ from: Stop, _ to: Stop) {
    (self.from, self.to) = (from.row, to.row)
    (fromTime, toTime) = (from.time, to.time)
    kilometres = from.row.coordinates.flatMap { start in
      to.row.coordinates.map { start.kilometres(to: $0) }
    }
  }

  package var seconds: Double {
    Double(toTime.microseconds - fromTime.microseconds) / 1_000_000
  }

  /// Less than a minute counts as one, since logs' clocks differ.
  package var travelSeconds: Double { max(seconds, 60) }

  package var kilometresPerHour: Double? { kilometres.map { $0 / travelSeconds * 3600 } }

  private struct Stop {
    let row: LoginPlaceRow
    let time: Instant
  }

  /// Calls `body` for each sign-in and the one before it at each other place; addresses of one
  /// network are one place, whatever logs say of them.
  /// - Parameters:
  ///   - rows: of one user.
  ///   - limit: the most microseconds between the two.
  package static func forEach(
    in rows: [LoginPlaceRow], within limit: Int64, _ body: (Journey) -> Void
  ) {
    guard rows.contains(where: { $0.network != rows[0].network }) else { return }
    var stops: [(index: Int, stop: Stop)] = []
    for (index, row) in rows.enumerated() {
      stops.append((index, Stop(row: row, time: row.firstTime)))
      if row.lastTime > row.firstTime { stops.append((index, Stop(row: row, time: row.lastTime))) }
    }
    stops.sort { ($0.stop.time, $0.index) < ($1.stop.time, $1.index) }
    var recent: [Stop] = []
    for (_, stop) in stops {
      recent.removeAll { stop.time.microseconds - $0.time.microseconds > limit }
      for earlier in recent where earlier.row.network != stop.row.network {
        body(Journey(earlier, stop))
      }
      recent.removeAll { $0.row.isSamePlace(as: stop.row) }
      if recent.count == mostPlaces { recent.removeFirst() }
      recent.append(stop)
    }
  }
}
