import Columnar

/// `profiles/day=D/logins.arrow`: a row per source, destination, user and device that signed in or
/// tried to, from events of the classes `auth` and `vpn`; sorted by these. Accounts of machines and
/// of operating systems have none.
package enum Login {
  /// The address, or without one the name, of the host from which the user came; the destination,
  /// where the user sat at it.
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  /// Whether the source is an address outside the site.
  package static let isExternal = ColumnKey<Flags>("is_external", isNullable: false)
  /// The address or name of what was signed in to; without either, the observer or source of the
  /// log.
  package static let destination = ColumnKey<Coded<Strings>>("destination", isNullable: false)
  /// In lower case, as `domain\name` where the domain is stated apart; empty where nobody is named.
  package static let user = ColumnKey<Strings>("user", isNullable: false)
  /// The name of the source where its address is stated as well; else empty.
  package static let device = ColumnKey<Strings>("device", isNullable: false)
  package static let successes = ColumnKey<Values<Int64>>("successes", isNullable: false)
  package static let failures = ColumnKey<Values<Int64>>("failures", isNullable: false)
  /// The most failures in a row that a success ended.
  package static let longestRun = ColumnKey<Values<Int64>>("longest_run", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)
  package static let lastTime = ColumnKey<Values<Instant>>("last_time", isNullable: false)
  package static let firstSuccess = ColumnKey<Values<Instant>>("first_success")

  package static let schema = Schema(
    "logins", version: 1,
    [
      source.field, isExternal.field, destination.field, user.field, device.field,
      successes.field, failures.field, longestRun.field, firstTime.field, lastTime.field,
      firstSuccess.field,
    ])
}

/// `baseline/asof=D/login_habits.arrow`: how a daily figure of a user, source or destination went
/// on the days before D on which it signed in, or was signed in to; sorted by kind and subject.
package enum LoginHabit {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// The longest run of failures that a success of a user ended.
    case userRun = 0
    /// Users who failed, and never got in on the day, from a host of the site.
    case sourceUsers = 1
    /// Their failures.
    case sourceFailures = 2
    /// Users who failed, and never got in on the day, at a destination from outside.
    case destinationUsers = 3
    /// Their failures.
    case destinationFailures = 4
  }
  package static let kind = ColumnKey<Values<UInt8>>("kind", isNullable: false)
  package static let subject = ColumnKey<Strings>("subject", isNullable: false)
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)
  /// The sum of the figure over the days, and of its squares.
  package static let total = ColumnKey<Values<Int64>>("total", isNullable: false)
  package static let squares = ColumnKey<Values<Double>>("squares", isNullable: false)

  package static let schema = Schema(
    "login_habits", version: 1,
    [kind.field, subject.field, days.field, total.field, squares.field])
}
