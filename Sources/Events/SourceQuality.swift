import Columnar

/// `events/day=D/rows.arrow`: what became of the rows of each source and class; sorted by both.
package enum SourceRows {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  /// Rows of the day in the source's files; for flows, those of the margins at its edges too.
  package static let rowsRead = count("rows_read")
  /// Rows that overlapping files hold twice; one of them was dropped.
  package static let duplicates = count("duplicates")
  /// Rows of the source that are there again and were kept, each counted once however often it
  /// comes: see `SourceDay.repeats`.
  package static let repeats = count("repeats")
  /// Rows before and after the day in the files most of whose rows lie on it.
  package static let rowsBefore = count("rows_before")
  package static let rowsAfter = count("rows_after")

  private static func count(_ name: String) -> ColumnKey<Values<Int64>> {
    ColumnKey(name, isNullable: false)
  }

  package static let schema = Schema(
    "rows", version: 1,
    [source.field, eventClass.field]
      + [rowsRead, duplicates, repeats, rowsBefore, rowsAfter].map(\.field))
}

/// `events/day=D/elsewhere.arrow`: conversations of a source for which the rows of another observer
/// stand, by the quarter of an hour of UTC in which they begin; sorted by these.
package enum SeenElsewhere {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  package static let quarterHour = ColumnKey<Values<Instant>>("quarter_hour", isNullable: false)
  package static let conversations = ColumnKey<Values<Int64>>("conversations", isNullable: false)

  package static let schema = Schema(
    "elsewhere", version: 1,
    [source.field, eventClass.field, quarterHour.field, conversations.field])
}

/// `events/day=D/rejects.arrow`: rejected lines by source, class and reason; sorted by these. A
/// rejected line has no time of its own: those of a file are shared out over the days of its rows,
/// in proportion to them.
package enum RejectedLines {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  package static let reason = ColumnKey<Coded<Strings>>("reason", isNullable: false)
  package static let lines = ColumnKey<Values<Int64>>("lines", isNullable: false)

  package static let schema = Schema(
    "rejects", version: 1, [source.field, eventClass.field, reason.field, lines.field])
}

/// `events/day=D/clocks.arrow`: how the clocks of two sources compare, by conversations that both
/// saw; sorted by the sources.
package enum ClockPair {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let otherSource = ColumnKey<Coded<Strings>>("other_source", isNullable: false)
  /// The median of how far the other source's times lie after those of `source`.
  package static let offsetMicroseconds = ColumnKey<Values<Int64>>("offset_us", isNullable: false)
  /// Five-tuples seen once by each source, about that far apart.
  package static let matches = ColumnKey<Values<Int64>>("matches", isNullable: false)

  package static let schema = Schema(
    "clocks", version: 1,
    [source.field, otherSource.field, offsetMicroseconds.field, matches.field])
}

extension EventClass {
  /// The columns of the class of which it is watched in how many rows they have no value.
  package var watchedColumns: [String] {
    switch self {
    case .flow:
      Self.ends + [Event.ianaNumber.name, Event.durationMicroseconds.name] + Self.bytes
        + [Event.sourcePackets.name, Event.destinationPackets.name]
    case .dns: Self.client + [Event.dnsQuestion.name, Event.dnsResponseCode.name]
    case .http:
      Self.client + [Event.urlDomain.name, Event.httpStatus.name, Event.userName.name] + Self.bytes
    case .tls: Self.ends + [Event.tlsServerName.name]
    case .auth: Self.client + [Event.userName.name, Event.action.name]
    case .vpn: Self.client + [Event.userName.name, Event.assignedAddress.name]
    case .alert: Self.ends + [Event.ruleName.name, Event.severity.name]
    case .dhcp: [Event.assignedAddress.name, Event.sourceMAC.name]
    }
  }

  private static let client = [Event.sourceAddress.name, Event.sourceHost.name]
  private static let ends = [
    Event.sourceAddress.name, Event.destinationAddress.name, Event.sourcePort.name,
    Event.destinationPort.name,
  ]
  private static let bytes = [Event.sourceBytes.name, Event.destinationBytes.name]
}

/// `profiles/day=D/nulls.arrow`: of the columns that detectors rest on, how many rows of each
/// source and class have no value; sorted by these. A column that no file has is null in all rows.
package enum ColumnNulls {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  package static let column = ColumnKey<Coded<Strings>>("column", isNullable: false)
  package static let rows = ColumnKey<Values<Int64>>("rows", isNullable: false)
  package static let nulls = ColumnKey<Values<Int64>>("nulls", isNullable: false)

  package static let schema = Schema(
    "nulls", version: 1,
    [source.field, eventClass.field, column.field, rows.field, nulls.field])
}

