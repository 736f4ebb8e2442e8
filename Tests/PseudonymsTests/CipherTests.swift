import Columnar
import Events
import Pseudonyms
import TestSupport
import Testing

/// draft-denis-ipcrypt, appendix "ipcrypt-pfx Test Vectors".
private let ipcryptVectors: [(key: String, plain: String, encrypted: String)] = {
  let first = "0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301"
  let second = "2b7e151628aed2a6abf7158809cf4f3ca9f5ba40db214c3798f2e1c23456789a"
  return [
    (first, "0.0.0.0", "151.82.155.134"),
    (first, "255.255.255.255", "94.185.169.89"),
    (first, "192.0.2.1", "100.115.72.131"),
    (first, "2001:db8::1", "c180:5dd4:2587:3524:30ab:fa65:6ab6:f88"),
    (second, "10.0.0.47", "19.214.210.244"),
    (second, "10.0.0.129", "19.214.210.80"),
    (second, "10.0.0.234", "19.214.210.30"),
    (second, "172.16.5.193", "210.78.229.136"),
    (second, "172.16.97.42", "210.78.179.241"),
    (second, "172.16.248.177", "210.78.121.215"),
    (second, "2001:db8::a5c9:4e2f:bb91:5a7d", "7cec:702c:1243:f70:1956:125:b9bd:1aba"),
    (second, "2001:db8::7234:d8f1:3c6e:9a52", "7cec:702c:1243:f70:a3ef:c8e:95c1:cd0d"),
    (second, "2001:db8::f1e0:937b:26d4:8c1a", "7cec:702c:1243:f70:443c:c8e:6a62:b64d"),
    (second, "2001:db8:3a5c:0:e7d1:4b9f:2c8a:f673", "7cec:702c:3503:bef:e616:96bd:be33:a9b9"),
    (second, "2001:db8:9f27:0:b4e2:7a3d:5f91:c8e6", "7cec:702c:a504:b74e:194a:3d90:b047:2d1a"),
    (second, "2001:db8:d8b4:0:193c:a5e7:8b2f:46d1", "7cec:702c:f840:aa67:1b8:e84f:ac9d:77fb"),
  ]
}()

/// The sample trace and key of Crypto-PAn's reference implementation; of IPv6, what its widening to
/// 128 bits gives in other implementations (Yawning/cryptopan, noinkling/node-cryptopan).
private let cryptoPAnVectors: [(plain: String, encrypted: String)] = [
  ("128.11.68.132", "135.242.180.132"), ("129.118.74.4", "134.136.186.123"),
  ("130.132.252.244", "133.68.164.234"), ("141.223.7.43", "141.167.8.160"),
  ("141.233.145.108", "141.129.237.235"), ("152.163.225.39", "151.140.114.167"),
  ("156.29.3.236", "147.225.12.42"), ("165.247.96.84", "162.9.99.234"),
  ("166.107.77.190", "160.132.178.185"), ("192.102.249.13", "252.138.62.131"),
  ("192.215.32.125", "252.43.47.189"), ("192.233.80.103", "252.25.108.8"),
  ("192.41.57.43", "252.222.221.184"), ("193.150.244.223", "253.169.52.216"),
  ("195.205.63.100", "255.186.223.5"), ("198.200.171.101", "249.199.68.213"),
  ("198.26.132.101", "249.36.123.202"), ("198.36.213.5", "249.7.21.132"),
  ("198.51.77.238", "249.18.186.254"), ("24.0.250.221", "100.15.198.226"),
  ("24.13.62.231", "100.2.192.247"), ("38.15.67.68", "64.3.66.187"),
  ("4.3.88.225", "124.60.155.63"), ("63.97.7.140", "95.97.9.123"),
  ("64.39.15.238", "0.219.7.41"), ("10.185.25.118", "117.161.29.118"),
  ("::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"),
  ("::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef"),
  ("::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838"),
  ("2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"),
  ("2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c"),
]
private let cryptoPAnKey: [UInt8] = [
  21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121,
  121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2,
]

private func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

@Suite("Encryption of addresses")
struct CipherTests {
  @Test("ipcrypt-pfx gives what its draft gives, and back")
  func ipcrypt() throws {
    for vector in ipcryptVectors {
      let cipher = try PrefixCipher(.ipcryptPFX, key: bytes(vector.key))
      let plain = try #require(Address(vector.plain))
      let encrypted = cipher.encrypt(plain)
      #expect(encrypted.description == vector.encrypted)
      #expect(cipher.decrypt(encrypted) == plain)
    }
  }

