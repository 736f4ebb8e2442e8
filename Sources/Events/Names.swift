import Columnar

/// `profiles/day=D/domains.arrow`: a row per host of the site and registered domain that it asked
/// for or was asked for, sorted by host and domain.
package enum AskedDomain {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  package static let domain = ColumnKey<Strings>("domain", isNullable: false)
  /// Questions that the host asked.
  package static let queries = counter("queries")
  /// Questions that other hosts of the site asked it: it hands on what it asks itself.
  package static let answered = counter("answered")
  /// Those of `queries` whose name does not exist (NXDOMAIN).
  package static let missing = counter("missing")
  /// Those of `queries` for other types than those by which addresses, services and keys are
  /// found: TXT, NULL, CNAME, MX and the like.
  package static let unusualTypes = counter("unusual_types")
  /// Different whole names among `queries`.
  package static let names = counter("names")
  /// Characters of the labels below the domain, without dots, over all queries.
  package static let labelBytes = counter("label_bytes")
  /// Bits in these labels, over all queries: characters × their entropy within the name.
  package static let bits = counter("label_bits")
  /// The squares of each query's bits.
  package static let squaredBits = counter("label_bits_squared")
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)
  package static let lastTime = ColumnKey<Values<Instant>>("last_time", isNullable: false)

  private static func counter(_ name: String) -> ColumnKey<Values<Int64>> {
    ColumnKey(name, isNullable: false)
  }

  package static let schema = Schema(
    "domains", version: 1,
    [
      host.field, domain.field, queries.field, answered.field, missing.field, unusualTypes.field,
      names.field, labelBytes.field, bits.field, squaredBits.field, firstTime.field,
      lastTime.field,
    ])
}

/// `baseline/asof=D/name_habits.arrow`: a row per host that asked for names in the days before D,
/// sorted by host.
package enum NameHabit {
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// Days before D on which it asked.
  package static let daysSeen = ColumnKey<Values<UInt32>>("days_seen", isNullable: false)
  /// Median and MAD, over these days, of log1p of the most information, in units of 100 bytes, that
  /// the names asked for under one domain carried: since a young domain was met, or beyond what is
  /// usual for one that has long been known.
  package static let carriedMedian = ColumnKey<Values<Float>>("carried_median", isNullable: false)
  package static let carriedDeviation = ColumnKey<Values<Float>>("carried_mad", isNullable: false)
  /// The same of log1p of the number of domains that looked generated.
  package static let generatedMedian = ColumnKey<Values<Float>>(
    "generated_median", isNullable: false)
  package static let generatedDeviation = ColumnKey<Values<Float>>(
    "generated_mad", isNullable: false)
  /// Domains that looked generated in the 6 days before D.
  package static let generatedInWeek = ColumnKey<Values<Float>>("generated_6d", isNullable: false)

  package static let schema = Schema(
    "name_habits", version: 1,
    [
      host.field, daysSeen.field, carriedMedian.field, carriedDeviation.field,
      generatedMedian.field, generatedDeviation.field, generatedInWeek.field,
    ])
}

/// `baseline/asof=D/name_history.arrow`: what the names that a host asked for under a domain
/// carried in the 28 days before D, sorted by key; days with less than 32 bytes count as nothing.
package enum NameHistory {
  /// 40 bits of the domain's stable hash, then 24 of the host's.
  package static let key = ColumnKey<Values<UInt64>>("key", isNullable: false)
  package static let bits = ColumnKey<Values<Int64>>("label_bits", isNullable: false)

  package static let schema = Schema("name_history", version: 1, [key.field, bits.field])
}

/// `baseline/asof=D/name_grams.arrow`: how often four characters follow each other in the names of
/// the domains that the site is used to, sorted by these.
package enum NameGram {
  /// Four symbols as digits of a number in base 40: 0 stands before a name, 1 … 26 are letters,
  /// 27 … 36 digits, 37 is the hyphen, 38 anything else.
  package static let gram = ColumnKey<Values<UInt32>>("gram", isNullable: false)
  package static let count = ColumnKey<Values<UInt32>>("count", isNullable: false)

  package static let schema = Schema("name_grams", version: 1, [gram.field, count.field])
}
