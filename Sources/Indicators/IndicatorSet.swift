import Columnar
import Events

/// Indicators to look things up in.
package struct IndicatorSet: Sendable {
  /// In the order of the lists; of the same value the first.
  package let indicators: [Indicator]
  /// By the length of their prefixes, longest first.
  private var networks: [(length: Int, indices: [Network: Int])] = []
  /// By the hash of their letters from the last to the first.
  private var domains: [UInt64: Int] = [:]
  private var fingerprints: [String: Int] = [:]

  /// Those that count on a day.
  package init(_ all: [Indicator], on day: CivilDate) {
    self.init(all.filter { $0.counts(on: day) })
  }

  /// All of them, whenever they count.
  package init(_ all: [Indicator]) {
    var byLength: [Int: [Network: Int]] = [:]
    var indicators: [Indicator] = []
    for indicator in all {
      let index = indicators.count
      switch indicator.value {
      case .network(let network):
        let key = network.masked(network.address)
        guard byLength[network.prefixLength]?[key] == nil else { continue }
        byLength[network.prefixLength, default: [:]][key] = index
      case .domain(let name):
        let hash = name.utf8.reversed().reduce(ReversedHash()) { $0.appending($1) }.value
        guard domains[hash] == nil else { continue }
        domains[hash] = index
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

  package var hasDomains: Bool { !domains.isEmpty }
  package var hasFingerprints: Bool { !fingerprints.isEmpty }

  /// The place of a domain: the name itself, or the nearest one above it. O(length of the name).
  package func index(ofName name: UnsafeRawBufferPointer) -> Int? {
    let end = name.last == UInt8(ascii: ".") ? name.count - 1 : name.count
    var hash = ReversedHash()
    var nearest: Int?
    for start in stride(from: end - 1, through: 0, by: -1) {
      hash = hash.appending(name[start])
      guard start == 0 || name[start - 1] == UInt8(ascii: "."), let index = domains[hash.value],
        indicators[index].isDomain(name[start..<end])
      else { continue }
      nearest = index
    }
    return nearest
  }

  package func index(ofFingerprint text: String) -> Int? {
    fingerprints.isEmpty ? nil : fingerprints[text.lowercased()]
  }
}

/// FNV-1a of 64 bits over letters in lower case.
private struct ReversedHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  func appending(_ byte: UInt8) -> ReversedHash {
    var next = self
    next.value = (value ^ UInt64(byte.lowercased)) &* 0x100_0000_01B3
    return next
  }
}

extension UInt8 {
  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension Indicator {
  fileprivate func isDomain(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard case .domain(let domain) = value else { return false }
    return domain.utf8.elementsEqual(name.lazy.map(\.lowercased))
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
