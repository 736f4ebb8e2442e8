import Cryptography
import Testing

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func bytes(_ digits: String) -> [UInt8] {
  let values = digits.compactMap(\.hexDigitValue)
  return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
}

@Suite("cryptography") struct CryptographyTests {
  private func sha256(_ pieces: [UInt8]...) -> String {
    var hash = SHA256()
    for piece in pieces { piece.withUnsafeBytes { hash.update($0) } }
    return hexadecimal(hash.digest())
  }

  @Test("SHA-256 and SHA-1 are those of FIPS 180-4's examples") func digests() {
    let abc = Array("abc".utf8)
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(sha256(abc) == expected)
    #expect(sha256([97], [], [98, 99]) == expected)
    #expect(
      sha256() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hexadecimal(sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test("a copied hash goes on by itself, and one that was read goes on") func copies() {
    func add(_ text: String, to hash: inout SHA256) {
      Array(text.utf8).withUnsafeBytes { hash.update($0) }
    }
    var first = SHA256()
    add("a", to: &first)
    var second = first
    add("bc", to: &second)
    _ = second.digest()
    add("b", to: &first)
    #expect(hexadecimal(first.digest()) == sha256(Array("ab".utf8)))
    #expect(hexadecimal(second.digest()) == sha256(Array("abc".utf8)))
  }

  @Test("HMAC-SHA-256 is that of RFC 4231's cases 2 and 6") func authenticationCodes() {
    let short = SecretKey(Array("Jefe".utf8))
      .authenticationCode(of: Array("what do ya want for nothing?".utf8))
    #expect(
      hexadecimal(short) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let long = SecretKey(Array(repeating: 0xAA, count: 131))
      .authenticationCode(of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
    #expect(
      hexadecimal(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test("keys are derived as in RFC 5869's case 3, which has no salt") func derivation() {
    let key = SecretKey(Array(repeating: 0x0B, count: 22)).derived(info: [], byteCount: 42)
    #expect(
      hexadecimal(key.bytes)
        == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        + "9d201395faa4b61a96c8")
  }

  @Test("AES-128 is that of FIPS 197's example") func cipher() throws {
    let cipher = AES128(key: Array(0..<16))
    let plain = try #require(UInt128("00112233445566778899aabbccddeeff", radix: 16))
    let expected = UInt128("69c4e0d86a7b0430d8cdb78070b4c55a", radix: 16)
    #expect(cipher.encrypt(plain) == expected)
    #expect(cipher.encrypt(plain) == expected)
  }

  @Test("signatures are those of RFC 8032's tests 1 and 3, and only they are right")
  func signatures() throws {
    for (secret, open, message, expected) in [
      (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
          + "b46bd25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
          + "c6594a7c15e9716ed28dc027beceea1ec40a"
      ),
    ] {
      let key = try #require(Ed25519.PrivateKey(bytes(secret)))
      #expect(hexadecimal(key.publicKey.bytes) == open)
      let signature = key.signature(of: bytes(message))
      #expect(hexadecimal(signature) == expected)
      let reader = try #require(Ed25519.PublicKey(bytes(open)))
      #expect(reader.isSignature(signature, of: bytes(message)))
      #expect(!reader.isSignature(signature, of: bytes(message) + [0]))
      #expect(!reader.isSignature(Array(signature.dropLast()), of: bytes(message)))
      #expect(!Ed25519.PrivateKey().publicKey.isSignature(signature, of: bytes(message)))
    }
    #expect(Ed25519.PrivateKey([1]) == nil && Ed25519.PublicKey([1]) == nil)
  }
}
