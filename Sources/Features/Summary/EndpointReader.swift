import Columnar
import Events

/// The site's networks as masks, for a look at every row.
struct SiteMasks: Sendable {
  private struct Mask {
    let high, highValue, low, lowValue: UInt64
  }
  private let masks: [Mask]

  init(_ networks: SiteNetworks) {
    masks = networks.networks.map { network in
      let high = SiteMasks.mask(network.prefixLength)
      let low = SiteMasks.mask(network.prefixLength - 64)
      return Mask(
        high: high, highValue: network.address.high & high, low: low,
        lowValue: network.address.low & low)
    }
  }

  private static func mask(_ bits: Int) -> UInt64 {
    bits <= 0 ? 0 : bits >= 64 ? .max : .max << UInt64(64 - bits)
  }

  @inline(__always) func contains(_ address: Address) -> Bool {
    let (high, low) = (address.high, address.low)
    for mask in masks where high & mask.high == mask.highValue && low & mask.low == mask.lowValue {
      return true
    }
    return false
  }

  /// The endpoint that a text names: an address where it is one, else a name, which must stay
  /// where it is while the endpoint is used.
  func endpoint(named text: UnsafeRawBufferPointer) -> Endpoint {
    let last = text.last ?? 0
    // An IPv4 address ends in a digit, an IPv6 address has a colon near its end.
    let mayBeAddress =
      (0x30...0x39).contains(last) || text.suffix(5).contains(UInt8(ascii: ":"))
    if mayBeAddress, let address = Address(parsing: text) {
      return Endpoint(address, contains(address) ? .inside : .outside)
    }
    return Endpoint(name: text)
  }
}

/// Reads one end of each row of a batch: its address, or where it has none, its host's name.
struct EndpointReader {
  private let addresses: Values<Address>
  private let hosts: Event.Text?
  private let masks: SiteMasks
  private let crowd: Crowd?
  private let crowdKind: Endpoint.Kind

  /// Those of a crowd count as outside.
  init(sourcesOf batch: Batch, _ context: ReadingContext) {
    self.init(
      batch, address: Event.sourceAddress, host: Event.sourceHost, context, crowdKind: .outside)
  }

  /// Those of a crowd are told apart from the Internet, as they are what somebody sweeps.
  init(destinationsOf batch: Batch, _ context: ReadingContext) {
    self.init(
      batch, address: Event.destinationAddress, host: Event.destinationHost, context,
      crowdKind: .crowd)
  }

  private init(
    _ batch: Batch, address: ColumnKey<Values<Address>>, host: ColumnKey<Event.Text>,
    _ context: ReadingContext, crowdKind: Endpoint.Kind
  ) {
    addresses = batch[address]
    hosts = batch.hasColumn(host) ? batch[host] : nil
    (masks, crowd) = (context.masks, context.crowd)
    self.crowdKind = crowdKind
  }

  /// The endpoint of a row. A name is valid while the batch lives.
  @inline(__always) subscript(row: Int) -> Endpoint {
    if addresses.validity[row] {
      let address = addresses.value(row)
      return Endpoint(address, masks.contains(address) ? kindInside(address) : .outside)
    }
    guard let hosts else { return .unknown }
    let named = masks.endpoint(named: hosts.bytes(row))
    return named.kind == .inside ? Endpoint(named.address, kindInside(named.address)) : named
  }

  /// Of an address within the site's networks.
  @inline(__always) private func kindInside(_ address: Address) -> Endpoint.Kind {
    crowd?.contains(address) == true ? crowdKind : .inside
  }
}
