import Columnar

/// `profiles/day=D/login_places.arrow`: a row per user, outside address, place and clock hour (of
/// UTC) in which the user got in from there; sorted by these. Sign-ins of which the log says no
/// place have none.
package enum LoginPlace {
  /// As in `logins.arrow`; never empty.
  package static let user = ColumnKey<Strings>("user", isNullable: false)
  /// The address from which the user came.
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  /// A code or a name, as the log has it.
  package static let country = ColumnKey<Coded<Strings>>("country")
  /// Degrees north and east; null where they are not known.
  package static let latitude = ColumnKey<Values<Double>>("latitude")
  package static let longitude = ColumnKey<Values<Double>>("longitude")
  /// What the first of them was to.
  package static let destination = ColumnKey<Coded<Strings>>("destination", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)
  package static let lastTime = ColumnKey<Values<Instant>>("last_time", isNullable: false)

  package static let schema = Schema(
    "login_places", version: 1,
    [
      user.field, source.field, country.field, latitude.field, longitude.field, destination.field,
      firstTime.field, lastTime.field,
    ])

  /// `baseline/asof=D/last_places.arrow`: of the rows of the day before D the last of each user,
  /// address and place.
  package static let lastSchema = Schema("last_places", version: 1, schema.fields)
}
