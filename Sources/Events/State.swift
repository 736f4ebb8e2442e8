import Columnar

/// A counter of `host_hours.arrow` that profiles, features and detectors look at.
package struct Measure: Sendable, Hashable {
  /// The counter's column.
  package let name: String
  /// The class of events that it counts; hours without coverage of that class are unknown.
  package let eventClass: EventClass
  package let isBytes: Bool
  /// The counter's amount that profiles count as one: bytes by 100 kB and packets by 100, so that
  /// the chatter of idle machines is about nothing.
  package let unit: Double
  /// The least spread of log1p that is believed: one large file makes bytes vary threefold where
  /// all goes as ever.
  package let leastSpread: Double

  private init(_ key: ColumnKey<Values<Int64>>, _ eventClass: EventClass) {
    name = key.name
    self.eventClass = eventClass
    isBytes = name.contains("bytes")
    let isPackets = name.contains("packets")
    unit = isBytes ? 100_000 : isPackets ? 100 : 1
    leastSpread = isBytes ? 1.2 : isPackets ? 0.8 : 0.15
  }

  /// The measures, in stored order.
  package static let all: [Measure] =
    flows.map { Measure($0, .flow) } + names.map { Measure($0, .dns) }
    + requests.map { Measure($0, .http) }

  private static let flows = [
    HostHour.outConversations, HostHour.outFailed, HostHour.outBytes, HostHour.outBytesReceived,
    HostHour.outPackets, HostHour.outDestinations, HostHour.outPorts, HostHour.outNetworks,
    HostHour.outExternalBytes, HostHour.outExternalDestinations, HostHour.inConversations,
    HostHour.inFailed, HostHour.inBytes, HostHour.inBytesSent, HostHour.inSources,
    HostHour.inPorts,
  ]
  private static let names = [HostHour.dnsQueries, HostHour.dnsFailed, HostHour.dnsNames]
  private static let requests = [HostHour.httpRequests, HostHour.httpErrors]

  /// The measure of a counter's column; nil where none is kept.
  package static func index(of key: ColumnKey<Values<Int64>>) -> Int? {
    all.firstIndex { $0.name == key.name }
  }

  package var counter: ColumnKey<Values<Int64>> { ColumnKey(name, isNullable: false) }
  package var median: ColumnKey<Values<Float>> { ColumnKey("\(name)_median") }
  package var deviation: ColumnKey<Values<Float>> { ColumnKey("\(name)_mad") }
  package var z: ColumnKey<Values<Float>> { ColumnKey("\(name)_z") }
}

/// What a host does for the site; classes are calibrated apart.
package enum EntityClass: String, Sendable, CaseIterable {
  case workstation, server, other

  /// As feature tables store it.
  package static func code(_ entityClass: EntityClass) -> UInt8 {
    switch entityClass {
    case .workstation: 0
    case .server: 1
    case .other: 2
    }
  }
}

/// `baseline/asof=D/host_profiles.arrow`, and `group_profiles.arrow` with the name of a peer group
/// as its host: what was usual in the days before D, sorted by host, day type and hour.
package enum HostProfile {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// 0 for workdays, 1 for weekends and holidays, 2 + weekday for one weekday (0 = Monday), which
  /// is there only where it is busier than its day type.
  package static let dayType = ColumnKey<Values<UInt8>>("day_type", isNullable: false)
  /// Clock hour 0 … 23, or 24 for the busiest hour of each day on which the host was seen.
  package static let hour = ColumnKey<Values<UInt8>>("hour", isNullable: false)
  /// Covered hours (or days) behind the row.
  package static let sampleCount = ColumnKey<Values<UInt32>>("sample_count", isNullable: false)
  /// Those of them that lie on days on which the host was seen at all.
  package static let presentCount = ColumnKey<Values<UInt32>>("present_count", isNullable: false)
  /// Those of them in which the host was busy: at least halfway from its idle hours to its usual
  /// busiest one, and 6 destinations. 0 for hosts that are as busy at all hours, and for weekdays.
  package static let busyCount = ColumnKey<Values<UInt32>>("busy_count", isNullable: false)

  /// The hour of the rows that profile the busiest hour of a day.
  package static let dayHigh: UInt8 = 24

  /// Medians and MADs are those of log1p of the counter in the measure's unit; null where no hour
  /// was covered.
  package static let schema = Schema(
    "host_profiles", version: 2,
    [
      host.field, dayType.field, hour.field, sampleCount.field, presentCount.field, busyCount.field,
    ]
      + Measure.all.flatMap { [$0.median.field, $0.deviation.field] })
}

