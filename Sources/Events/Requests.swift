import Columnar

/// `profiles/day=D/requests.arrow`: a row per server of the site and shape of what was asked of it
/// over HTTP, sorted by these. Of a server with more than 1,024 shapes on a day those that most
/// clients asked for and those with the most unusual characters are kept.
package enum ServedRequest {
  /// The address or name of the server; where the log states neither, its observer or source.
  package static let server = ColumnKey<Coded<Strings>>("server", isNullable: false)
  /// Path and query after `RequestShape`; empty where the log holds none.
  package static let shape = ColumnKey<Strings>("shape", isNullable: false)
  package static let requests = counter("requests")
  /// Those that were answered with a status of 200 to 299.
  package static let answered = counter("answered")
  /// Those that tried to get in: that sent something rather than asked for it (methods other than
  /// GET, HEAD and OPTIONS, statuses other than 4xx), or were turned away (401, 403, 407 and 429).
  package static let tries = counter("tries")
  /// Different clients.
  package static let clients = counter("clients")
  /// The first request that was answered, or else the first one: when, whose, and for what, cut at
  /// 160 bytes, with bytes that are not printable ASCII as `\xHH`.
  package static let time = ColumnKey<Values<Instant>>("time", isNullable: false)
  package static let client = ColumnKey<Strings>("client", isNullable: false)
  package static let path = ColumnKey<Strings>("path", isNullable: false)

  private static func counter(_ name: String) -> ColumnKey<Values<Int64>> {
    ColumnKey(name, isNullable: false)
  }

  package static let schema = Schema(
    "requests", version: 1,
    [
      server.field, shape.field, requests.field, answered.field, tries.field, clients.field,
      time.field, client.field, path.field,
    ])
}

/// `baseline/asof=D/request_grams.arrow`: how often three characters follow each other in the
/// shapes that a server is used to answer, sorted by server and gram.
package enum RequestGram {
  package static let server = ColumnKey<Coded<Strings>>("server", isNullable: false)
  /// Three symbols of `RequestShape` as digits of a number in base 64.
  package static let gram = ColumnKey<Values<UInt32>>("gram", isNullable: false)
  package static let count = ColumnKey<Values<UInt32>>("count", isNullable: false)

  package static let schema = Schema(
    "request_grams", version: 1, [server.field, gram.field, count.field])
}

/// `baseline/asof=D/request_habits.arrow`: how a daily figure of a server went in the 28 days
/// before D, but for the first three with requests and the greatest of every fourteen, sorted by
/// server, kind and shape.
package enum RequestHabit {
  package enum Kind: UInt8, Sendable {
    /// How strange the shapes were that it answered for the first time, summed over those of the
    /// client with the greatest sum, in hundredths.
    case strangeAnswered = 0
    /// The same of what it did not answer.
    case strangeRefused = 1
    /// Shapes that it answered a client for the first time, each divided by how many clients asked
    /// for it, in hundredths.
    case newAnswered = 2
    /// Tries at one shape beyond three a client.
    case tries = 3
  }
  package static let server = ColumnKey<Coded<Strings>>("server", isNullable: false)
  package static let kind = ColumnKey<Values<UInt8>>("kind", isNullable: false)
  /// The stable hash of the shape; 0 for figures of the whole server.
  package static let shape = ColumnKey<Values<UInt64>>("shape", isNullable: false)
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)
  /// The sum of the figure over the days, and of its squares.
  package static let total = ColumnKey<Values<Int64>>("total", isNullable: false)
  package static let squares = ColumnKey<Values<Double>>("squares", isNullable: false)

  package static let schema = Schema(
    "request_habits", version: 1,
    [server.field, kind.field, shape.field, days.field, total.field, squares.field])
}
