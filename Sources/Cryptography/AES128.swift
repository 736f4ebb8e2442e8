import CCrypto

/// AES with a key of 128 bits (FIPS 197), block by block. One thread may use it at a time.
package final class AES128 {
  package static let byteCount = 16
  private let context: OpaquePointer

  /// - Parameter key: 16 bytes.
  package init(key: [UInt8]) {
    precondition(key.count == AES128.byteCount, "a key of 16 bytes")
    context = done(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")
    done(EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nil, key, nil), "EVP_EncryptInit_ex")
    done(EVP_CIPHER_CTX_set_padding(context, 0), "EVP_CIPHER_CTX_set_padding")
  }

  deinit { EVP_CIPHER_CTX_free(context) }

  /// - Parameter block: its first byte at the upper end.
  package func encrypt(_ block: UInt128) -> UInt128 {
    var encrypted: UInt128 = 0
    withUnsafeBytes(of: block.bigEndian) { from in
      withUnsafeMutableBytes(of: &encrypted) { to in
        var count: Int32 = 0
        let input = from.assumingMemoryBound(to: UInt8.self).baseAddress
        let output = to.assumingMemoryBound(to: UInt8.self).baseAddress
        done(
          EVP_EncryptUpdate(context, output, &count, input, Int32(AES128.byteCount)),
          "EVP_EncryptUpdate")
      }
    }
    return UInt128(bigEndian: encrypted)
  }
}
