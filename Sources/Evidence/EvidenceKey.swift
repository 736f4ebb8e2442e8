import Cryptography
import FoundationEssentials
import Glibc
import StageKit

/// The key that a site signs its bundles with: Ed25519 (RFC 8032), in a file that OpenSSL reads,
/// too.
package struct EvidenceKey: Sendable {
  private let key: Ed25519.PrivateKey

  private static let label = "PRIVATE KEY"
  /// What comes before the 32 bytes of a key in a file of it (RFC 8410 §7).
  private static let prefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  /// Reads a key.
  /// - Throws: where others than its owner may read it, or it is no such key.
  package init(path: String) throws {
    guard FileBytes.exists(path) else {
      throw StageError("\(path): no key to sign evidence with; make one with triage keygen")
    }
    guard try FileBytes.status(of: path).st_mode & 0o077 == 0 else {
      throw StageError("\(path): expected a key that only its owner may read; run chmod 600 on it")
    }
    let bytes = try PEM.key(
      in: FileBytes.read(path), path: path, label: EvidenceKey.label, prefix: EvidenceKey.prefix)
    guard let key = Ed25519.PrivateKey(bytes) else { throw PEM.error(path, EvidenceKey.label) }
    self.key = key
  }

  /// Makes a new key, readable by its owner only.
  /// - Parameter store: which the key may not be in, since the store is copied and shown.
  /// - Throws: where there is a file already: a lost key can't be replaced by another.
  package static func make(at path: String, outside store: Store) throws -> EvidenceKey {
    guard try !FileBytes.isInside(path, folder: store.path) else {
      throw StageError(
        "\(path): expected a place outside the store \(store.path); name one with key_file in "
          + "[evidence] of the site file", code: .usage)
    }
    guard !FileBytes.exists(path) else {
      throw StageError("\(path): there is a key already; bundles are signed with it")
    }
    let text = PEM.text(Ed25519.PrivateKey().bytes, label: label, prefix: prefix)
    try FileBytes.createPrivate(text.utf8, at: path)
    return try EvidenceKey(path: path)
  }

  package var publicKey: EvidencePublicKey { EvidencePublicKey(key.publicKey) }

  /// 64 bytes.
  func signature(of bytes: [UInt8]) -> [UInt8] { key.signature(of: bytes) }
}

/// What a site's bundles are checked against.
package struct EvidencePublicKey: Sendable {
  private let key: Ed25519.PublicKey

  private static let label = "PUBLIC KEY"
  /// RFC 8410 §4.
  private static let prefix: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  init(_ key: Ed25519.PublicKey) { self.key = key }

  /// Reads a `public.pem`.
  package init(path: String) throws {
    let bytes = try PEM.key(
      in: FileBytes.read(path), path: path, label: EvidencePublicKey.label,
      prefix: EvidencePublicKey.prefix)
    guard let key = Ed25519.PublicKey(bytes) else {
      throw PEM.error(path, EvidencePublicKey.label)
    }
    self.key = key
  }

  /// The key's file.
  package var pem: String {
    PEM.text(key.bytes, label: EvidencePublicKey.label, prefix: EvidencePublicKey.prefix)
  }

  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    key.isSignature(signature, of: bytes)
  }
}

/// Keys in the textual encoding of RFC 7468.
private enum PEM {
  static func text(_ key: [UInt8], label: String, prefix: [UInt8]) -> String {
    "-----BEGIN \(label)-----\n\(Data(prefix + key).base64EncodedString())\n-----END \(label)-----\n"
  }

  /// The 32 bytes of the key in a file.
  static func key(in file: [UInt8], path: String, label: String, prefix: [UInt8]) throws -> [UInt8]
  {
    let lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.count == 3, lines[0] == "-----BEGIN \(label)-----",
      lines[2] == "-----END \(label)-----", let bytes = Data(base64Encoded: String(lines[1])),
      bytes.starts(with: prefix), bytes.count == prefix.count + Ed25519.keyByteCount
    else { throw error(path, label) }
    return Array(bytes.dropFirst(prefix.count))
  }

  static func error(_ path: String, _ label: String) -> StageError {
    StageError("\(path): expected a \(label.lowercased()) of Ed25519 as OpenSSL writes it")
  }
}
