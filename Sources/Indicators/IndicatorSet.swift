import Columnar
import Events

/// The indicators that count on a day, to look things up in.
package struct IndicatorSet: Sendable {
  /// In the order of the lists; of the same value the first.
  package let indicators: [Indicator]
  /// By the length of their prefixes, longest first.
  private var networks: [(length: Int, indices: [Network: Int])] = []
  private var domains: [String: Int] = [:]
  private var fingerprints: [String: Int] = [:]

  package init(_ all: [Indicator], on day: CivilDate) {
    var byLength: [Int: [Network: Int]] = [:]
    var indicators: [Indicator] = []
    for indicator in all where indicator.counts(on: day) {
      let index = indicators.count
      switch indicator.value {
      case .network(let network):
        let key = network.masked(network.address)
        guard byLength[network.prefixLength]?[key] == nil else { continue }
        byLength[network.prefixLength, default: [:]][key] = index
      case .domain(let name):
        guard domains[name] == nil else { continue }
        domains[name] = index
      case .fingerprint(let text):
        guard fingerprints[text] == nil else { continue }
        fingerprints[text] = index
      }
      indicators.append(indicator)
    }
    self.indicators = indicators
    networks = byLength.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
  }

  /// All that decides what is found.
  package var text: String {
    indicators.map { "\($0.text) \($0.origin)" }.joined(separator: "\n")
  }

  /// The place of the narrowest network that holds an address.
  package func index(of address: Address) -> Int? {
    for (length, indices) in networks {
      if let index = indices[Network(address, prefixLength: length)] { return index }
    }
    return nil
  }

  /// The place of a domain: the name itself, or the nearest one above it.
  package func index(ofName name: String) -> Int? {
    guard !domains.isEmpty else { return nil }
    var rest = name.lowercased()[...]
    if rest.hasSuffix(".") { rest.removeLast() }
    while true {
      if let index = domains[String(rest)] { return index }
      guard let dot = rest.firstIndex(of: ".") else { return nil }
      rest = rest[rest.index(after: dot)...]
    }
  }

  package func index(ofFingerprint text: String) -> Int? {
    fingerprints.isEmpty ? nil : fingerprints[text.lowercased()]
  }
}

extension Network {
  fileprivate func masked(_ address: Address) -> Network {
    Network(address, prefixLength: prefixLength)
  }

  /// The network of that length that holds an address.
  fileprivate init(_ address: Address, prefixLength: Int) {
    func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : bits >= 64 ? ~0 : ~0 << UInt64(64 - bits) }
    self.init(
      address: Address(
        high: address.high & mask(prefixLength), low: address.low & mask(prefixLength - 64)),
      prefixLength: prefixLength)
  }
}