/// `quality/day=D/sources.arrow`: each source and class of the day, and those of earlier days that
/// are silent, beside what is usual for them; sorted by both.
package enum SourceDay {
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  /// With conversations for which another observer's rows stand.
  package static let rows = count("rows")
  /// Median of the rows of the days like this one; null where there are too few.
  package static let usualRows = ColumnKey<Values<Double>>("usual_rows")
  /// Earlier days that count as like this one: the same weekday, or workday or day off.
  package static let likeDays = ColumnKey<Values<UInt32>>("like_days", isNullable: false)
  package static let hours = ColumnKey<Values<UInt8>>("hours_with_rows", isNullable: false)
  package static let dayHours = ColumnKey<Values<UInt8>>("day_hours", isNullable: false)
  package static let duplicates = count("duplicates")
  /// Flows with the time, five-tuple and counters of another one of the source; other rows that
  /// equal another one in all that was mapped.
  package static let repeats = count("repeats")
  package static let rejected = count("rejected")
  package static let rowsBefore = count("rows_before")
  package static let rowsAfter = count("rows_after")

  private static func count(_ name: String) -> ColumnKey<Values<Int64>> {
    ColumnKey(name, isNullable: false)
  }

  package static let schema = Schema(
    "sources", version: 1,
    [
      source.field, eventClass.field, rows.field, usualRows.field, likeDays.field, hours.field,
      dayHours.field, duplicates.field, repeats.field, rejected.field, rowsBefore.field,
      rowsAfter.field,
    ])
}

/// `quality/day=D/findings.arrow`: what is wrong with the day's data, by source, class and kind.
package enum QualityFinding {
  package enum Kind: String, Sendable, CaseIterable {
    /// No rows where there usually are some.
    case silent
    /// Other clock than the other sources.
    case clock
    /// Rows that are there twice.
    case repeated
    /// A column without values that usually has them.
    case nulls
    case rejects
    case duplicates
    case volume
    /// More hosts than can be told apart.
    case crowd
    /// A host with more peers than are remembered.
    case sweep
    /// No host within the site's networks.
    case strangers
  }
  package static let source = ColumnKey<Coded<Strings>>("source", isNullable: false)
  package static let eventClass = ColumnKey<Coded<Strings>>("event_class", isNullable: false)
  package static let kind = ColumnKey<Coded<Strings>>("kind", isNullable: false)
  /// A `SourceFault.Kind`, where detectors are misled or blind for it.
  package static let fault = ColumnKey<Coded<Strings>>("fault")
  package static let windowStart = ColumnKey<Values<Instant>>("window_start", isNullable: false)
  package static let windowEnd = ColumnKey<Values<Instant>>("window_end", isNullable: false)
  /// The first instant of what goes on; before the window where it began on an earlier day.
  package static let since = ColumnKey<Values<Instant>>("since", isNullable: false)
  /// The column without values, the other source, or the reason of most rejects.
  package static let subject = ColumnKey<Strings>("subject")
  /// Rows, or a share of them, or seconds between clocks.
  package static let actual = ColumnKey<Values<Double>>("actual", isNullable: false)
  /// The median of the like days.
  package static let usual = ColumnKey<Values<Double>>("usual")
  /// From which on it was found.
  package static let limit = ColumnKey<Values<Double>>("limit")
  package static let likeDays = ColumnKey<Values<UInt32>>("like_days", isNullable: false)
  /// What they are: "Tuesdays", "workdays", "days off".
  package static let like = ColumnKey<Strings>("like", isNullable: false)
  /// A few words, for lists of what it blinds.
  package static let note = ColumnKey<Strings>("note", isNullable: false)
  /// A sentence.
  package static let text = ColumnKey<Strings>("text", isNullable: false)
  /// What to look at.
  package static let advice = ColumnKey<Strings>("advice", isNullable: false)

  package static let schema = Schema(
    "findings", version: 1,
    [
      source.field, eventClass.field, kind.field, fault.field, windowStart.field,
      windowEnd.field, since.field, subject.field, actual.field, usual.field, limit.field,
      likeDays.field, like.field, note.field, text.field, advice.field,
    ])
}
