import CCrypto

/// Signatures with Ed25519 (RFC 8032).
package enum Ed25519 {
  package static let keyByteCount = 32
  package static let signatureByteCount = 64

  package struct PrivateKey: Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: 32; nil for another number.
    package init?(_ bytes: [UInt8]) {
      guard bytes.count == keyByteCount else { return nil }
      self.bytes = bytes
    }

    /// A new one, from the system's source of randomness.
    package init() { bytes = SecretKey.random(byteCount: keyByteCount).bytes }

    package var publicKey: PublicKey {
      withKey { key in
        var count = keyByteCount
        return PublicKey(
          known: Cryptography.bytes(keyByteCount) {
            EVP_PKEY_get_raw_public_key(key, $0, &count)
          })
      }
    }

    /// 64 bytes, the same for the same message.
    package func signature(of message: [UInt8]) -> [UInt8] {
      withKey { key in
        withContext { context in
          done(EVP_DigestSignInit(context, nil, nil, nil, key), "EVP_DigestSignInit")
          var count = signatureByteCount
          return Cryptography.bytes(signatureByteCount) {
            EVP_DigestSign(context, $0, &count, message, message.count)
          }
        }
      }
    }

    private func withKey<Result>(_ body: (OpaquePointer) -> Result) -> Result {
      let key = done(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count),
        "EVP_PKEY_new_raw_private_key")
      defer { EVP_PKEY_free(key) }
      return body(key)
    }
  }

  package struct PublicKey: Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: 32; nil for another number.
    package init?(_ bytes: [UInt8]) {
      guard bytes.count == keyByteCount else { return nil }
      self.bytes = bytes
    }

    fileprivate init(known bytes: [UInt8]) { self.bytes = bytes }

    package func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
      guard
        let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
      else { return false }
      defer { EVP_PKEY_free(key) }
      return withContext { context in
        done(EVP_DigestVerifyInit(context, nil, nil, nil, key), "EVP_DigestVerifyInit")
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
      }
    }
  }

  private static func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result {
    let context = done(EVP_MD_CTX_new(), "EVP_MD_CTX_new")
    defer { EVP_MD_CTX_free(context) }
    return body(context)
  }
}
