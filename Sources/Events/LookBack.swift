/// How many days before a day the folders of the day are made from.
///
/// Here, where stages and the site file both see them: what is pruned must be older than all of it.
package enum LookBack {
  /// What was seen in summaries: `DayBits` has a bit for each of these days.
  package static let seenDays = 90
  /// How far back a source is remembered when a day's data is judged.
  package static let qualityDays = 90
  /// What learned models are trained on.
  package static let learnedDays = 28
  /// For how long a learned model serves, the day that it is as of among them.
  package static let modelDays = 7
  /// How far back decisions depend on votes and host-days: repeats fold 28 days, each by its own
  /// line; a line replays 28 days of fused statistics; each of these comes from votes ranked among
  /// 28 earlier days; and each of those counts only if there is a week of data within the 28 days
  /// before it.
  package static let calibrationDays = 4 * 28
  /// How far back the runs of findings are followed that give incidents their identity.
  package static let identityDays = 60
  /// For how long an address is believed to be held that nobody gave back.
  package static let leaseDays = 14
  /// How far back incidents that nobody looked at are followed.
  package static let reviewDays = 30
}