/// `baseline/asof=D/seen.arrow`: on which of the 90 days before D something was seen, sorted by
/// kind and key.
package enum Seen {
  package enum Kind: UInt8, Sendable, CaseIterable {
    /// Days with any summary; its key is 0.
    case site = 0
    case host = 1
    /// An internal originator and the address it spoke to.
    case destination = 2
    /// An internal originator and the registered domain of a name it asked for.
    case name = 3
    /// An internal originator and the port and protocol it spoke to.
    case port = 4
    /// An internal host and the port and protocol on which it answered.
    case service = 5
    /// An internal originator and the /24 (IPv6: /48) network that it spoke to.
    case network = 6
    /// An internal originator and the fingerprint, or a weakness, of its TLS handshakes.
    case handshake = 7
    /// An internal originator and the /24 (IPv6: /48) network outside to which it spoke TLS without
    /// naming the server.
    case unnamedServer = 8
    /// A user who signed in, and the host, or outside the /24 or /48, from which: in the place of
    /// the host.
    case loginSource = 11
    /// A user who signed in, and what to: in the place of the host.
    case loginDestination = 12
    /// A host and the rule of an intrusion detector that named it.
    case alertRule = 13
    /// A user who signed in, and the device's name: in the place of the host.
    case loginDevice = 15
    /// An internal originator that got an answer from outside; the subject is `Subject.outside`.
    case outside = 16
    /// A server of the site, in the place of the host, and the shape of a request that it answered.
    case requestShape = 17
    /// A user who got in, and a place on earth from which, by the degree or by the country: in the
    /// place of the host.
    case loginPlace = 18
    /// A network, and in the place of the host 12 bits of the hash of a user who got in from it and
    /// within an hour from far away, then 12 of that of the network far away.
    case loginBeside = 19
  }
  package static let kind = ColumnKey<Values<UInt8>>("kind", isNullable: false)
  /// 40 bits of the subject's stable hash, then 24 of the host's.
  package static let key = ColumnKey<Values<UInt64>>("key", isNullable: false)
  /// Bit i is set where it was seen on day D − 1 − i; 0 … 63 here, 64 … 89 in `days_high`.
  package static let daysLow = ColumnKey<Values<UInt64>>("days_low", isNullable: false)
  package static let daysHigh = ColumnKey<Values<UInt64>>("days_high", isNullable: false)

  package static let schema = Schema(
    "seen", version: 1, [kind.field, key.field, daysLow.field, daysHigh.field])
}

/// `baseline/asof=D/hosts.arrow`: a row per host seen in the days before D, sorted by host.
package enum KnownHost {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// The peer group whose profile it is shrunk to.
  package static let group = ColumnKey<Coded<Strings>>("peer_group", isNullable: false)
  /// workstation, server or other
  package static let entityClass = ColumnKey<Coded<Strings>>("entity_class", isNullable: false)
  /// Host-days of its class in the days before D.
  package static let classHostDays = ColumnKey<Values<UInt32>>("class_host_days", isNullable: false)
  package static let daysSeen = ColumnKey<Values<UInt32>>("days_seen", isNullable: false)
  /// Days since 1970-01-01 of the first day in the last 90 on which it was seen.
  package static let firstDay = ColumnKey<Values<Int32>>("first_day", isNullable: false)
  /// Median and MAD, over the days on which it was seen, of log1p of the most megabytes that it
  /// sent, less those received, to one external destination since that was first seen, at most 7
  /// days before.
  package static let uploadMedian = ColumnKey<Values<Float>>("upload_median", isNullable: false)
  package static let uploadDeviation = ColumnKey<Values<Float>>("upload_mad", isNullable: false)
  /// The same of the longest time, in units of 10 minutes, for which it was connected to one such
  /// destination on a day.
  package static let connectedMedian = ColumnKey<Values<Float>>(
    "connected_median", isNullable: false)
  package static let connectedDeviation = ColumnKey<Values<Float>>(
    "connected_mad", isNullable: false)
  /// The same of the number of destinations that left it unanswered on a day.
  package static let unansweredMedian = ColumnKey<Values<Float>>(
    "unanswered_median", isNullable: false)
  package static let unansweredDeviation = ColumnKey<Values<Float>>(
    "unanswered_mad", isNullable: false)
  /// Distinct destinations that never answered it in the 7 days before D.
  package static let unansweredInWeek = ColumnKey<Values<UInt32>>(
    "unanswered_7d", isNullable: false)
  /// The sources that showed it in the days before D, in order of their names, with spaces between.
  package static let sources = ColumnKey<Coded<Strings>>("sources", isNullable: false)

  package static let schema = Schema(
    "hosts", version: 2,
    [
      host.field, group.field, entityClass.field, classHostDays.field, daysSeen.field,
      firstDay.field, uploadMedian.field, uploadDeviation.field, connectedMedian.field,
      connectedDeviation.field, unansweredMedian.field, unansweredDeviation.field,
      unansweredInWeek.field, sources.field,
    ])
}

