/// How bad it would be if it is what it looks like. Higher cases compare as greater.
package enum Severity: Int, Comparable, CaseIterable, Sendable, CustomStringConvertible {
  case info, low, medium, high, critical

  package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

  package var description: String {
    switch self {
    case .info: "info"
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }

  /// All of them, for messages: "info, low, medium, high, critical".
  package static var names: String { allCases.map(\.description).joined(separator: ", ") }

  package init?(name: String) {
    guard let severity = Severity.allCases.first(where: { $0.description == name }) else {
      return nil
    }
    self = severity
  }
}
