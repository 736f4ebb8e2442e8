import Columnar
import Events

/// What a list says is bad, and when.
package struct Indicator: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    /// An address, or a block of them.
    case network(Network)
    /// A domain with all names below it, in lower case.
    case domain(String)
    /// A JA3 or JA4 fingerprint of a TLS client, in lower case.
    case fingerprint(String)
  }
  package let value: Value
  /// Whether more was listed than the value: the host of a URL with a path has much else on it.
  package let isPart: Bool
  /// The list's file, without its folder.
  package let file: String
  /// The days on which it counts; nil for no bound.
  package let from: CivilDate?
  package let until: CivilDate?
  /// What the list says of it, in one line; empty where it says nothing.
  package let note: String

  package init(
    _ value: Value, isPart: Bool = false, file: String, from: CivilDate? = nil,
    until: CivilDate? = nil, note: String = ""
  ) {
    self.value = value
    self.isPart = isPart
    self.file = file
    self.from = from
    self.until = until
    self.note = note
  }

  /// The same of another value.
  package func with(_ value: Value) -> Indicator {
    Indicator(value, isPart: isPart, file: file, from: from, until: until, note: note)
  }

  /// Whether it was known, and not yet withdrawn, on a day.
  package func counts(on day: CivilDate) -> Bool {
    from.map { $0 <= day } ?? true && until.map { day <= $0 } ?? true
  }

  /// `203.0.113.7`, `198.51.100.0/24`, `evil.example`, or a fingerprint.
  package var text: String {
    switch value {
    case .network(let network):
      network.prefixLength == 128 ? network.address.description : network.description
    case .domain(let name): name
    case .fingerprint(let text): text
    }
  }

  /// `address`, `network`, `domain`, `url` for the host of one that has a path, or `fingerprint`.
  package var kind: String {
    switch value {
    case _ where isPart: "url"
    case .network(let network): network.prefixLength == 128 ? "address" : "network"
    case .domain: "domain"
    case .fingerprint: "fingerprint"
    }
  }

  /// `feed.csv, 2026-03-01`: who says so, and since when.
  package var origin: String { file + (from.map { ", \($0)" } ?? "") }
}

extension Indicator {
  /// Whether a list's entry is a URL with more than a host.
  static func isPart(_ written: String) -> Bool {
    guard let scheme = written.firstRange(of: "://") else { return false }
    let path = written[scheme.upperBound...].drop { $0 != "/" && $0 != "?" && $0 != "#" }
    return path.count > 1
  }
}

extension Indicator.Value {
  /// Reads an address, network, domain, URL or fingerprint as lists write them, with the usual ways
  /// of disarming (`hxxp`, `[.]`); nil for all else, hashes of files for instance.
  package init?(_ written: some StringProtocol) {
    var text = written.lowercased()
    if text.contains("[") {
      for (disarmed, plain) in [("[.]", "."), ("[:]", ":"), ("[dot]", ".")] {
        text = text.replacing(disarmed, with: plain)
      }
    }
    if let scheme = text.firstRange(of: "://") {
      text = String(text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" })
      if let at = text.lastIndex(of: "@") { text = String(text[text.index(after: at)...]) }
    }
    if let network = Network(text) {
      self = .network(network)
      return
    }
    text = Self.withoutPort(text)
    if let address = Network(text) {
      self = .network(address)
    } else if Self.isFingerprint(text) {
      self = .fingerprint(text)
    } else {
      while text.hasPrefix("*.") || text.hasPrefix(".") {
        text = String(text.drop { $0 == "*" }.dropFirst())
      }
      if text.hasSuffix(".") { text.removeLast() }
      guard Self.isDomain(text) else { return nil }
      self = .domain(text)
    }
  }

  private static func withoutPort(_ text: String) -> String {
    guard let colon = text.lastIndex(of: ":"),
      text[colon...].dropFirst().allSatisfy({ ("0"..."9").contains($0) })
    else { return text }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
    return host.contains(":") ? text : String(host)
  }

  /// 32 hexadecimal digits, or `t13d1516h2_8daaf6152771_b186095e22b6`.
  private static func isFingerprint(_ text: String) -> Bool {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    func isHex(_ part: Substring) -> Bool { part.allSatisfy(\.isHexDigit) }
    if parts.count == 1 { return text.utf8.count == 32 && isHex(parts[0]) }
    return parts.count == 3 && parts[0].utf8.count == 10 && "tqd".contains(parts[0].first ?? "-")
      && parts[1...].allSatisfy { $0.utf8.count == 12 && isHex($0) }
  }

  /// At least two labels, the last of them no number.
  private static func isDomain(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, text.utf8.count <= 253, let last = labels.last,
      !last.allSatisfy(\.isNumber)
    else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty && label.utf8.count <= 63
        && label.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
            || $0 >= 0x80
        }
    }
  }
}
