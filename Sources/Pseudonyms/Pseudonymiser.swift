import Columnar
import Cryptography
import Events
import FoundationEssentials

/// Replaces addresses and names by others that keep what detection needs, by a site's key.
package struct Pseudonymiser: Sendable {
  package let method: PrefixCipher.Method?
  package let hidesNames: Bool
  /// Of the key.
  package let fingerprint: String
  private let cipher: PrefixCipher?
  private let names: NamePseudonyms
  private let digestKey: SecretKey

  /// Blocks that stay in their place: detectors judge by them, and no address may come into them or
  /// out. IPv6 addresses stay clear of those that stand for IPv4 addresses.
  private static let keptBlocks =
    Network.reserved + [Network(address: Address(ipv4: 0), prefixLength: 96)]

  /// Addresses that identify nobody: "this network", loopback, IPv4's link-local, multicast and
  /// broadcast. IPv6's link-local addresses hold what devices are known by.
  private static let untouched = [
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "ff00::/8",
  ].compactMap { Network($0) }

  /// - Parameter method: of addresses; nil where they stay.
  package init(_ key: PseudonymKey, addresses method: PrefixCipher.Method?, hidesNames: Bool)
    throws
  {
    self.method = method
    self.hidesNames = hidesNames
    fingerprint = key.fingerprint
    cipher = try method.map { method in
      try PrefixCipher(
        method, key: key.derived(for: "addresses").bytes, keeping: Pseudonymiser.keptBlocks)
    }
    names = NamePseudonyms(key: key.derived(for: "names"))
    digestKey = key.derived(for: "digests")
  }

  package func address(_ address: Address) -> Address {
    guard let cipher, !Pseudonymiser.isUntouched(address) else { return address }
    return cipher.encrypt(address)
  }

  /// The address behind a pseudonym.
  package func original(_ address: Address) -> Address {
    guard let cipher, !Pseudonymiser.isUntouched(address) else { return address }
    return cipher.decrypt(address)
  }

  /// The block of the same length that holds the pseudonyms of a block's addresses.
  package func network(_ network: Network) -> Network {
    let address = address(network.address)
    func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : bits >= 64 ? ~0 : ~0 << UInt64(64 - bits) }
    return Network(
      address: Address(
        high: address.high & mask(network.prefixLength),
        low: address.low & mask(network.prefixLength - 64)),
      prefixLength: network.prefixLength)
  }

  /// A name of a host, which may be an address.
  package func host(_ text: String) -> String {
    if let address = Address(text) { return self.address(address).description }
    return hidesNames ? names.name(text, .host) : text
  }

  package func user(_ text: String) -> String { hidesNames ? names.user(text) : text }

  func domain(_ text: String) -> String { names.domain(text) }
  func device(_ text: String) -> String { names.name(text.lowercased(), .device) }

  /// 32 hexadecimal digits that stand for a text.
  package func digest(_ text: UnsafeRawBufferPointer) -> String {
    hexadecimal(digestKey.authenticationCode(of: Array(text)).prefix(16))
  }

  private static func isUntouched(_ address: Address) -> Bool {
    untouched.contains { $0.contains(address) }
  }
}
