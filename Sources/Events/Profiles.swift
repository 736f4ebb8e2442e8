import Columnar

/// `profiles/day=D/host_hours.arrow`: a row per host and clock hour in which it was seen, sorted by
/// host and hour. `out_*` counts what the host originated, `in_*` what it answered. What a resolver
/// may have asked the name service on behalf of others is left out: of `dns_*` and
/// `out_conversations`, as many as it was asked in that hour.
package enum HostHour {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  package static let hour = ColumnKey<Values<Instant>>("hour", isNullable: false)
  /// The host that stands for all outside originators together.
  package static let internet = "internet"
  /// The sources that show the host on the day, in order of their names, with spaces between.
  package static let sources = ColumnKey<Coded<Strings>>("sources", isNullable: false)

  package static let outConversations = counter("out_conversations")
  package static let outFailed = counter("out_failed")
  package static let outBytes = counter("out_bytes")
  package static let outBytesReceived = counter("out_bytes_received")
  package static let outPackets = counter("out_packets")
  package static let outPacketsReceived = counter("out_packets_received")
  package static let outDestinations = counter("out_destinations")
  package static let outPorts = counter("out_ports")
  package static let outNetworks = counter("out_networks")
  package static let outExternalBytes = counter("out_external_bytes")
  package static let outExternalDestinations = counter("out_external_destinations")
  package static let outDurationMicroseconds = counter("out_duration_us")
  package static let inConversations = counter("in_conversations")
  package static let inFailed = counter("in_failed")
  package static let inBytes = counter("in_bytes")
  package static let inBytesSent = counter("in_bytes_sent")
  package static let inSources = counter("in_sources")
  package static let inPorts = counter("in_ports")
  package static let inExternalConversations = counter("in_external_conversations")
  package static let dnsQueries = counter("dns_queries")
  package static let dnsFailed = counter("dns_failed")
  package static let dnsNames = counter("dns_names")
  package static let httpRequests = counter("http_requests")
  package static let httpErrors = counter("http_errors")

  private static func counter(_ name: String) -> ColumnKey<Values<Int64>> {
    ColumnKey(name, isNullable: false)
  }

  /// The counters, in stored order.
  package static let counters: [ColumnKey<Values<Int64>>] = [
    outConversations, outFailed, outBytes, outBytesReceived, outPackets, outPacketsReceived,
    outDestinations, outPorts, outNetworks, outExternalBytes, outExternalDestinations,
    outDurationMicroseconds, inConversations, inFailed, inBytes, inBytesSent, inSources, inPorts,
    inExternalConversations, dnsQueries, dnsFailed, dnsNames, httpRequests, httpErrors,
  ]

  package static let schema = Schema(
    "host_hours", version: 2, [host.field, hour.field, sources.field] + counters.map(\.field))
}

/// What `pairs.arrow` counts, in its order.
package enum PairKind: String, CaseIterable, Comparable, Sendable {
  case conversation, dns, http

  package static func < (a: PairKind, b: PairKind) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .conversation: 0
    case .dns: 1
    case .http: 2
    }
  }
}

/// `profiles/day=D/pairs.arrow`: a row per originator, responder (an address, or a name asked for
/// over http or dns), port and protocol; sorted by these.
package enum Pair {
  /// `conversation`, `http` or `dns`: what was counted.
  package static let kind = ColumnKey<Coded<Strings>>("kind", isNullable: false)
  package static let originator = ColumnKey<Coded<Strings>>("originator", isNullable: false)
  package static let responder = ColumnKey<Strings>("responder", isNullable: false)
  package static let isExternal = ColumnKey<Flags>("is_external", isNullable: false)
  package static let port = ColumnKey<Values<UInt16>>("port", isNullable: false)
  package static let ianaNumber = ColumnKey<Values<UInt8>>("iana_number", isNullable: false)
  package static let conversations = ColumnKey<Values<Int64>>("conversations", isNullable: false)
  package static let failed = ColumnKey<Values<Int64>>("failed", isNullable: false)
  package static let bytesSent = ColumnKey<Values<Int64>>("bytes_sent", isNullable: false)
  package static let bytesReceived = ColumnKey<Values<Int64>>("bytes_received", isNullable: false)
  package static let durationMicroseconds = ColumnKey<Values<Int64>>(
    "duration_us", isNullable: false)
  package static let longestMicroseconds = ColumnKey<Values<Int64>>("longest_us", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)
  package static let lastTime = ColumnKey<Values<Instant>>("last_time", isNullable: false)

  package static let schema = Schema(
    "pairs", version: 1,
    [
      kind.field, originator.field, responder.field, isExternal.field, port.field,
      ianaNumber.field, conversations.field, failed.field, bytesSent.field, bytesReceived.field,
      durationMicroseconds.field, longestMicroseconds.field, firstTime.field, lastTime.field,
    ])
}

