import Columnar

/// `baseline/asof=D/host_totals.arrow`: a row per host and day of the 28 before D on which it was
/// seen, sorted by both: what it did on the whole day.
package enum HostTotal {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// Days since 1970-01-01.
  package static let day = ColumnKey<Values<Int32>>("day", isNullable: false)

  /// Counters of `host_hours.arrow` that add up over hours.
  package static let measures: [Measure] = [
    HostHour.outConversations, HostHour.outFailed, HostHour.outExternalBytes, HostHour.inBytesSent,
    HostHour.dnsQueries,
  ].compactMap { counter in Measure.index(of: counter).map { Measure.all[$0] } }

  package static let schema = Schema(
    "host_totals", version: 1, [host.field, day.field] + measures.map(\.counter.field))
}
