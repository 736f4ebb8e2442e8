/// What learned graphs have numbers for. A user and a host of the same name are two.
package enum GraphNode: Hashable, Sendable {
  /// As `edges.arrow` and `logins.arrow` name it.
  case host(String)
  /// As `logins.arrow` names it.
  case user(String)

  package var name: String {
    switch self {
    case .host(let name), .user(let name): name
    }
  }

  package var isUser: Bool {
    switch self {
    case .host: false
    case .user: true
    }
  }
}
