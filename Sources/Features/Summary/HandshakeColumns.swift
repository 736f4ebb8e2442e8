import Columnar
import Events

/// The columns of a batch of `tls`.
final class HandshakeColumns: ClassColumns {
  let times: Values<Instant>
  private let sources: EndpointReader
  private let destinations: EndpointReader
  private let names: Strings
  private let fingerprints: [Strings]
  private let versions: Event.Text
  private let oldVersions: [[UInt8]?]
  private let actions: Event.Text
  private let isSelfSigned: [Bool]

  /// What logs call the versions that nobody should speak any more (RFC 6176, RFC 7568, RFC 8996),
  /// without case, spaces, dots and `v`.
  private static let oldVersions: [String: String] = [
    "ssl2": "SSL 2", "ssl20": "SSL 2", "ssl3": "SSL 3", "ssl30": "SSL 3", "tls1": "TLS 1.0",
    "tls10": "TLS 1.0", "tls11": "TLS 1.1", "dtls1": "DTLS 1.0", "dtls10": "DTLS 1.0",
  ]
  private static let selfSigned = Array("self-signed".utf8)

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    names = batch[Event.tlsServerName]
    fingerprints = [batch[Event.tlsJA4], batch[Event.tlsJA3]]
    versions = batch[Event.tlsVersion]
    oldVersions = versions.map { text in
      let plain = text.lowercased().filter { !" ._-v".contains($0) }
      return HandshakeColumns.oldVersions[plain].map { Array($0.utf8) }
    }
    actions = batch[Event.action]
    isSelfSigned = actions.map {
      let text = $0.lowercased()
      return text.contains("self-signed") || text.contains("self signed")
    }
  }

  func originator(_ row: Int) -> Endpoint { sources[row] }
  func responder(_ row: Int) -> Endpoint { destinations[row] }

  /// The server's name that the client stated; nil where it stated none.
  func serverName(_ row: Int) -> UnsafeRawBufferPointer? { HandshakeColumns.text(names, row) }

  func fingerprint(_ row: Int) -> UnsafeRawBufferPointer? {
    for column in fingerprints { if let text = HandshakeColumns.text(column, row) { return text } }
    return nil
  }

  private static func text(_ column: Strings, _ row: Int) -> UnsafeRawBufferPointer? {
    guard column.validity[row], !column.bytes(row).isEmpty else { return nil }
    return column.bytes(row)
  }

  /// Calls `body` with each weakness.
  func forEachWeakness(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    if let code = versions.codes[row], let version = oldVersions[Int(code)] {
      version.withUnsafeBytes(body)
    }
    if let code = actions.codes[row], isSelfSigned[Int(code)] {
      HandshakeColumns.selfSigned.withUnsafeBytes(body)
    }
  }
}
