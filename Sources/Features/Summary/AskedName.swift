/// Normalises names that were asked for: lower case (ASCII), no dot at the end.
struct AskedName {
  private var bytes: [UInt8] = []

  /// Suffixes under which anyone may register a name, and which themselves have two labels: the
  /// common ones, not the whole Public Suffix List.
  private static let secondLevels: Set<String> = [
    "ac", "co", "com", "edu", "gov", "mil", "net", "ne", "nom", "or", "org",
  ]

  /// Calls `body` with a name's registered domain, as far as its form tells: the last two labels,
  /// or three where the last two look like a public suffix (`co.uk`, `com.br`: a label of the
  /// list above before a country's two letters, or before `example`, which stands for one).
  mutating func withDomain<Result>(
    of name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    withParts(of: name) { domain, _ in body(domain) }
  }

  /// The same, with the labels below the domain and the dots behind them.
  mutating func withParts<Result>(
    of name: UnsafeRawBufferPointer,
    _ body: (_ domain: UnsafeRawBufferPointer, _ below: UnsafeRawBufferPointer) -> Result
  ) -> Result {
    normalise(name)
    let start = domainStart
    return bytes.withUnsafeBytes {
      body(
        UnsafeRawBufferPointer(rebasing: $0[start...]),
        UnsafeRawBufferPointer(rebasing: $0[..<start]))
    }
  }

  private var domainStart: Int {
    let dots = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }
    guard dots.count >= 2 else { return 0 }
    let (last, second) = (dots[dots.count - 1], dots[dots.count - 2])
    let top = bytes[(last + 1)...]
    let isPublic =
      (top.count == 2 || top.elementsEqual("example".utf8))
      && AskedName.secondLevels.contains(
        String(decoding: bytes[(second + 1)..<last], as: UTF8.self))
    if !isPublic { return second + 1 }
    return dots.count >= 3 ? dots[dots.count - 3] + 1 : 0
  }

  /// Calls `body` with the host of a `Host` header, without its port and an address's brackets.
  mutating func withHost<Result>(
    of name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    var end = name.count
    while end > 0 && (0x30...0x39).contains(name[end - 1]) { end -= 1 }
    let isPort = end > 1 && end < name.count && name[end - 1] == UInt8(ascii: ":")
    let host = isPort ? UnsafeRawBufferPointer(rebasing: name[..<(end - 1)]) : name
    if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]"), host.count > 2 {
      normalise(UnsafeRawBufferPointer(rebasing: host[1..<(host.count - 1)]))
    } else {
      // A colon that is left is part of an IPv6 address without a port.
      normalise(host.contains(UInt8(ascii: ":")) ? name : host)
    }
    return bytes.withUnsafeBytes { body($0) }
  }

  /// A hash of the whole name, the same for all spellings.
  mutating func element(of name: UnsafeRawBufferPointer) -> UInt64 {
    normalise(name)
    return bytes.withUnsafeBytes { stableHash($0) }
  }

  private mutating func normalise(_ name: UnsafeRawBufferPointer) {
    bytes.removeAll(keepingCapacity: true)
    for byte in name { bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) }
    if bytes.count > 1 && bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
  }
}
