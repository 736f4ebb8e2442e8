import CCrypto

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
package struct SHA256: Sendable {
  package static let byteCount = 32

  /// OpenSSL's state, shared by copies until one of them goes on.
  ///
  /// `@unchecked Sendable`: what is shared is only copied from; the one who changes it is its only
  /// holder.
  private final class State: @unchecked Sendable {
    let context: OpaquePointer

    init(_ context: OpaquePointer?) {
      self.context = done(context, "EVP_MD_CTX_new")
    }
    convenience init() {
      self.init(EVP_MD_CTX_new())
      done(EVP_DigestInit_ex(context, EVP_sha256(), nil), "EVP_DigestInit_ex")
    }
    convenience init(copying other: State) {
      self.init(EVP_MD_CTX_new())
      done(EVP_MD_CTX_copy_ex(context, other.context), "EVP_MD_CTX_copy_ex")
    }
    deinit { EVP_MD_CTX_free(context) }
  }
  private var state = State()

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
    done(EVP_DigestUpdate(state.context, bytes.baseAddress, bytes.count), "EVP_DigestUpdate")
  }

  /// The 32 bytes for what came so far; more may follow.
  package func digest() -> [UInt8] {
    let last = State(copying: state)
    return bytes(SHA256.byteCount) { EVP_DigestFinal_ex(last.context, $0, nil) }
  }
}

/// The 20 bytes of SHA-1 (FIPS 180-4), for identifiers that are defined by it: no proof of
/// anything.
package func sha1(_ message: [UInt8]) -> [UInt8] {
  bytes(20) { EVP_Digest(message, message.count, $0, nil, EVP_sha1(), nil) }
}

/// What a call of OpenSSL fills.
func bytes(_ count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Int32) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { buffer, filledCount in
    guard let start = buffer.baseAddress else { return }
    done(fill(start), "filling \(count) bytes")
    filledCount = count
  }
}

/// Stops where a call of OpenSSL fails that only fails without memory or by a mistake in its use.
func done(_ result: Int32, _ call: String) {
  precondition(result == 1, "libcrypto: \(call) failed")
}

func done<Pointer>(_ result: Pointer?, _ call: String) -> Pointer {
  guard let result else { preconditionFailure("libcrypto: \(call) failed") }
  return result
}
