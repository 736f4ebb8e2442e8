/// The parts of a receiver's URL that decide whether it may be used.
package struct ReceiverURL: Sendable {
  /// In lower case.
  package let scheme: String
  /// Without brackets.
  package let host: String
  package let port: Int?

  /// Nil for what is no URL with a host.
  package init?(_ text: String) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    let halves = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty else { return nil }
    let authority = halves[1].prefix { !"/?#\\".contains($0) }
    // A user before the host would make the host look like another.
    guard !authority.contains("@") else { return nil }
    scheme = halves[0].lowercased()
    var rest = authority
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = String(authority[authority.index(after: authority.startIndex)..<end])
      rest = authority[authority.index(after: end)...]
    } else {
      host = String(authority.prefix { $0 != ":" })
      rest = authority.dropFirst(host.count)
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty {
      port = nil
    } else {
      guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65_535).contains(number)
      else { return nil }
      port = number
    }
  }

  package var isLoopback: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    return host == "localhost" || host == "::1" || (isIPv4 && parts.first == "127")
  }
}
