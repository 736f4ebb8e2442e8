import Columnar
import Events
import Features
import Glibc

/// Finds users who got in from two places sooner than anybody travels from one to the other.
///
/// Silent about a user who was located on too few earlier days; about two places that are the
/// user's habit, or of a network that others come from as well; and about a network behind which
/// people are elsewhere, as its users' other sign-ins show: a gateway of the firm, a proxy in the
/// cloud.
struct JourneyJudge {
  /// There are no earlier sign-ins than those of the day before.
  private static let secondsLookedAt = 2.0 * 86_400

  private let inputs: ScoringInputs
  private let leastKilometres, leastSpeed, countrySeconds: Double
  private let bits, cap, countryBits: Double
  private let leastDays, leastUsers: Int
  /// Users who came from each network on enough days.
  private var userCounts: [UInt32: Int] = [:]
  /// By user, on the day before.
  private var lastPlaces: [String: [LoginPlaceRow]] = [:]

  init(_ inputs: ScoringInputs, _ settings: Settings) throws {
    self.inputs = inputs
    leastKilometres = try settings.number("journey_km")
    leastSpeed = try settings.positive("journey_kmh")
    countrySeconds = 60 * (try settings.number("country_minutes"))
    bits = try settings.number("journey_bits")
    cap = try settings.number("cap")
    countryBits = try settings.number("country_bits")
    leastDays = Int(try settings.number("place_days"))
    leastUsers = Int(try settings.number("place_users"))
    for entry in inputs.state.seen.entries(of: .loginSource) where entry.days.count >= leastDays {
      userCounts[entry.key.host, default: 0] += 1
    }
    var lastPlaces: [String: [LoginPlaceRow]] = [:]
    try LoginPlaceRow.forEachUser(in: inputs.state.lastPlaces) { lastPlaces[$0[0].user] = $0 }
    self.lastPlaces = lastPlaces
  }

  /// The strangest journey of each user to each host that was signed in to; none on days on which a
  /// clock is off.
  func findings() throws -> [LoginFinding] {
    guard try !inputs.tables.hasShiftedLogins() else { return [] }
    let start = inputs.wholeDay.lowerBound
    let longest = min(
      max(Coordinates.greatestKilometres / leastSpeed * 3600, countrySeconds),
      JourneyJudge.secondsLookedAt)
    var findings: [LoginFinding] = []
    try LoginPlaceRow.forEachUser(in: inputs.tables.loginPlaces) { rows in
      let user = keyHash(rows[0].user)
      guard daysLocated(user) >= leastDays else { return }
      let earlier = lastPlaces[rows[0].user] ?? []
      var strangest: [String: LoginFinding] = [:]
      Journey.forEach(in: earlier + rows, within: Int64(longest * 1_000_000)) { journey in
        guard journey.toTime >= start, let finding = finding(journey, of: user),
          finding.score > strangest[finding.host]?.score ?? 0
        else { return }
        strangest[finding.host] = finding
      }
      findings += strangest.sorted { $0.key < $1.key }.map(\.value)
    }
    return findings
  }

  private func finding(_ journey: Journey, of user: UInt64) -> LoginFinding? {
    let evidence = evidence(journey)
    guard !evidence.isEmpty else { return nil }
    let ends = [journey.to, journey.from]
    guard !ends.contains(where: { isElsewhere($0.network, but: user) }),
      let strange = ends.first(where: { !isUsual($0, for: user) }),
      let host = [strange, journey.to, journey.from].map(\.destination).first(where: {
        inputs.activeHours[$0] != nil
      })
    else { return nil }
    return LoginFinding(
      host: host, time: journey.toTime,
      peer: "\(journey.to.user)@\(journey.from.text) → \(journey.to.text)", evidence)
  }

  /// What is impossible, or at least odd, about a journey; empty where nothing is.
  private func evidence(_ journey: Journey) -> [Evidence] {
    if let kilometres = journey.kilometres, let speed = journey.kilometresPerHour {
      guard kilometres >= leastKilometres, speed > leastSpeed else { return [] }
      // One thing in three figures.
      let third = min(cap, bits + log2(speed / leastSpeed)) / 3
      return [
        Evidence("journey_km", contribution: third, actual: kilometres),
        Evidence("journey_kmh", contribution: third, actual: speed),
        Evidence("journey_seconds", contribution: third, actual: journey.travelSeconds),
      ]
    }
    guard journey.seconds <= countrySeconds, journey.to.isInOtherCountry(than: journey.from) else {
      return []
    }
    return [
      Evidence(
        "country_change_seconds", contribution: min(cap, countryBits), actual: journey.seconds)
    ]
  }

  private func daysLocated(_ user: UInt64) -> Int {
    var days = DayBits()
    for entry in inputs.state.seen.entries(.loginPlace, subject: user) {
      days.formUnion(entry.days)
    }
    return days.count
  }

  /// Whether the user, or several others, came from there before.
  private func isUsual(_ place: LoginPlaceRow, for user: UInt64) -> Bool {
    let seen = inputs.state.seen
    let key = SeenKey(subject: user, host: place.network)
    if userCounts[key.host] ?? 0 >= leastUsers { return true }
    var days = seen.days(.loginSource, key)
    let subjects =
      place.coordinates.map { Subject.places(around: $0) }
      ?? place.country.map { [Subject.country($0)] } ?? []
    for subject in subjects {
      days.formUnion(seen.days(.loginPlace, SeenKey(subject: user, host: subject)))
    }
    return days.count >= leastDays
  }

  /// Whether several others who come from a network are far away from it at the same time, each
  /// in a network of their own: of those who share both, nobody can tell at which they are.
  private func isElsewhere(_ network: UInt64, but user: UInt64) -> Bool {
    var usersOf: [UInt32: Set<UInt32>] = [:]
    for entry in inputs.state.seen.entries(.loginBeside, subject: network)
    where entry.days.count >= leastDays {
      usersOf[entry.key.otherNetwork, default: []].insert(entry.key.user)
    }
    var users = Set(usersOf.values.lazy.filter { $0.count == 1 }.joined())
    users.remove(SeenKey(network: network, user: user, otherNetwork: 0).user)
    return users.count >= leastUsers
  }
}
