import Columnar

/// `profiles/day=D/steps.arrow`: which steps each host of the site took in a row, a row per host
/// and three steps, sorted by both.
///
/// Time goes in slices of 10 seconds, since clocks of sources differ by seconds: a kind counts once
/// in a slice, and the kinds of a slice are in the order of their codes. What repeats the step
/// before it is none.
package enum Step {
  package static let sliceSeconds: Int64 = 10
  /// A step after a longer pause follows nothing.
  package static let pauseSeconds: Int64 = 600
  /// Different rows of a host and day at most; those that come later are left out.
  package static let hostLimit = 16_384

  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  /// Three steps as a number (`StepGram`).
  package static let gram = ColumnKey<Values<UInt32>>("gram", isNullable: false)
  package static let count = ColumnKey<Values<UInt32>>("count", isNullable: false)
  /// The beginning of the slice in which they first came to their end.
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)

  package static let schema = Schema(
    "steps", version: 1, [host.field, gram.field, count.field, firstTime.field])
}

/// `baseline/asof=D/step_habits.arrow`: on how many days hosts of each peer group took which steps
/// in a row, in the 28 days before D; sorted by group and gram.
package enum StepHabit {
  package static let group = ColumnKey<Coded<Strings>>("peer_group", isNullable: false)
  /// As in `steps.arrow`; 0 for any steps at all.
  package static let gram = ColumnKey<Values<UInt32>>("gram", isNullable: false)
  /// Days of hosts, each day of each host counted once.
  package static let hostDays = ColumnKey<Values<UInt32>>("host_days", isNullable: false)
  /// Bit i is set where some host of the group took them on day D − 1 − i.
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)

  package static let schema = Schema(
    "step_habits", version: 1, [group.field, gram.field, hostDays.field, days.field])
}
