import Columnar
import Testing

struct AddressTests {
  @Test("an IPv4 address is stored as ::ffff:a.b.c.d in network order")
  func bytes() {
    let bytes = withUnsafeBytes(of: Address(ipv4: 0x0A01_0203)) { Array($0) }
    #expect(bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 1, 2, 3])
  }

  @Test("only ::ffff:0:0/96 is IPv4")
  func ipv4() {
    #expect(Address(ipv4: 0xFFFF_FFFF).ipv4 == 0xFFFF_FFFF)
    #expect(Address(ipv4: 0).ipv4 == 0)
    #expect(Address(high: 0, low: 1).ipv4 == nil)
    #expect(Address(high: 1, low: 0xFFFF_0000_0001).ipv4 == nil)
    #expect(Address(high: 0, low: 0x1_FFFF_0000_0001).ipv4 == nil)
  }

  @Test("addresses are ordered by number")
  func order() {
    let ordered = [
      Address(high: 0, low: 1), Address(ipv4: 0x0900_0001), Address(ipv4: 0x0A00_0000),
      Address(ipv4: 0xC0A8_0001), Address(high: 0x0100, low: 0),
      Address(high: 0x2001_0db8_0000_0000, low: 2), Address(high: UInt64.max, low: 0),
    ]
    #expect(ordered.reversed().sorted() == ordered)
  }

  @Test("the stable hash is the same in every process")
  func stableHash() {
    // Computed by the formula in Python.
    #expect(Address(ipv4: 0x0A00_0001).stableHash == 0xa6d9_182d_c829_ff93)
    #expect(Address(high: 0x2001_0db8_0000_0000, low: 2).stableHash == 0x6b7e_ea24_5867_fc56)
  }
}
