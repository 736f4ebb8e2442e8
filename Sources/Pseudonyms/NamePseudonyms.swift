import Cryptography
import Events
import FoundationEssentials

/// Replaces names of people, domains, hosts and devices by the first 64 bits of an HMAC-SHA-256, as
/// `user-3f2a9c0d11e2b4a7`. They can't be turned back.
struct NamePseudonyms: Sendable {
  /// What a name is of; the same text has another pseudonym for each.
  enum Kind: String {
    case user, domain, host
    case device = "mac"
  }

  private let key: SecretKey

  init(key: SecretKey) { self.key = key }

  func name(_ text: some StringProtocol, _ kind: Kind) -> String {
    let code = key.authenticationCode(of: Array("\(kind.rawValue) \(text)".utf8))
    return "\(kind.rawValue)-\(hexadecimal(code.prefix(8)))"
  }

  /// A user's name, with its domain apart in whichever way it is written: `domain-…\user-…`,
  /// `user-…@domain-…`. Letters count as lower case, as they do where sign-ins are compared.
  /// Accounts of operating systems stay, and accounts of machines keep the `$` by which they are
  /// known.
  func user(_ text: String) -> String {
    var parts = folded(text).split(separator: "\\", omittingEmptySubsequences: false)
    let account = parts.removeLast()
    return (parts.map { domain($0) } + [self.account(account)]).joined(separator: "\\")
  }

  func domain(_ text: some StringProtocol) -> String {
    text.isEmpty || text == "-" ? String(text) : name(folded(text), .domain)
  }

  private func folded(_ text: some StringProtocol) -> String {
    String(decoding: text.utf8.map(\.lowercased), as: UTF8.self)
  }

  private func account(_ text: Substring) -> String {
    guard !text.isEmpty, !SystemAccount.isOne(String(text)) else { return String(text) }
    let name = text.prefix { $0 != "@" }
    let realm =
      name.endIndex < text.endIndex ? "@" + domain(text[name.endIndex...].dropFirst()) : ""
    if name.last == "$" { return self.name(name.dropLast(), .host) + "$" + realm }
    return (name.isEmpty ? "" : self.name(name, .user)) + realm
  }
}

extension UInt8 {
  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
