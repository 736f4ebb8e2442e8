import Columnar

extension Column {
  /// The value of a row as text, as format files, reports and CSV show it; nil for null.
  package func text(_ row: Int) -> String? {
    switch type {
    case .uint8: Values<UInt8>(self)[row].map { "\($0)" }
    case .uint16: Values<UInt16>(self)[row].map { "\($0)" }
    case .uint32: Values<UInt32>(self)[row].map { "\($0)" }
    case .uint64: Values<UInt64>(self)[row].map { "\($0)" }
    case .int32: Values<Int32>(self)[row].map { "\($0)" }
    case .int64: Values<Int64>(self)[row].map { "\($0)" }
    case .float32: Values<Float>(self)[row].map { "\($0)" }
    case .float64: Values<Double>(self)[row].map { "\($0)" }
    case .bool: Flags(self)[row].map { "\($0)" }
    case .timestamp: Values<Instant>(self)[row].map { $0.isoText }
    case .address: Values<Address>(self)[row].map { "\($0)" }
    case .utf8: Strings(self)[row]
    case .dictionaryOfStrings: Coded<Strings>(self)[row]
    case .dictionaryOfAddresses:
      Coded<Values<Address>>(self).codes[row].map {
        "\(Coded<Values<Address>>(self).symbols.value(Int($0)))"
      }
    }
  }
}

extension Instant {
  /// `2026-03-29T01:00:00Z`, with as many digits of the second's fraction as it has.
  package var isoText: String {
    let dayMicroseconds: Int64 = 86_400_000_000
    let day = microseconds.flooredQuotient(by: dayMicroseconds)
    // Without a product that the earliest instants would overflow.
    let remainder = microseconds % dayMicroseconds
    let rest = remainder < 0 ? remainder + dayMicroseconds : remainder
    let seconds = Int(rest / 1_000_000)
    var fraction = pad(Int(rest % 1_000_000), 6)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(CivilDate(dayNumber: Int(day)))T\(pad(seconds / 3600, 2)):"
      + "\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
      + (fraction.isEmpty ? "" : "." + fraction) + "Z"
  }
}