/// `profiles/day=D/pair_values.arrow`: the integer-exact sketches of pairs, value by value: how
/// often a gap in seconds, a size in bytes or a clock hour was seen. Sorted by all columns but the
/// count.
package enum PairValue {
  /// Pairs with fewer conversations have no values stored.
  package static let leastConversations = 4

  package enum Measure: UInt8, Sendable, CaseIterable {
    /// Whole seconds between the starts of two conversations in a row.
    case gapSeconds = 0
    /// Bytes that the originator sent in one conversation.
    case bytesSent = 1
    /// Conversations that started in an hour of the day, 0 being the day's first.
    case hourOfDay = 2
  }
  /// Row of `pairs.arrow`, from 0.
  package static let pair = ColumnKey<Values<UInt32>>("pair", isNullable: false)
  package static let measure = ColumnKey<Values<UInt8>>("measure", isNullable: false)
  package static let value = ColumnKey<Values<Int64>>("value", isNullable: false)
  package static let count = ColumnKey<Values<UInt32>>("count", isNullable: false)

  package static let schema = Schema(
    "pair_values", version: 1, [pair.field, measure.field, value.field, count.field])
}

/// `profiles/day=D/edges.arrow`: a row per internal originator, internal responder, port and
/// protocol.
package enum Edge {
  package static let originator = ColumnKey<Coded<Strings>>("originator", isNullable: false)
  package static let responder = ColumnKey<Strings>("responder", isNullable: false)
  package static let port = ColumnKey<Values<UInt16>>("port", isNullable: false)
  package static let ianaNumber = ColumnKey<Values<UInt8>>("iana_number", isNullable: false)
  package static let conversations = ColumnKey<Values<Int64>>("conversations", isNullable: false)
  package static let failed = ColumnKey<Values<Int64>>("failed", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)

  package static let schema = Schema(
    "edges", version: 1,
    [
      originator.field, responder.field, port.field, ianaNumber.field, conversations.field,
      failed.field, firstTime.field,
    ])
}

/// `profiles/day=D/services.arrow`: a row per internal host, port and protocol that answered.
package enum Service {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  package static let port = ColumnKey<Values<UInt16>>("port", isNullable: false)
  package static let ianaNumber = ColumnKey<Values<UInt8>>("iana_number", isNullable: false)
  package static let conversations = ColumnKey<Values<Int64>>("conversations", isNullable: false)
  package static let clients = ColumnKey<Values<Int64>>("clients", isNullable: false)
  package static let externalClients = ColumnKey<Values<Int64>>(
    "external_clients", isNullable: false)
  package static let bytesSent = ColumnKey<Values<Int64>>("bytes_sent", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)

  package static let schema = Schema(
    "services", version: 1,
    [
      host.field, port.field, ianaNumber.field, conversations.field, clients.field,
      externalClients.field, bytesSent.field, firstTime.field,
    ])
}

/// `profiles/day=D/coverage.arrow`: rows of each source, class and clock hour; an hour without a
/// row here had none, and `quality/day=D` says whether it should have had some.
package enum Coverage {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  package static let hour = ColumnKey<Values<Instant>>("hour", isNullable: false)
  package static let rows = ColumnKey<Values<Int64>>("rows", isNullable: false)
  /// Rows that state bytes; detectors that need bytes are skipped where there are none.
  package static let rowsWithBytes = ColumnKey<Values<Int64>>("rows_with_bytes", isNullable: false)

  package static let schema = Schema(
    "coverage", version: 1,
    [source.field, eventClass.field, hour.field, rows.field, rowsWithBytes.field])
}
