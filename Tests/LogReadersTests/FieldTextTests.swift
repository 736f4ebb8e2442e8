import CKernels
import Columnar
import Events
import TestSupport
import Testing

@testable import LogReaders

@Suite("The text of fields")
struct FieldTextTests {
  /// Fields in a row, each between the positions before and after it.
  private struct Fields {
    var bytes: [UInt8] = [0]
    var befores: [UInt32] = []
    var afters: [UInt32] = []

    mutating func append(_ text: [UInt8]) {
      befores.append(UInt32(bytes.count - 1))
      bytes += text
      afters.append(UInt32(bytes.count))
      bytes.append(UInt8(ascii: ","))
    }
  }

  @Test("reads as IPv4 where the parser of addresses does, with vector instructions or without")
  func addresses() {
    var random = SplitMix(seed: 3)
    var fields = Fields()
    var expected: [UInt32?] = []
    for _ in 0..<20_000 {
      var text = Array(
        (0..<4).map { _ in random.next(9) == 0 ? "0\(random.next(99))" : "\(random.next(262))" }
          .joined(separator: ".").utf8)
      if random.next(4) == 0 {
        text[random.next(text.count)] = Array("0.9/:;a\" ".utf8)[random.next(9)]
      }
      let isQuoted = random.next(3) == 0
      // Only what a quote opens is quoted; it lacks its first and last byte then.
      let inner =
        text.first == UInt8(ascii: "\"") && !isQuoted ? text.dropFirst().dropLast() : text[...]
      expected.append(inner.withUnsafeBytes { Address(parsing: $0)?.ipv4 })
      fields.append(isQuoted ? [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")] : text)
    }
    fields.bytes += [UInt8](repeating: 0, count: 64)
    for read in [read_ipv4_fields, read_ipv4_fields_scalar] {
      var numbers = [UInt32](repeating: 7, count: expected.count)
      var areAddresses = [UInt8](repeating: 7, count: expected.count)
      read(
        fields.bytes, fields.befores, fields.afters, 1, UInt32(expected.count), 0x22, &numbers,
        &areAddresses)
      #expect(zip(numbers, areAddresses).map { $1 == 1 ? $0 : nil } == expected)
      #expect(zip(numbers, areAddresses).allSatisfy { $1 == 1 || ($0 == 0 && $1 == 0) })
    }
    #expect(expected.count { $0 != nil } > 5000)
  }

  /// Digits with an odd byte among them now and then.
  private static func number(_ random: inout SplitMix, odd: String) -> [UInt8] {
    var text = (0..<random.next(12)).map { _ in UInt8(0x30 + random.next(10)) }
    if !text.isEmpty, random.next(3) == 0 {
      text[random.next(text.count)] = Array(odd.utf8)[random.next(odd.utf8.count)]
    }
    return text
  }

  @Test("reads as a short number where its bytes do, with vector instructions or without")
  func shortNumbers() {
    var random = SplitMix(seed: 5)
    var fields = Fields()
    var expected: [Int64] = []
    let none: Int64 = -7
    for index in 0..<20_003 {
      let text = FieldTextTests.number(&random, odd: "/: .-a\0")
      let isShort = (1...8).contains(text.count) && text.allSatisfy { (0x30...0x39).contains($0) }
      expected.append(isShort ? Int64(String(decoding: text, as: UTF8.self)) ?? none : none)
      let quote = index % 3 == 0 ? [UInt8(ascii: "\"")] : []
      fields.append(quote + text + quote)
    }
    // Records may lack a field.
    fields.befores += [0]
    fields.afters += [0]
    expected.append(none)
    fields.bytes += [UInt8](repeating: UInt8(ascii: "9"), count: 64)
    for read in [read_number_fields, read_number_fields_scalar] {
      for count in [expected.count] + Array(0..<10) {
        var numbers = [Int64](repeating: 1, count: count)
        let otherCount = read(
          fields.bytes, fields.befores, fields.afters, 1, UInt32(count), 0x22, none, &numbers)
        #expect(numbers == Array(expected.prefix(count)))
        #expect(Int(otherCount) == numbers.count { $0 == none })
      }
    }
    #expect(expected.count { $0 != none } > 5000)
  }

  @Test("is the same number and the same decimal number eight bytes at once and byte by byte")
  func wordsAndBytes() {
    var random = SplitMix(seed: 6)
    var foundCount = 0
    for _ in 0..<20_000 {
      let text = FieldTextTests.number(&random, odd: "...../: e")
      let padded = text + Array("12345678".utf8)
      let shift = random.next(12) - 1
      padded.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        let text = FieldText(start: start, count: text.count)
        #expect(text.unsigned == text.longUnsigned)
        guard let found = text.shortDecimal(shift: shift) else { return }
        foundCount += 1
        #expect(
          found == text.longDecimal(shift: shift), "\(String(decoding: text.bytes, as: UTF8.self))")
      }
    }
    #expect(foundCount > 5000)
  }

  @Test("has TCP flags as nfdump prints them, and only those")
  func flags() {
    func read(_ text: String) -> UInt8? {
      let padded = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "F"), count: 8)
      return padded.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.flatMap { FieldText(start: $0, count: text.utf8.count).dottedFlags }
      }
    }
    for flags in UInt8.min...UInt8.max {
      let text = String(
        zip("CEUAPRSF", 0..<8).map { letter, place in
          flags << UInt8(place) & 0x80 != 0 ? letter : "."
        })
      #expect(read(text) == flags)
      #expect(read(String(text.dropFirst(2))) == flags & 0x3F)
      #expect(read(String(text.dropFirst())) == nil)
    }
    for wrong in [
      "...AP.F.", "...ap.S.", "        ", "...AP.S,", ".......\u{1}", "FSRPAU", "/.......",
    ] {
      #expect(read(wrong) == nil, "\(wrong)")
    }
  }
}
