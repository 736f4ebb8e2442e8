import Columnar
import Events
import Glibc
import Testing

/// The 16 bytes that the C library reads from an address, IPv4 as ::ffff:a.b.c.d.
private func bytesByLibC(_ text: String) -> [UInt8]? {
  var four = in_addr()
  if inet_pton(AF_INET, text, &four) == 1 {
    return Array(repeating: 0, count: 10) + [0xFF, 0xFF] + withUnsafeBytes(of: four) { Array($0) }
  }
  var six = in6_addr()
  guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
  return withUnsafeBytes(of: six) { Array($0) }
}

private func bytes(_ address: Address) -> [UInt8] { withUnsafeBytes(of: address) { Array($0) } }

@Test(
  "an address reads as the C library reads it, and refuses what it refuses",
  arguments: [
    "10.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1", "1::", "fe80::1:2", "2001:db8::8:800:1",
    "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "", ".", ":", ":::", "1::2::3", "10.0.0", "10.0.0.256", "10.0.0.1.", "01.2.3.4", "1.2.3.4 ",
    "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0",
    "::1.2.3", "1.2.3.4::", "+1::", "::+1", "1:", ":1", "1:2:3:4:5:6:7:",
  ])
func parsing(text: String) {
  #expect(Address(text).map(bytes) == bytesByLibC(text))
}

@Test("an address prints as the C library prints it, and reads back")
func printing() throws {
  var state: UInt64 = 7
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }
  for round in 0..<2000 {
    var high = next()
    var low = next()
    // Runs of zeros are where notations differ.
    let mask = next()
    for group in 0..<4 where mask >> UInt64(group) & 1 == 1 {
      high &= ~(0xFFFF << UInt64(16 * group))
    }
    for group in 0..<4 where mask >> UInt64(8 + group) & 1 == 1 {
      low &= ~(0xFFFF << UInt64(16 * group))
    }
    let address =
      round % 4 == 0
      ? Address(ipv4: UInt32(truncatingIfNeeded: low)) : Address(high: high | 1 << 63, low: low)
    #expect(Address(address.description) == address)
    guard address.ipv4 == nil else { continue }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    var raw = bytes(address)
    _ = inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count))
    let expected = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    #expect(address.description == String(decoding: expected, as: UTF8.self))
  }
}

@Test("a network holds its own addresses and no others")
func networks() throws {
  let ten = try #require(Network("10.0.0.0/8"))
  #expect(ten.contains(try #require(Address("10.255.0.1"))))
  #expect(!ten.contains(try #require(Address("11.0.0.0"))))
  #expect(!ten.contains(try #require(Address("a00::"))))
  let documentation = try #require(Network("2001:db8::/33"))
  #expect(documentation.contains(try #require(Address("2001:db8:7fff::1"))))
  #expect(!documentation.contains(try #require(Address("2001:db8:8000::1"))))
  let one = try #require(Network("192.0.2.7"))
  #expect(one.contains(try #require(Address("192.0.2.7"))))
  #expect(!one.contains(try #require(Address("192.0.2.6"))))
  #expect(try #require(Network("0.0.0.0/0")).contains(try #require(Address("8.8.8.8"))))
  for text in ["10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/", "x", "::/129"] {
    #expect(Network(text) == nil, "\(text)")
  }
}

@Test("addresses with a byte changed read as the C library reads them")
func damaged() {
  var state: UInt64 = 11
  func next(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }
  let alphabet = Array("0123456789abcdefABF:.g%+ ".utf8)
  for round in 0..<20_000 {
    let text =
      round % 3 == 0
      ? (0..<4).map { _ in "\(next(260))" }.joined(separator: ".")
      : (0..<8).map { _ in next(3) == 0 ? "" : String(next(65_536), radix: 16) }
        .joined(separator: ":")
    var bytes = Array(text.utf8)
    for _ in 0..<next(3) {
      let position = next(bytes.count)
      if next(2) == 0 {
        bytes[position] = alphabet[next(alphabet.count)]
      } else {
        bytes.remove(at: position)
      }
    }
    let damaged = String(decoding: bytes, as: UTF8.self)
    #expect(Address(damaged).map(EventsTests.bytes) == bytesByLibC(damaged), "\(damaged)")
  }
}
