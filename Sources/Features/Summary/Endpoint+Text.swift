import Columnar
import Events

extension Endpoint {
  /// The endpoint that `withText` gave a text for, as far as its order and what it equals go:
  /// whether an address is inside is not known. A name must stay where it is.
  init(text: UnsafeRawBufferPointer) {
    if let address = Address(parsing: text) {
      self.init(address, .outside)
    } else {
      self.init(name: text)
    }
  }

  /// The address as it is printed, or the name; empty where it is not known.
  var textOrNothing: String {
    kind == .unknown ? "" : withText { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the address as it is printed, or with the name.
  func withText<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    if kind == .named { return try body(name) }
    guard let number = address.ipv4 else {
      var text = address.description
      return try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }
    return try withUnsafeTemporaryAllocation(byteCount: 15, alignment: 1) { text in
      var count = 0
      for shift: UInt32 in [24, 16, 8, 0] {
        let part = UInt8(number >> shift & 255)
        if part >= 100 { text[count] = 0x30 + part / 100 }
        if part >= 100 { count += 1 }
        if part >= 10 { text[count] = 0x30 + part / 10 % 10 }
        if part >= 10 { count += 1 }
        text[count] = 0x30 + part % 10
        count += 1
        if shift > 0 { text[count] = UInt8(ascii: ".") }
        if shift > 0 { count += 1 }
      }
      return try body(UnsafeRawBufferPointer(rebasing: text[..<count]))
    }
  }
}
