import Columnar
import Events

/// A row of `logins.arrow`.
package struct LoginRow: Sendable {
  package let source: String
  package let isExternal: Bool
  package let destination: String
  package let user: String
  package let device: String
  package let successes: Int64
  package let failures: Int64
  package let longestRun: Int64
  package let firstTime: Instant
  /// Of a success or a failure.
  package let lastTime: Instant
  package let firstSuccess: Instant?

  /// What the user's habit of sources is counted over: the host, or outside the network of the
  /// address, since providers give people new addresses.
  package var sourceSubject: UInt64 {
    guard isExternal else { return keyHash(source) }
    var text = source
    return text.withUTF8 { Subject.network(UnsafeRawBufferPointer($0)) } ?? keyHash(source)
  }

  /// Whether a source, of which these are all rows, is no host of the site: an outside address, or
  /// a name that a client gave itself and never got in by.
  package static func areStrangers(_ rows: [LoginRow]) -> Bool {
    guard let first = rows.first else { return false }
    if first.isExternal { return true }
    return Address(first.source) == nil && rows.allSatisfy { $0.successes == 0 }
  }

  /// Calls `body` with each row in order.
  package static func forEach(
    in table: any BatchSource, _ body: (LoginRow) throws -> Void
  ) throws {
    try table.forEachBatch { batch in
      let (source, isExternal) = (batch[Login.source], batch[Login.isExternal])
      let (destination, user) = (batch[Login.destination], batch[Login.user])
      let (device, run) = (batch[Login.device], batch[Login.longestRun])
      let (successes, failures) = (batch[Login.successes], batch[Login.failures])
      let (first, success) = (batch[Login.firstTime], batch[Login.firstSuccess])
      let last = batch[Login.lastTime]
      for row in 0..<batch.rowCount {
        try body(
          LoginRow(
            source: source[row] ?? "", isExternal: isExternal[row] ?? false,
            destination: destination[row] ?? "", user: user[row] ?? "", device: device[row] ?? "",
            successes: successes.value(row), failures: failures.value(row),
            longestRun: run.value(row), firstTime: first.value(row), lastTime: last.value(row),
            firstSuccess: success[row]))
      }
    }
  }

  /// Calls `body` with the rows of each source, in order.
  package static func forEachSource(
    in table: any BatchSource, _ body: ([LoginRow]) throws -> Void
  ) throws {
    var rows: [LoginRow] = []
    try forEach(in: table) { row in
      if let last = rows.last, last.source != row.source {
        try body(rows)
        rows.removeAll(keepingCapacity: true)
      }
      rows.append(row)
    }
    if !rows.isEmpty { try body(rows) }
  }
}

/// Users who failed to sign in on a day, and never got in.
package struct FailedLogins: Sendable {
  package private(set) var users: Set<UInt64> = []
  package private(set) var failures: Int64 = 0
  package private(set) var firstTime = Instant(microseconds: .max)

  package init() {}

  /// Takes a row of a user who did not get in from the same source.
  package mutating func add(_ row: LoginRow) {
    users.insert(keyHash(row.user))
    failures += row.failures
    firstTime = min(firstTime, row.firstTime)
  }

  package mutating func formUnion(_ other: FailedLogins) {
    users.formUnion(other.users)
    failures += other.failures
    firstTime = min(firstTime, other.firstTime)
  }

  /// By destination, from the rows of one source.
  ///
  /// Where a log names nobody, one who got in says nothing of those who failed.
  package static func byDestination(_ rows: [LoginRow]) -> [String: FailedLogins] {
    var admitted: Set<String> = []
    for row in rows where row.successes > 0 && !row.user.isEmpty { admitted.insert(row.user) }
    var failed: [String: FailedLogins] = [:]
    for row in rows where row.failures > 0 && !admitted.contains(row.user) {
      failed[row.destination, default: FailedLogins()].add(row)
    }
    return failed
  }
}
