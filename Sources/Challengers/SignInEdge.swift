import Columnar
import Events
import Features

/// A user who got in somewhere on a day, as learned graphs take it: one edge to what was signed in
/// to, another to where the user came from, as far as these are the site's.
///
/// With both, a host whose users sign in to another is two steps from it.
package struct SignInEdge: Hashable, Sendable {
  /// Where the edge leads, seen from the sign-in.
  package enum End: Hashable, Sendable, CaseIterable { case destination, source }

  package let user: String
  package let host: String
  package let end: End
  /// Sign-ins that succeeded.
  package let successes: Float
  /// At which the first of them did, of the day's clock: 0 ..< 24
  package let hour: Int

  package init(user: String, host: String, end: End, successes: Float, hour: Int) {
    self.user = user
    self.host = host
    self.end = end
    self.successes = successes
    self.hour = hour
  }

  /// Those of `logins.arrow`, in its order. A name is the site's, as no address says otherwise.
  ///
  /// - Parameter isOwn: whether an address is the site's.
  package static func read(
    _ table: any BatchSource, clock: ClockHours, isOwn: (Address) -> Bool
  ) throws -> [SignInEdge] {
    var edges: [SignInEdge] = []
    try LoginRow.forEach(in: table) { row in
      guard row.successes > 0, !row.user.isEmpty else { return }
      let window = clock.window(of: row.firstSuccess ?? row.firstTime)
      func add(_ end: End, _ host: String) {
        edges.append(
          SignInEdge(
            user: row.user, host: host, end: end, successes: Float(row.successes),
            hour: window.map { clock.clockHours[$0] } ?? 0))
      }
      if Address(row.destination).map(isOwn) ?? !row.destination.isEmpty {
        add(.destination, row.destination)
      }
      if !row.isExternal, !row.source.isEmpty { add(.source, row.source) }
    }
    return edges
  }
}