/// `baseline/asof=D/pair_history.arrow`: a row per pair of D's `pairs.arrow` that was seen on at
/// least 2 of the 28 days before D, or did more than a glance on the last 3; sorted as
/// `pairs.arrow`.
package enum PairHistory {
  /// Bit i is set where the pair was seen on day D − 1 − i.
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)

  package static let schema = Schema(
    "pair_history", version: 1, Pair.schema.fields + [days.field])
}

/// `baseline/asof=D/pair_history_values.arrow`: as `pair_values.arrow`, for the rows of
/// `pair_history.arrow`, gaps over midnight included; hours of the day give way to slots.
package enum PairHistoryValue {
  /// Conversations that started in a quarter of a day: 4 · (days before D) + quarter counted
  /// backwards, so that 0 is the evening before D.
  package static let slot: UInt8 = 3
  /// Gaps and sizes are those of the latest days that have as many conversations; slots are those
  /// of all days.
  package static let recentConversations: Int64 = 128

  package static let schema = Schema(
    "pair_history_values", version: 1, PairValue.schema.fields)
}

/// `features/day=D/host_hour_features.arrow`: what the forest of host-hours sees, with the state as
/// of D; a row per host and hour seen, sorted by both.
package enum HostHourFeature {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  package static let hour = ColumnKey<Values<Instant>>("hour", isNullable: false)
  /// The host's class, by `EntityClass.code`.
  package static let group = ColumnKey<Values<UInt8>>("entity_class", isNullable: false)
  /// The forest's columns: log counts, z of each measure, shares and novelty.
  package static let names: [String] =
    ["log_conversations", "log_bytes_out", "log_bytes_in", "log_destinations", "log_ports"]
    + Measure.all.map(\.z.name)
    + [
      "out_in_ratio", "failed_share", "packets_per_conversation", "new_destinations",
      "new_networks", "new_ports", "busy_surprise",
    ]
  package static let columns: [ColumnKey<Values<Float>>] = names.map {
    ColumnKey($0, isNullable: false)
  }

  /// The counter of `host_hours.arrow` that a feature is made from; nil for other features.
  package static func measure(of feature: String) -> String? {
    switch feature {
    case "log_conversations": HostHour.outConversations.name
    case "log_bytes_out": HostHour.outBytes.name
    case "log_bytes_in": HostHour.outBytesReceived.name
    case "log_destinations": HostHour.outDestinations.name
    case "log_ports": HostHour.outPorts.name
    default: Measure.all.first { $0.z.name == feature }?.name
    }
  }

  /// Other features that are log1p of what was counted.
  package static let logarithms: Set<String> = [
    "packets_per_conversation", "new_destinations", "new_networks", "new_ports",
  ]

  /// Those that compare a host with its own habits.
  package static let relative = Set(Measure.all.map(\.z.name))

  package static let schema = Schema(
    "host_hour_features", version: 1,
    [host.field, hour.field, group.field] + columns.map(\.field))
}

/// `features/day=D/flow_sample.arrow`: a sample of the day's conversations with an internal
/// originator, by a stable hash of its rows, as the forest of conversations sees them.
package enum FlowFeature {
  package static let names = [
    "log_bytes_sent", "log_bytes_received", "log_packets", "log_bytes_per_second",
    "log_duration", "port_class", "hour", "destination_rarity", "log_destinations_in_hour",
  ]
  package static let columns: [ColumnKey<Values<Float>>] = names.map {
    ColumnKey($0, isNullable: false)
  }

  /// The originator's class, by `EntityClass.code`.
  package static let group = ColumnKey<Values<UInt8>>("entity_class", isNullable: false)

  package static let schema = Schema(
    "flow_sample", version: 1, [group.field] + columns.map(\.field))
}

/// `votes/day=D/detector_runs.arrow`: which detector could judge which source, and why not.
package enum DetectorRun {
  package static let detector = ColumnKey<Coded<Strings>>("detector", isNullable: false)
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let ran = ColumnKey<Flags>("ran", isNullable: false)
  /// Why it was skipped, or blind for some hours; null where it ran and saw everything.
  package static let reason = ColumnKey<Coded<Strings>>("reason")

  package static let schema = Schema(
    "detector_runs", version: 1, [detector.field, source.field, ran.field, reason.field])
}
