import FoundationEssentials

/// The members of JSON objects, whatever they are of.
enum JSONMembers {
  /// The paths of all members that are not null: `act.suppress.scope.entity`. Items of a list have
  /// that of the list.
  static func paths(of text: String) throws -> Set<String> {
    var paths: Set<String> = []
    try JSONDecoder().decode(Tree.self, from: Data(text.utf8)).add(to: &paths, "")
    return paths
  }

  /// What a decoder found wrong, with the member's path.
  static func reason(_ error: any Error) -> String {
    func text(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      let path = (context.codingPath + [key].compactMap(\.self)).map(\.stringValue)
      return path.isEmpty ? "" : path.joined(separator: ".") + ": "
    }
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .keyNotFound(let key, let context): return text(context, key) + "missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      return text(context) + context.debugDescription
    @unknown default: return "\(error)"
    }
  }

  private enum Tree: Decodable {
    case object([String: Tree])
    case list([Tree])
    case null
    case value

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let members = try? container.decode([String: Tree].self) {
        self = .object(members)
      } else if let items = try? container.decode([Tree].self) {
        self = .list(items)
      } else {
        self = .value
      }
    }

    func add(to paths: inout Set<String>, _ path: String) {
      switch self {
      case .object(let members):
        for (name, member) in members {
          if case .null = member { continue }
          let path = path.isEmpty ? name : "\(path).\(name)"
          paths.insert(path)
          member.add(to: &paths, path)
        }
      case .list(let items): for item in items { item.add(to: &paths, path) }
      case .null, .value: break
      }
    }
  }
}
