import Events
import Features

/// From how many sources, to how many destinations or with how many devices that are new to them
/// users sign in, from when each was first seen; what many users share counts little.
struct LoginNovelty {
  private struct User {
    var days = DayBits()
    /// The weight of what was new on these days, but for the first.
    var weight = 0.0
  }
  private let kind: Seen.Kind
  private let seen: SeenTable
  private var users: [UInt64: User] = [:]
  /// Users of each place.
  private var userCounts: [UInt32: Int] = [:]
  /// New things a user and day, over all users.
  private var siteMean = 0.0

  init(_ kind: Seen.Kind, _ state: SiteState) {
    self.kind = kind
    seen = state.seen
    let entries = state.seen.entries(of: kind)
    for entry in entries {
      users[entry.key.subject, default: User()].days.formUnion(entry.days)
      userCounts[entry.key.host, default: 0] += 1
    }
    // On the first days of the records everything is new.
    let observed = max(1, (state.days.age ?? 1) - 3)
    for entry in entries {
      guard let age = entry.days.age, age <= observed, var user = users[entry.key.subject],
        age < user.days.age ?? 0
      else { continue }
      user.weight += weight(ofPlaceWithUsers: userCounts[entry.key.host] ?? 1)
      users[entry.key.subject] = user
    }
    // In the order of entries, so that sums don't depend on that of a dictionary.
    var (weight, days, last) = (0.0, 0.0, UInt64.max)
    for entry in entries where entry.key.subject != last {
      last = entry.key.subject
      guard let user = users[last] else { continue }
      weight += user.weight
      days += Double(user.days.count)
    }
    siteMean = weight / max(1, days)
  }

  /// Days of the last 90 on which a user signed in.
  func days(_ user: UInt64) -> Int {
    users[SeenKey(subject: user, host: 0).subject]?.days.count ?? 0
  }

  func isKnown(user: UInt64, place: UInt64) -> Bool {
    !seen.days(kind, SeenKey(subject: user, host: place)).isEmpty
  }

  /// What is new a day for a user: the mean of a gamma distribution with the site's mean and a
  /// shape of ½, since few users bring most of what is new, given the user's own days.
  func mean(_ user: UInt64) -> Double {
    let own = users[SeenKey(subject: user, host: 0).subject] ?? User()
    return (own.weight + 0.5) / (Double(own.days.count) + 0.5 / max(siteMean, 0.003))
  }

  /// 1 for a place that hardly any user signs in from, or to, besides this one; 0 for one that half
  /// of them share.
  func weight(_ place: UInt64) -> Double {
    let key = SeenKey(subject: 0, host: place).host
    return weight(ofPlaceWithUsers: (userCounts[key] ?? 0) + 1)
  }

  private func weight(ofPlaceWithUsers count: Int) -> Double {
    Prevalence.rarity(hostCount: count, of: max(users.count, 1))
  }
}

extension LoginHabits {
  /// The surprise in bits that a figure is so great, of a negative binomial with the subject's own
  /// mean, drawn towards what is usual for others, and its own spread from day to day.
  /// - Parameter shape: how evenly the figure goes where its own days don't show less.
  func surprise(
    _ count: Int64, _ kind: LoginHabit.Kind, of subject: String, shape: Double
  ) -> (bits: Double, mean: Double) {
    figure(kind, of: subject).surprise(Double(count), usual: usual(kind), shape: shape)
  }
}

extension DailyFigure {
  /// The surprise in bits that a day's figure is so great, of a negative binomial with the
  /// subject's own mean, drawn towards what is usual for others, and its own spread from day to
  /// day.
  /// - Parameters:
  ///   - unit: what counts as one.
  ///   - shape: how evenly the figure goes where its own days don't show less.
  func surprise(
    _ value: Double, usual: Double, unit: Double = 1, shape: Double
  ) -> (bits: Double, mean: Double) {
    let ownMean = mean / unit
    let shrunk = max(0.05, (Double(total) / unit + 2 * usual / unit) / (Double(days) + 2))
    let excess = variance / (unit * unit) - ownMean
    let ownShape = excess > 0 ? ownMean * ownMean / excess : shape
    // Scaled down, great counts keep their tail: that of the gamma distribution of the mean.
    let scale = min(1, 100 / shrunk)
    let bits = NegativeBinomial.surprise(
      value / unit * scale, mean: shrunk * scale, shape: min(shape, max(0.1, ownShape)))
    return (bits, shrunk * unit)
  }
}
