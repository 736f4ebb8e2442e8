import Columnar
import Events

/// Finds addresses in texts that may hold some.
enum AddressText {
  /// Replaces all addresses in a text: words that are one, with a port or marks behind them too,
  /// and the ends of ranges.
  static func replace(
    in text: String, _ convert: (Address) -> Address
  ) -> String {
    guard text.utf8.contains(where: { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ":") })
    else { return text }
    var replaced = ""
    var rest = text[...]
    while let first = rest.first {
      let isWord = belongsToWord(first)
      let run = rest.prefix { belongsToWord($0) == isWord }
      replaced += isWord ? word(run, convert) : String(run)
      rest = rest[run.endIndex...]
    }
    return replaced
  }

  private static func belongsToWord(_ character: Character) -> Bool {
    character.isASCII
      && (character.isLetter || character.isNumber || ".:_-".contains(character))
  }

  private static func word(
    _ word: Substring, _ convert: (Address) -> Address
  ) -> String {
    let lowered = word.lowercased()
    if lowered.hasSuffix(".arpa") || lowered.hasSuffix(".arpa.") {
      return replace(inName: String(word), convert)
    }
    var body = word
    while true {
      if let address = Address(String(body)) {
        return convert(address).description + word[body.endIndex...]
      }
      guard let last = body.last, ".:".contains(last) else { break }
      body = body.dropLast()
    }
    // A port behind a dot, or a name and a colon before an address.
    if let dot = body.lastIndex(of: "."), !body[dot...].dropFirst().isEmpty,
      body[dot...].dropFirst().allSatisfy(\.isNumber), let address = Address(String(body[..<dot]))
    {
      return convert(address).description + word[dot...]
    }
    for colon in body.indices where body[colon] == ":" {
      let behind = body[body.index(after: colon)...]
      if behind.contains(":"), let address = Address(String(behind)) {
        return self.word(body[..<colon], convert) + ":" + convert(address).description
          + word[body.endIndex...]
      }
    }
    for separator in ["-", "_", ":"] as [Character] where body.contains(separator) {
      return body.split(separator: separator, omittingEmptySubsequences: false)
        .map { self.word($0, convert) }.joined(separator: String(separator))
        + word[body.endIndex...]
    }
    return String(word)
  }

  /// Replaces the address in a name that asks for an address's own name (`7.0.0.10.in-addr.arpa`,
  /// RFC 1035 §3.5 and RFC 3596 §2.5), or the leading part of one that the name holds.
  static func replace(
    inName name: String, _ convert: (Address) -> Address
  ) -> String {
    let lowered = name.lowercased()
    for (ending, isIPv4) in [(".in-addr.arpa", true), (".ip6.arpa", false)] {
      for tail in [ending, ending + "."] where lowered.hasSuffix(tail) {
        let labels = lowered.dropLast(tail.count).split(
          separator: ".", omittingEmptySubsequences: false)
        // What stands before the address, as of a service or of a part of a network (RFC 2317),
        // stays unless it holds numbers of its own.
        let behind = labels.reversed().prefix { isPart($0, isIPv4: isIPv4) }.prefix(isIPv4 ? 4 : 32)
        guard let address = address(labels: Array(behind), isIPv4: isIPv4) else { return name }
        let before = labels.dropLast(behind.count).map { $0.contains(where: \.isNumber) ? "x" : $0 }
        return
          (before.map(String.init)
          + (self.labels(convert(address), count: behind.count, isIPv4: isIPv4).reversed()))
          .joined(separator: ".") + tail
      }
    }
    let address = name.hasSuffix(".") ? name.dropLast() : name[...]
    return Address(String(address)).map {
      convert($0).description + name[address.endIndex...]
    }
      ?? name
  }

  private static func isPart(_ label: Substring, isIPv4: Bool) -> Bool {
    isIPv4 ? UInt8(label, radix: 10) != nil : label.count == 1 && UInt8(label, radix: 16) != nil
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
