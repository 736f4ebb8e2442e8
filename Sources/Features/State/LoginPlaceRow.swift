import Columnar
import Events

/// A row of `login_places.arrow` or `last_places.arrow`.
package struct LoginPlaceRow: Sendable {
  package let user: String
  package let source: String
  package let country: String?
  package let coordinates: Coordinates?
  package let destination: String
  package let firstTime: Instant
  package let lastTime: Instant
  /// The source's /24 or /48, as `Seen.Kind.loginSource` has it.
  package let network: UInt64

  /// "203.0.113.9 (BE 51.05, 3.72)"
  package var text: String {
    let degrees = coordinates.map {
      "\(Quantity.decimal($0.latitude, places: 4)), \(Quantity.decimal($0.longitude, places: 4))"
    }
    return "\(source) (\([country, degrees].compactMap(\.self).joined(separator: " ")))"
  }

  /// Whether a sign-in came from the same address, at the same place.
  func isSamePlace(as other: LoginPlaceRow) -> Bool {
    source == other.source && coordinates == other.coordinates && country == other.country
  }

  /// Whether both countries are known and are two; a name says nothing of a code.
  package func isInOtherCountry(than other: LoginPlaceRow) -> Bool {
    guard let country, let second = other.country else { return false }
    return (country.utf8.count == 2) == (second.utf8.count == 2)
      && country.lowercased() != second.lowercased()
  }

  private static func read(_ batch: Batch, _ body: (LoginPlaceRow) throws -> Void) rethrows {
    let (user, source) = (batch[LoginPlace.user], batch[LoginPlace.source])
    let (country, destination) = (batch[LoginPlace.country], batch[LoginPlace.destination])
    let (latitude, longitude) = (batch[LoginPlace.latitude], batch[LoginPlace.longitude])
    let (first, last) = (batch[LoginPlace.firstTime], batch[LoginPlace.lastTime])
    for row in 0..<batch.rowCount {
      var coordinates: Coordinates?
      if let latitude = latitude[row], let longitude = longitude[row] {
        coordinates = Coordinates(latitude: latitude, longitude: longitude)
      }
      let address = source[row] ?? ""
      try body(
        LoginPlaceRow(
          user: user[row] ?? "", source: address, country: country[row], coordinates: coordinates,
          destination: destination[row] ?? "", firstTime: first.value(row),
          lastTime: last.value(row),
          network: Subject.network(source.bytes(row)) ?? keyHash(address)))
    }
  }

  /// Calls `body` with the rows of each user, in order.
  package static func forEachUser(
    in table: any BatchSource, _ body: ([LoginPlaceRow]) throws -> Void
  ) throws {
    var rows: [LoginPlaceRow] = []
    try table.forEachBatch { batch in
      try read(batch) { row in
        if let last = rows.last, last.user != row.user {
          try body(rows)
          rows.removeAll(keepingCapacity: true)
        }
        rows.append(row)
      }
    }
    if !rows.isEmpty { try body(rows) }
  }

  /// Writes `last_places.arrow`.
  /// - Parameter table: `login_places.arrow` of the day before; nil where there is none.
  static func writeLast(of table: (any BatchSource)?, to sink: any BatchSink) throws {
    let writer = RowWriter(LoginPlace.lastSchema, to: sink)
    func append(_ row: LoginPlaceRow) throws {
      writer.table.column(LoginPlace.user).append(row.user)
      writer.table.column(LoginPlace.source).append(row.source)
      writer.table.column(LoginPlace.country).append(row.country)
      writer.table.column(LoginPlace.latitude).append(row.coordinates?.latitude)
      writer.table.column(LoginPlace.longitude).append(row.coordinates?.longitude)
      writer.table.column(LoginPlace.destination).append(row.destination)
      writer.table.column(LoginPlace.firstTime).append(row.firstTime)
      writer.table.column(LoginPlace.lastTime).append(row.lastTime)
      try writer.endRow()
    }
    if let table {
      try forEachUser(in: table) { rows in
        for (index, row) in rows.enumerated()
        where index + 1 == rows.count || !rows[index + 1].isSamePlace(as: row) { try append(row) }
      }
    }
    try writer.finish()
  }
}

extension DayTables {
  /// Whether the clock of a source of sign-ins is off on the day, so that their times make no
  /// journeys; whose of them they are, summaries do not say.
  package func hasShiftedLogins() throws -> Bool {
    let shifted = Set(faults.lazy.filter { $0.kind == .clock }.map(\.source))
    guard !shifted.isEmpty else { return false }
    let classes = Set([EventClass.auth, .vpn].map(\.rawValue))
    var isShifted = false
    try coverage.forEachBatch { batch in
      let (source, eventClass) = (batch[Coverage.source], batch[Coverage.eventClass])
      for row in 0..<batch.rowCount where classes.contains(eventClass[row] ?? "") {
        if shifted.contains(source[row] ?? "") { isShifted = true }
      }
    }
    return isShifted
  }
}