  @Test("Crypto-PAn gives what its reference implementation gives, and back")
  func cryptoPAn() throws {
    let cipher = try PrefixCipher(.cryptoPAn, key: cryptoPAnKey)
    for vector in cryptoPAnVectors {
      let plain = try #require(Address(vector.plain))
      let encrypted = cipher.encrypt(plain)
      #expect(encrypted.description == vector.encrypted)
      #expect(cipher.decrypt(encrypted) == plain)
    }
  }

  @Test("a key of another length, and equal halves for ipcrypt-pfx, are refused")
  func badKeys() throws {
    let equal = [UInt8](repeating: 7, count: 32)
    #expect(throws: PseudonymError.self) { try PrefixCipher(.ipcryptPFX, key: equal) }
    #expect(throws: PseudonymError.self) {
      try PrefixCipher(.cryptoPAn, key: Array(equal.dropLast()))
    }
  }
}

@Suite("Pseudonyms of addresses", .serialized)
struct AddressPseudonymTests {
  private let key: PseudonymKey

  init() throws { key = try PseudonymKey(text: testKeyText) }

  /// Addresses of all kinds, at random, and their neighbours in one to all of the leading bits.
  private func addresses(_ random: inout SplitMix) -> [Address] {
    let plain = (0..<60).map { index -> Address in
      index % 3 == 0
        ? Address(high: random.next(), low: random.next())
        : Address(ipv4: UInt32(truncatingIfNeeded: random.next()))
    }
    let blocks = Network.reserved.flatMap { network -> [Address] in
      let isIPv4 = network.address.ipv4 != nil
      let noise = UInt64(truncatingIfNeeded: random.next())
      return [
        network.address,
        isIPv4
          ? Address(ipv4: (network.address.ipv4 ?? 0) | UInt32(truncatingIfNeeded: noise & 0xFFFF))
          : Address(high: network.address.high, low: network.address.low | noise & 1),
      ]
    }
    return plain + blocks
  }

  private func sharedBits(_ a: Address, _ b: Address) -> Int {
    a.high == b.high
      ? 64 + (a.low ^ b.low).leadingZeroBitCount : (a.high ^ b.high).leadingZeroBitCount
  }

  @Test(
    "two addresses share as many leading bits as before, no reserved block is entered or left, and all come back",
    arguments: PrefixCipher.Method.allCases)
  func prefixes(method: PrefixCipher.Method) throws {
    let pseudonymiser = try Pseudonymiser(key, addresses: method, hidesNames: false)
    var random = SplitMix(seed: 11)
    let plain = addresses(&random)
    let made = plain.map(pseudonymiser.address)
    for (index, (address, pseudonym)) in zip(plain, made).enumerated() {
      #expect((address.ipv4 == nil) == (pseudonym.ipv4 == nil))
      #expect(pseudonymiser.original(pseudonym) == address)
      for block in Network.reserved {
        #expect(
          block.contains(address) == block.contains(pseudonym), "\(address) \(pseudonym) \(block)")
      }
      for other in 0..<index {
        #expect(sharedBits(address, plain[other]) == sharedBits(pseudonym, made[other]))
      }
    }
    let changed = zip(plain, made).filter { $0 != $1 }
    #expect(changed.count > plain.count / 2)
  }

  @Test("addresses that identify nobody stay, link-local ones of IPv6 stay link-local")
  func untouched() throws {
    let pseudonymiser = try Pseudonymiser(key, addresses: .ipcryptPFX, hidesNames: false)
    let same = [
      "0.0.0.0", "127.0.0.1", "169.254.7.7", "224.0.0.251", "255.255.255.255", "::", "::1",
      "ff02::fb",
    ]
    for text in same {
      let address = try #require(Address(text))
      #expect(pseudonymiser.address(address) == address)
    }
    let local = try #require(Address("fe80::211:22ff:fe33:4455"))
    let pseudonym = pseudonymiser.address(local)
    #expect(pseudonym != local)
    #expect(Network("fe80::/10")?.contains(pseudonym) == true)
  }

  @Test("a network's pseudonym holds its addresses' and no other's")
  func networks() throws {
    let pseudonymiser = try Pseudonymiser(key, addresses: .cryptoPAn, hidesNames: false)
    for text in ["10.0.0.0/8", "10.20.0.0/16", "203.0.113.0/24", "2001:db8:7::/48", "0.0.0.0/0"] {
      let network = try #require(Network(text))
      let made = pseudonymiser.network(network)
      #expect(made.prefixLength == network.prefixLength)
      var random = SplitMix(seed: 5)
      for address in addresses(&random) + [network.address] {
        #expect(network.contains(address) == made.contains(pseudonymiser.address(address)))
      }
    }
    #expect(
      try pseudonymiser.network(#require(Network("10.0.0.0/8"))).description == "10.0.0.0/8")
  }
}
