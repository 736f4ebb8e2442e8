import Events

/// The site's budget and the constants of the way from raw scores to decisions.
package struct CalibrationOptions: Sendable {
  /// New decisions a day that the line may ask for, of which it stays a standard error short; ≥ 0.
  package var falseAlarmsPerDay = 2.0
  /// Decisions a day at most, the site's own included.
  package var incidentsPerDay = 10
  /// Detectors whose score at or above the ceiling decides by itself.
  package var fixedRuleDetectors: Set<String> = ["scan", "indicators"]

  package init(falseAlarmsPerDay: Double = 2, incidentsPerDay: Int = 10) {
    self.falseAlarmsPerDay = falseAlarmsPerDay
    self.incidentsPerDay = incidentsPerDay
  }
}

/// Lengths that all sites share.
enum CalibrationConstants {
  /// Days of each reference: of votes, of fused statistics, of the replay and of repeats.
  static let referenceDays = 28
  /// Below as many earlier days only fixed rules decide.
  static let leastDaysForLine = 3
  /// Earlier days from which on the first vote of all is asked about. Before, most detectors have
  /// been silent for want of days.
  static let leastQuietDays = 14
  /// Below as many earlier days all hosts are one class, and confidence is low.
  static let leastDaysForClasses = 14
  /// Days with fewer earlier days leave the reference as soon as as many others remain.
  static let leastDaysLearned = 7
  /// A class with fewer entity-days in the reference is standardised by its own history.
  static let leastEntityDaysOfClass = 200
  /// The tail of own histories takes in larger classes too, smallest first, until it has as many.
  /// On simulated sites with nine such hosts, 800 finds 42 of 48 attacks where 200 finds 35.
  static let leastEntityDaysOfPool = 800
  /// What a larger share of host-days surpasses is no reason to ask, however few hosts there are.
  static let mostAdmittedShare = 0.1
  /// A decision is not asked for again within as many days.
  static let repeatDays = 7
  /// A vote among as strange a share of host-days is worth asking about, whatever else is known of
  /// the host. On fourteen simulated firms .002 finds two attacks fewer of 238.
  static let tellingP = 0.005
  /// A repeat as many times stronger than before is asked for again.
  static let repeatFactor = 10.0
}
