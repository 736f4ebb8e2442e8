/// Accounts of operating systems, which are nobody's; names in lower case, without their domain.
package enum SystemAccount {
  private static let names: Set<String> = [
    "-", "anonymous logon", "system", "local service", "network service", "iusr",
  ]
  /// Those of Windows' display, with a session's number behind.
  private static let prefixes = ["dwm-", "umfd-"]

  package static func isOne(_ name: String) -> Bool {
    names.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }
}
