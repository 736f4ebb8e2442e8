import Columnar
import Events
import Features
import Glibc

/// What came in from outside at a destination, in vain.
struct OutsideLogins {
  private(set) var all = FailedLogins()
  private(set) var busiest: (source: String, failures: Int64) = ("", -1)

  mutating func add(_ failed: FailedLogins, from source: String) {
    all.formUnion(failed)
    if failed.failures > busiest.failures { busiest = (source, failed.failures) }
  }
}

/// What is said of a host.
struct LoginFinding: Comparable {
  let host: String
  let time: Instant
  let peer: String
  let evidence: [Evidence]
  let score: Double

  /// - Parameter less: taken off, in bits.
  init(host: String, time: Instant, peer: String, _ evidence: [Evidence], less: Double = 0) {
    self.host = host
    self.time = time
    self.peer = peer
    self.evidence = Array(
      evidence.filter { $0.contribution > 0 }.sorted {
        ($1.contribution, $0.feature) < ($0.contribution, $1.feature)
      }.prefix(3))
    score = evidence.reduce(-less) { $0 + $1.contribution }
  }

  /// By host, strongest first.
  static func < (a: LoginFinding, b: LoginFinding) -> Bool {
    if a.host != b.host { return a.host.utf8.lexicographicallyPrecedes(b.host.utf8) }
    return (b.score, a.time, a.peer) < (a.score, b.time, b.peer)
  }

  static func == (a: LoginFinding, b: LoginFinding) -> Bool { !(a < b) && !(b < a) }
}

/// Judges the sign-ins of a day.
struct LoginJudge {
  private let inputs: ScoringInputs
  private let sources, destinations, devices: LoginNovelty
  private let shape, runShape, cap, runCap: Double
  private let leastFailures, leastUsers: Int64

  init(_ inputs: ScoringInputs, _ settings: Settings) throws {
    self.inputs = inputs
    sources = LoginNovelty(.loginSource, inputs.state)
    destinations = LoginNovelty(.loginDestination, inputs.state)
    devices = LoginNovelty(.loginDevice, inputs.state)
    shape = try settings.number("shape")
    runShape = try settings.number("failure_shape")
    cap = try settings.number("cap")
    runCap = try settings.number("failure_cap")
    leastFailures = Int64(try settings.number("least_failures"))
    leastUsers = Int64(try settings.number("least_users"))
  }

  private func isHost(_ name: String) -> Bool { inputs.activeHours[name] != nil }

  /// The host that answers for a row; nil where neither end is the site's.
  private func host(_ row: LoginRow) -> String? {
    if !row.isExternal && isHost(row.source) { return row.source }
    return isHost(row.destination) ? row.destination : nil
  }

  // MARK: Users who got in

  /// - Parameters:
  ///   - rows: all of one source.
  ///   - crowd: users who got in from outside, by destination.
  func users(_ rows: [LoginRow], crowd: (String) -> Int) -> [LoginFinding] {
    guard let first = rows.first, rows.contains(where: { $0.successes > 0 }) else { return [] }
    let strangers = FailedLogins.byDestination(rows)
    let isOwn = !first.isExternal && isHost(first.source)
    var byUser: [String: [LoginRow]] = [:]
    var order: [(key: String, host: String)] = []
    for row in rows where row.successes > 0 && !row.user.isEmpty {
      guard let host = host(row) else { continue }
      let key = isOwn ? row.user : "\(host) \(row.user)"
      if byUser[key] == nil { order.append((key, host)) }
      byUser[key, default: []].append(row)
    }
    return order.compactMap { key, host in
      // The strangest of many users is stranger than one.
      let others = first.isExternal ? crowd(host) : order.count
      return finding(byUser[key] ?? [], at: host, strangers, others: max(1, others))
    }
  }

