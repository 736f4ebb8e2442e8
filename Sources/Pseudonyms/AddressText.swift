import Columnar
import Events

/// Finds addresses in texts that may hold some.
enum AddressText {
  /// Replaces all addresses in a text: words that are one, with a port or a dot behind them too.
  static func replace(
    in text: String, _ convert: (Address) throws -> Address
  ) rethrows -> String {
    guard text.utf8.contains(where: { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ":") })
    else { return text }
    var replaced = ""
    var rest = text[...]
    while let first = rest.first {
      let isWord = belongsToWord(first)
      let run = rest.prefix { belongsToWord($0) == isWord }
      replaced += isWord ? try word(run, convert) : String(run)
      rest = rest[run.endIndex...]
    }
    return replaced
  }

  private static func belongsToWord(_ character: Character) -> Bool {
    character.isASCII
      && (character.isLetter || character.isNumber || ".:_-".contains(character))
  }

  private static func word(
    _ word: Substring, _ convert: (Address) throws -> Address
  ) rethrows -> String {
    if let address = Address(String(word)) { return try convert(address).description }
    return try word.split(separator: ":", omittingEmptySubsequences: false).map { part in
      let text = part.hasSuffix(".") ? part.dropLast() : part
      guard let address = Address(String(text)) else { return String(part) }
      return try convert(address).description + part[text.endIndex...]
    }.joined(separator: ":")
  }

  /// Replaces the address in a name that asks for an address's own name (`7.0.0.10.in-addr.arpa`, RFC
  /// 1035 §3.5 and RFC 3596 §2.5), or the leading part of one that the name holds.
  static func replace(
    inName name: String, _ convert: (Address) throws -> Address
  ) rethrows -> String {
    let lowered = name.lowercased()
    for (ending, isIPv4) in [(".in-addr.arpa", true), (".ip6.arpa", false)] {
      for tail in [ending, ending + "."] where lowered.hasSuffix(tail) {
        let labels = lowered.dropLast(tail.count).split(
          separator: ".", omittingEmptySubsequences: false)
        guard let address = address(labels: labels.reversed(), isIPv4: isIPv4) else { return name }
        return try self.labels(convert(address), count: labels.count, isIPv4: isIPv4)
          .reversed().joined(separator: ".") + tail
      }
    }
    return try Address(name).map { try convert($0).description } ?? name
  }

  /// From the labels of its leading bytes or hexadecimal digits, zeros behind.
  private static func address(labels: [Substring], isIPv4: Bool) -> Address? {
    let values = labels.compactMap { (label: Substring) -> UInt8? in
      if isIPv4 { return UInt8(label, radix: 10) }
      return label.count == 1 ? UInt8(label, radix: 16) : nil
    }
    let most = isIPv4 ? 4 : 32
    guard values.count == labels.count, (1...most).contains(values.count) else { return nil }
    let bits = isIPv4 ? 8 : 4
    let known = values.reduce(UInt128(0)) { $0 << UInt128(bits) | UInt128($1) }
    let number = known << UInt128(bits * (most - values.count))
    return isIPv4
      ? Address(ipv4: UInt32(number))
      : Address(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number))
  }

  private static func labels(_ address: Address, count: Int, isIPv4: Bool) -> [String] {
    let number = UInt128(address.high) << 64 | UInt128(address.low)
    return (0..<count).map { (index: Int) -> String in
      let shift = UInt128(isIPv4 ? 24 - 8 * index : 124 - 4 * index)
      let part = UInt8(truncatingIfNeeded: number >> shift)
      return isIPv4 ? String(part) : String(part & 15, radix: 16)
    }
  }
}
