import Cryptography
import Events
import FoundationEssentials

/// The secret behind a site's pseudonyms: 256 bits, in a file as 64 hexadecimal digits.
package struct PseudonymKey: Sendable {
  private static let byteCount = 32
  private let secret: SecretKey

  /// - Parameter text: a key file's content.
  /// - Throws: a `PseudonymError` where it is none. The text is never part of the message.
  package init(text: String) throws {
    let digits = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
    let values = digits.compactMap { $0 }
    guard values.count == digits.count, values.count == 2 * PseudonymKey.byteCount else {
      throw PseudonymError(
        "expected \(2 * PseudonymKey.byteCount) hexadecimal digits, found another text of "
          + "\(digits.count) characters; make a key with: ingest keygen FILE")
    }
    secret = SecretKey(
      (0..<PseudonymKey.byteCount).map { UInt8(values[2 * $0] << 4 | values[2 * $0 + 1]) })
  }

  /// The text of a new key, from the system's source of randomness.
  package static func newText() -> String {
    hexadecimal(SecretKey.random(byteCount: byteCount).bytes) + "\n"
  }

  /// A key of its own for each purpose (HKDF with SHA-256, RFC 5869).
  func derived(for purpose: String) -> SecretKey {
    secret.derived(info: Array("tidemark \(purpose)".utf8), byteCount: PseudonymKey.byteCount)
  }

  /// 16 hexadecimal digits that tell keys apart and say nothing of them.
  package var fingerprint: String { hexadecimal(derived(for: "fingerprint").bytes.prefix(8)) }
}
