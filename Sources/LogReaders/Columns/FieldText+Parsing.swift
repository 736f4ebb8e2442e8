import Columnar
import Events

/// The numbers, addresses and flags that a field's text stands for. Nothing here depends on what
/// follows the text: bytes beyond its end are masked or not looked at.
extension FieldText {
  /// Decimal digits only; nil for anything else and above 2^63 − 1.
  @inline(__always) var unsigned: UInt64? {
    mayBeShort ? FieldText.number(firstWord, count) : longUnsigned
  }

  /// The same for one to eight digits alone.
  @inline(__always) var shortUnsigned: UInt64? {
    mayBeShort ? FieldText.number(firstWord, count) : nil
  }

  /// Whether there are one to eight bytes.
  @inline(__always) private var mayBeShort: Bool { UInt(bitPattern: count &- 1) < 8 }

  /// The first eight bytes, whatever lies behind the end.
  @inline(__always) private var firstWord: UInt64 {
    UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
  }

  /// The number that a word's `count` lowest bytes are the digits of, one to eight: they are moved
  /// to its high bytes, and neighbours are added up pairwise.
  @inline(__always) private static func number(_ word: UInt64, _ count: Int) -> UInt64? {
    let shift = UInt64(64 &- 8 &* count)
    let digits = (word ^ 0x3030_3030_3030_3030) &<< shift
    guard ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0 else {
      return nil
    }
    let pairs = ((digits &* 2561) &>> 8) & 0x00FF_00FF_00FF_00FF
    let fours = ((pairs &* 6_553_601) &>> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 42_949_672_960_001) &>> 32
  }