  private func finding(
    _ rows: [LoginRow], at host: String, _ strangers: [String: FailedLogins], others: Int
  ) -> LoginFinding? {
    guard let first = rows.first else { return nil }
    let user = keyHash(first.user)
    let isKnown = sources.isKnown(user: user, place: first.sourceSubject)
    var lead = first
    var evidence: [Evidence] = []
    if sources.days(user) >= 3 {
      let isNewSource = !isKnown && (first.isExternal || !inputs.isNew(first.source))
      let known = rows.contains {
        !$0.device.isEmpty && devices.isKnown(user: user, place: keyHash($0.device))
      }
      if isNewSource && !(first.isExternal && known) {
        evidence.append(
          surprise([first.sourceSubject], of: user, among: sources, "new_login_sources"))
      }
      let strange = rows.filter {
        !$0.device.isEmpty && !devices.isKnown(user: user, place: keyHash($0.device))
      }
      if !strange.isEmpty && devices.days(user) >= 3 {
        evidence.append(
          surprise(
            strange.map { keyHash($0.device) }, of: user, among: devices, "new_login_devices"))
      }
      let new = rows.filter {
        !destinations.isKnown(user: user, place: keyHash($0.destination))
          && !inputs.isNew($0.destination)
      }
      if let one = new.first {
        lead = one
        evidence.append(
          surprise(
            new.map { keyHash($0.destination) }, of: user, among: destinations,
            "new_login_destinations"))
      }
    }
    if let guessed = guessed(rows, strangers) {
      let (bits, mean) = inputs.state.loginHabits.surprise(
        guessed.tries, .userRun, of: first.user, shape: runShape)
      lead = guessed.row
      // From where the user comes every day, most are a forgotten or an expired password.
      evidence.append(
        Evidence(
          "failures_before_success", contribution: min(bits, runCap) / (isKnown ? 3 : 1),
          actual: Double(guessed.tries), typical: mean))
    }
    let end = host == lead.source ? lead.destination : lead.source
    return LoginFinding(
      host: host, time: lead.firstSuccess ?? lead.firstTime, peer: "\(lead.user)@\(end)", evidence,
      less: log2(Double(others)))
  }

  /// The most failures before a success: the user's own, or those of others from the same source.
  private func guessed(
    _ rows: [LoginRow], _ strangers: [String: FailedLogins]
  ) -> (row: LoginRow, tries: Int64)? {
    var most: (row: LoginRow, tries: Int64)?
    for row in rows {
      var tries = row.longestRun
      if let failed = strangers[row.destination], let success = row.firstSuccess,
        Int64(failed.users.count) >= leastUsers, failed.firstTime < success
      {
        tries = max(tries, failed.failures)
      }
      if tries >= leastFailures, tries > most?.tries ?? 0 { most = (row, tries) }
    }
    return most
  }

  private func surprise(
    _ places: [UInt64], of user: UInt64, among habit: LoginNovelty, _ feature: String
  ) -> Evidence {
    let distinct = Set(places)
    let weights = distinct.map(habit.weight).sorted()
    let mean = habit.mean(user)
    let bits = NegativeBinomial.surprise(weights.reduce(0, +), mean: mean, shape: shape)
    return Evidence(
      feature, contribution: min(bits, cap), actual: Double(distinct.count), typical: mean)
  }

  // MARK: Users who did not

  /// - Parameter rows: all of one source.
  func guessing(by rows: [LoginRow]) -> [LoginFinding] {
    guard let first = rows.first, !LoginRow.areStrangers(rows) else { return [] }
    // Who came from here before has a stale password stored.
    let unknown = rows.filter {
      !sources.isKnown(user: keyHash($0.user), place: $0.sourceSubject)
    }
    var all = FailedLogins()
    var busiest: (destination: String, failures: Int64) = ("", -1)
    for (destination, failed) in FailedLogins.byDestination(unknown) {
      all.formUnion(failed)
      if (failed.failures, busiest.destination) > (busiest.failures, destination) {
        busiest = (destination, failed.failures)
      }
    }
    return finding(
      all, at: first.source, peer: busiest.destination, .sourceUsers, .sourceFailures)
  }

  func guessing(at destination: String, _ logins: OutsideLogins) -> [LoginFinding] {
    guard isHost(destination), !inputs.isNew(destination) else { return [] }
    return finding(
      logins.all, at: destination, peer: logins.busiest.source, .destinationUsers,
      .destinationFailures)
  }

  private func finding(
    _ failed: FailedLogins, at host: String, peer: String, _ userKind: LoginHabit.Kind,
    _ failureKind: LoginHabit.Kind
  ) -> [LoginFinding] {
    let habits = inputs.state.loginHabits
    let users = Int64(failed.users.count)
    guard users >= leastUsers || failed.failures >= 4 * leastFailures else { return [] }
    let (userBits, userMean) = habits.surprise(users, userKind, of: host, shape: runShape)
    let (bits, mean) = habits.surprise(failed.failures, failureKind, of: host, shape: runShape)
    // Either way of counting the same attempts: the stranger one counts.
    let isSpray = userBits >= bits
    return [
      LoginFinding(
        host: host, time: failed.firstTime, peer: peer,
        [
          Evidence(
            isSpray ? "failing_users" : "failed_logins",
            contribution: min(max(userBits, bits), cap),
            actual: Double(isSpray ? users : failed.failures), typical: isSpray ? userMean : mean)
        ])
    ]
  }
}
