import Columnar

/// `learned/asof=D/learned_edges.arrow`: what the model of edges knows before D: a row per
/// originator, responder and service that was answered in the 28 days before it, each of which
/// weighs .6 of the next; as they first came. Sign-ins that succeeded are among them: of a user, to
/// what was signed in to, and to where the user came from.
package enum LearnedEdge {
  /// A host, or the user of a sign-in; as `edges.arrow` and `logins.arrow` name them.
  package static let originator = ColumnKey<Coded<Strings>>("originator", isNullable: false)
  /// Whether the originator is a user: hosts may have the same name.
  package static let isUser = ColumnKey<Flags>("originator_is_user", isNullable: false)
  /// A host.
  package static let responder = ColumnKey<Coded<Strings>>("responder", isNullable: false)
  /// The model's number of it.
  package static let service = ColumnKey<Values<UInt32>>("service", isNullable: false)
  /// Of the days on which it was answered.
  package static let weight = ColumnKey<Values<Float>>("weight", isNullable: false)
  /// Conversations that were answered, or sign-ins that succeeded, each with its day's weight.
  package static let conversations = ColumnKey<Values<Float>>("conversations", isNullable: false)
  /// Weights of the days by the hour at which it was first tried, or a sign-in first succeeded,
  /// four hours to a column.
  package static let hours = (0..<6).map {
    ColumnKey<Values<Float>>("hours_\($0 * 4)_to_\($0 * 4 + 3)", isNullable: false)
  }

  package static let schema = Schema(
    "learned_edges", version: 2,
    [
      originator.field, isUser.field, responder.field, service.field, weight.field,
      conversations.field,
    ] + hours.map(\.field))
}

/// `learned/asof=D/learned_services.arrow`: the services that the model of edges has numbers for,
/// in their order; all others have the next number together. Both kinds of sign-ins are there where
/// it was trained on any.
package enum LearnedService {
  package enum Kind: String, Sendable, CaseIterable {
    case connection
    /// Of a user, to what was signed in to.
    case signInTo = "sign_in_to"
    /// Of a user, to where the sign-in came from.
    case signInFrom = "sign_in_from"
  }
  /// By its name.
  package static let kind = ColumnKey<Coded<Strings>>("kind", isNullable: false)
  /// 0 for sign-ins.
  package static let port = ColumnKey<Values<UInt16>>("port", isNullable: false)
  /// 0 for sign-ins.
  package static let ianaNumber = ColumnKey<Values<UInt8>>("iana_number", isNullable: false)

  package static let schema = Schema(
    "learned_services", version: 2, [kind.field, port.field, ianaNumber.field])
}

/// `learned/asof=D/learned_groups.arrow`: the peer groups that the model of sequences has numbers
/// for, in their order; hosts of no known group have the next number together.
package enum LearnedGroup {
  package static let group = ColumnKey<Strings>("peer_group", isNullable: false)

  package static let schema = Schema("learned_groups", version: 1, [group.field])
}

/// `votes/day=D/comparison.arrow`: how well a detector and its challenger find hosts that attacks
/// were put on, in copies of the day's tables; a row per challenger.
package enum Comparison {
  package static let champion = ColumnKey<Coded<Strings>>("champion", isNullable: false)
  package static let challenger = ColumnKey<Coded<Strings>>("challenger", isNullable: false)
  /// Mean average precision over the copies, 0 … 1.
  package static let championPrecision = ColumnKey<Values<Double>>(
    "champion_precision", isNullable: false)
  package static let challengerPrecision = ColumnKey<Values<Double>>(
    "challenger_precision", isNullable: false)
  /// Hosts that were ranked, and on how many of them attacks were put, over all copies.
  package static let hosts = ColumnKey<Values<UInt32>>("hosts", isNullable: false)
  package static let attacked = ColumnKey<Values<UInt32>>("attacked", isNullable: false)

  package static let schema = Schema(
    "comparison", version: 1,
    [
      champion.field, challenger.field, championPrecision.field, challengerPrecision.field,
      hosts.field, attacked.field,
    ])
}

/// `scores/day=D/charge.arrow`: whether a detector or its challenger decides on the day, and why; a
/// row per challenger.
package enum DetectorCharge {
  /// By how much better a challenger's average precision must be for it to take over, as the mean
  /// of the compared days among the last `comparedDays`, of which there must be `leastDays`.
  package static let margin = 0.02
  package static let leastDays = 7
  package static let comparedDays = 14
  /// Who took over earlier than this, and was never better by the margin since, hands back.
  package static let followedDays = 90

  /// A mean and the ends of its interval of 95 %.
  package struct Estimate: Equatable, Sendable {
    package let mean: Double
    package let low: Double
    package let high: Double

    package init(mean: Double, low: Double, high: Double) {
      self.mean = mean
      self.low = low
      self.high = high
    }
  }

  package static let champion = ColumnKey<Coded<Strings>>("champion", isNullable: false)
  package static let challenger = ColumnKey<Coded<Strings>>("challenger", isNullable: false)
  package static let isChallengerInCharge = ColumnKey<Flags>(
    "is_challenger_in_charge", isNullable: false)
  /// Days since 1970-01-01 of the first day of this; null where it was not otherwise in the last
  /// 90 days.
  package static let since = ColumnKey<Values<Int32>>("since")
  /// Days that are compared, of the 14 before.
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)
  /// Mean of the challenger's average precision less the champion's, and the ends of its interval
  /// of 95 %; null where no day is compared.
  package static let difference = ColumnKey<Values<Double>>("difference")
  package static let low = ColumnKey<Values<Double>>("difference_low")
  package static let high = ColumnKey<Values<Double>>("difference_high")

  package static let schema = Schema(
    "charge", version: 1,
    [
      champion.field, challenger.field, isChallengerInCharge.field, since.field, days.field,
      difference.field, low.field, high.field,
    ])
}