  /// The same digit by digit: the reference for one word.
  var longUnsigned: UInt64? {
    guard count > 0, count <= 19 else { return nil }
    var value: UInt64 = 0
    for index in 0..<count {
      let digit = start[index] &- 0x30
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    return value <= UInt64(Int64.max) ? value : nil
  }

  /// A number in hexadecimal where it starts with `0x`, else in decimal.
  var prefixedNumber: UInt64? {
    guard bytes.starts(with: "0x".utf8) else { return unsigned }
    return FieldText(start: start + 2, count: count - 2).hexadecimal
  }

  /// One to fifteen hexadecimal digits.
  var hexadecimal: UInt64? {
    let digits = bytes
    guard (1...15).contains(digits.count) else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
      case 0x41...0x46: value = value << 4 | UInt64(byte - 0x41 + 10)
      default: return nil
      }
    }
    return value
  }

  /// A decimal number times 10^`shift`, rounded half up; nil for anything else, for negative
  /// numbers and beyond Int64. An exponent (`1.5e9`) is allowed.
  @inline(__always) func decimal(shift: Int) -> Int64? {
    shortDecimal(shift: shift) ?? longDecimal(shift: shift)
  }

  /// The same for at most eight bytes of digits and a point between them, where no digit is beyond
  /// the `shift`; nil for others.
  @inline(__always) func shortDecimal(shift: Int) -> Int64? {
    // Eight digits with nine zeros behind them are below 2^63.
    guard mayBeShort, UInt(bitPattern: shift) < 10 else { return nil }
    let word = firstWord
    let unlike = word ^ 0x2E2E_2E2E_2E2E_2E2E
    // The highest bit of the first byte that is a point; those of later bytes may be wrong.
    let points = (unlike &- 0x0101_0101_0101_0101) & ~unlike & 0x8080_8080_8080_8080
    let wholeCount = points.trailingZeroBitCount >> 3
    var (digits, digitCount, zeroCount) = (word, count, shift)
    if wholeCount < count {
      let whole = (1 &<< UInt64(8 &* wholeCount)) &- 1
      digits = word & whole | word &>> 8 & ~whole
      digitCount = count &- 1
      zeroCount = shift &- (digitCount &- wholeCount)
    }
    guard wholeCount > 0, zeroCount >= 0, var value = FieldText.number(digits, digitCount) else {
      return nil
    }
    for _ in 0..<zeroCount { value = value &* 10 }
    return Int64(truncatingIfNeeded: value)
  }

  /// The same for all texts, byte by byte.
  func longDecimal(shift: Int) -> Int64? {
    var value: UInt64 = 0
    var index = 0
    while index < count {
      let digit = start[index] &- 0x30
      guard digit <= 9 else { break }
      guard value < 1_844_674_407_370_955_161 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    guard index > 0 else { return nil }
    if index == count { return FieldText.scaled(value, by: shift) }
    guard start[index] == UInt8(ascii: "."), shift >= 0 else {
      return decimalWithExponent(shift: shift)
    }
    index += 1
    var digitsLeft = shift
    while index < count && digitsLeft > 0 {
      let digit = start[index] &- 0x30
      guard digit <= 9 else { return decimalWithExponent(shift: shift) }
      guard value < 1_844_674_407_370_955_161 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      digitsLeft -= 1
      index += 1
    }
    guard let scaled = FieldText.scaled(value, by: digitsLeft) else { return nil }
    guard index < count else { return scaled }
    let roundsUp = start[index] >= UInt8(ascii: "5")
    while index < count {
      guard start[index] &- 0x30 <= 9 else { return decimalWithExponent(shift: shift) }
      index += 1
    }
    guard roundsUp else { return scaled }
    return scaled < .max ? scaled + 1 : nil
  }

  /// `value` · 10^`digits`, nil beyond Int64; negative `digits` round half up.
  static func scaled(_ value: UInt64, by digits: Int) -> Int64? {
    var value = value
    if digits < 0 {
      var divisor: UInt64 = 1
      for _ in 0..<(-digits) { divisor *= 10 }
      return Int64(exactly: value / divisor + (value % divisor * 2 >= divisor ? 1 : 0))
    }
    for _ in 0..<digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return Int64(exactly: value)
  }

  /// The rare forms, by way of a double: `1.5e9`, and fractions of a unit below a microsecond.
  private func decimalWithExponent(shift: Int) -> Int64? {
    guard count <= 40, bytes.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }),
      var number = Double(String(decoding: bytes, as: UTF8.self)), number >= 0
    else { return nil }
    for _ in 0..<abs(shift) { number = shift > 0 ? number * 10 : number / 10 }
    return Int64(exactly: number.rounded())
  }

  /// A count with a decimal factor, as nfdump and argus print large ones: `1.6 M`, `12K`, `92.4G`.
  /// Such numbers are approximate.
  var size: Int64? {
    var digits = bytes[...]
    var shift = 0
    switch digits.last {
    case UInt8(ascii: "K"): shift = 3
    case UInt8(ascii: "M"): shift = 6
    case UInt8(ascii: "G"): shift = 9
    case UInt8(ascii: "T"): shift = 12
    default: break
    }
    if shift > 0 {
      digits = digits.dropLast()
      while digits.last == UInt8(ascii: " ") { digits = digits.dropLast() }
    }
    return FieldText(start: start, count: digits.count).decimal(shift: shift)
  }

  /// An IPv4 or IPv6 address.
  @inline(__always) var address: Address? {
    if let number = ipv4 { return Address(ipv4: number) }
    return Address(parsing: bytes)
  }

  /// Four decimal numbers of at most 255, each without a leading zero.
  @inline(__always) private var ipv4: UInt32? {
    guard count >= 7, count <= 15 else { return nil }
    var number: UInt32 = 0
    var index = 0
    for part in 0..<4 {
      var value = UInt32(start[index] &- 0x30)
      guard value <= 9 else { return nil }
      let first = value
      index += 1
      var digits = 1
      while index < count {
        let digit = UInt32(start[index] &- 0x30)
        guard digit <= 9 else { break }
        value = value &* 10 &+ digit
        digits += 1
        index += 1
        guard digits <= 3 else { return nil }
      }
      guard value <= 255, digits == 1 || first != 0 else { return nil }
      number = number << 8 | value
      if part < 3 {
        guard index < count &- 1, start[index] == UInt8(ascii: ".") else { return nil }
        index += 1
      }
    }
    return index == count ? number : nil
  }

  /// TCP flags as nfdump prints them, `...AP.S.`: CWR, ECE, URG, ACK, PSH, RST, SYN, FIN or a dot
  /// each; older versions leave out the first two.
  @inline(__always) var dottedFlags: UInt8? {
    guard count == 8 || count == 6 else { return nil }
    let shift = UInt64(64 &- 8 &* count)
    let letters: UInt64 = 0x4653_5250_4155_4543  // FSRPAUEC, the first in the lowest byte
    let dots: UInt64 = 0x2E2E_2E2E_2E2E_2E2E
    let word = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).littleEndian
    // Older versions' six come last; dots stand for the first two.
    let text = shift == 0 ? word : word &<< shift | dots &>> UInt64(8 &* count)
    // Of each byte that differs from a dot, its lowest bit: no letter is one bit from another.
    let unlike = text ^ dots
    let isSet =
      ((unlike & 0x7F7F_7F7F_7F7F_7F7F &+ 0x7F7F_7F7F_7F7F_7F7F) | unlike) &>> 7
      & 0x0101_0101_0101_0101
    guard text == dots ^ (isSet &* 0xFF & (letters ^ dots)) else { return nil }
    // The first byte's bit becomes the highest of the product's top byte.
    return UInt8(truncatingIfNeeded: (isSet &* 0x8040_2010_0804_0201) &>> 56)
  }

  /// TCP flags as letters in any order, `SA`, `FPA`; dots and dashes stand for none.
  var letteredFlags: UInt8? {
    var flags: UInt8 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "F"): flags |= 1
      case UInt8(ascii: "S"): flags |= 2
      case UInt8(ascii: "R"): flags |= 4
      case UInt8(ascii: "P"): flags |= 8
      case UInt8(ascii: "A"): flags |= 16
      case UInt8(ascii: "U"): flags |= 32
      case UInt8(ascii: "E"): flags |= 64
      case UInt8(ascii: "C"), UInt8(ascii: "W"): flags |= 128
      case UInt8(ascii: "."), UInt8(ascii: "-"): break
      default: return nil
      }
    }
    return flags
  }

  /// So many seconds fit Int64 as microseconds.
  private static let greatestClockSeconds = Int64.max / 1_000_000

  /// A duration as hours, minutes and seconds, `1:02:03` or `02:03`, or with the units named,
  /// `1d 2h:03m:04s`, in microseconds.
  var clockMicroseconds: Int64? {
    var parts: [Int64] = []
    var named: Int64 = 0
    var isNamed = false
    var number: Int64?
    for byte in bytes {
      switch byte {
      case 0x30...0x39:
        guard number ?? 0 < 1_000_000_000 else { return nil }
        number = (number ?? 0) * 10 + Int64(byte - 0x30)
      case UInt8(ascii: ":"), UInt8(ascii: " "):
        if let number { parts.append(number) }
        number = nil
      default:
        let unit: Int64
        switch byte {
        case UInt8(ascii: "d"): unit = 86_400
        case UInt8(ascii: "h"): unit = 3600
        case UInt8(ascii: "m"): unit = 60
        case UInt8(ascii: "s"): unit = 1
        default: return nil
        }
        guard let found = number, named <= FieldText.greatestClockSeconds else { return nil }
        named += found * unit
        isNamed = true
        number = nil
      }
    }
    if let number { parts.append(number) }
    guard isNamed ? parts.isEmpty : (1...3).contains(parts.count) else { return nil }
    let seconds = isNamed ? named : parts.reduce(0) { $0 * 60 + $1 }
    return seconds <= FieldText.greatestClockSeconds ? seconds * 1_000_000 : nil
  }

  /// `true`, `false`, Zeek's `T` and `F`, `1` and `0`.
  var bool: Bool? {
    switch (count, word) {
    case (1, 0x54), (1, 0x31), (4, 0x6575_7274): true
    case (1, 0x46), (1, 0x30), (5, 0x65_736C_6166): false
    default: nil
    }
  }

  /// Without spaces and tabs at both ends.
  @inline(__always) var trimmed: FieldText {
    var (from, to) = (0, count)
    while from < to && (start[from] == 0x20 || start[from] == 0x09) { from += 1 }
    while to > from && (start[to - 1] == 0x20 || start[to - 1] == 0x09) { to -= 1 }
    return FieldText(start: start + from, count: to - from)
  }
}
