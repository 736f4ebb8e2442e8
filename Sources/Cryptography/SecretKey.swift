import CCrypto

/// A key that messages are authenticated with, and others are derived from.
package struct SecretKey: Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A new one, from the system's source of randomness.
  package static func random(byteCount: Int) -> SecretKey {
    SecretKey(
      Cryptography.bytes(byteCount) { RAND_priv_bytes($0, Int32(clamping: byteCount)) })
  }

  /// The 32 bytes of HMAC-SHA-256 (RFC 2104).
  package func authenticationCode(of message: [UInt8]) -> [UInt8] {
    Cryptography.bytes(SHA256.byteCount) {
      HMAC(EVP_sha256(), bytes, Int32(clamping: bytes.count), message, message.count, $0, nil)
        == nil ? 0 : 1
    }
  }

  /// A key of its own for a purpose (HKDF with SHA-256 and no salt, RFC 5869).
  package func derived(info: [UInt8], byteCount: Int) -> SecretKey {
    let context = done(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil), "EVP_PKEY_CTX_new_id")
    defer { EVP_PKEY_CTX_free(context) }
    done(EVP_PKEY_derive_init(context), "EVP_PKEY_derive_init")
    done(EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()), "EVP_PKEY_CTX_set_hkdf_md")
    done(
      EVP_PKEY_CTX_set1_hkdf_key(context, bytes, Int32(clamping: bytes.count)),
      "EVP_PKEY_CTX_set1_hkdf_key")
    done(
      EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(clamping: info.count)),
      "EVP_PKEY_CTX_add1_hkdf_info")
    var count = byteCount
    return SecretKey(Cryptography.bytes(byteCount) { EVP_PKEY_derive(context, $0, &count) })
  }
}
