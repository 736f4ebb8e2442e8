import Events

extension Site {
  /// A `[[people]]`: what a person may do with incidents.
  package struct Person: Sendable {
    /// What `triage` lets people do.
    package enum Permission: String, CaseIterable, Sendable {
      /// List and show incidents, try rules.
      case view
      /// Acknowledge, assign, note, and say what an incident turned out to be.
      case label
      /// Make and revoke rules that suppress.
      case suppress
      /// Close and reopen.
      case close
      /// Approve rules that close without asking and the isolation of critical assets; hold,
      /// release, prune.
      case approve
    }

    /// As the system's account is called.
    package let name: String
    package let permissions: Set<Permission>

    init(_ table: TOMLReader) throws {
      name = try table.required("name", example: "\"anna\"")
      let stated = try table.strings("may") ?? []
      permissions = Set(
        try stated.map { text in
          guard let permission = Permission(rawValue: text) else {
            throw table.fail(
              "may",
              "expected " + Permission.allCases.map(\.rawValue).joined(separator: ", ")
                + ", found \"\(text)\"")
          }
          return permission
        })
      guard !permissions.isEmpty else {
        throw table.fail("may", "missing, expected for instance may = [\"view\", \"label\"]")
      }
      try table.finish()
    }
  }

  /// A `[[review]]`: who looks at incidents of a severity, by when, and who hears of it when nobody
  /// did.
  package struct Review: Sendable {
    package let severity: Severity
    package let reviewer: String
    /// Hours after the end of the day on which an incident was first asked about.
    package let dueHours: Int
    package let escalatesTo: String?

    init(_ table: TOMLReader) throws {
      guard let severity = try Site.severity(table, "severity") else {
        throw table.fail("severity", "missing, expected for instance severity = \"high\"")
      }
      self.severity = severity
      reviewer = try table.required("reviewer", example: "\"anna\"")
      dueHours = try table.int("due_hours") ?? 24
      escalatesTo = try table.string("escalate_to")
      try table.finish()
      guard (1...8760).contains(dueHours) else {
        throw table.fail("due_hours", "expected 1 to 8760, found \(dueHours)")
      }
    }
  }

  /// The severity that a key names; nil where it is not there.
  static func severity(_ table: TOMLReader, _ key: String) throws -> Severity? {
    try table.string(key).map { text in
      guard let severity = Severity(name: text) else {
        throw table.fail(key, "expected one of \(Severity.names), found \"\(text)\"")
      }
      return severity
    }
  }

  /// What a person may do: everything where the site file names no people.
  package func permissions(of name: String) -> Set<Person.Permission> {
    guard !people.isEmpty else { return Set(Person.Permission.allCases) }
    return people.first { $0.name == name }?.permissions ?? []
  }
}
