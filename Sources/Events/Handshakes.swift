import Columnar

/// `profiles/day=D/handshakes.arrow`: a row per host of the site and thing that its TLS handshakes
/// showed, sorted by host, kind and value.
package enum Handshake {
  package enum Kind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The client's fingerprint: JA4, else JA3.
    case fingerprint = 0
    /// An old version, as `TLS 1.0`, or `self-signed` for certificates that the log calls so.
    case weakness = 1
    /// The registered domain of a server that was named.
    case name = 2
    /// An outside address that was not named, where one was expected.
    case unnamed = 3
  }
  package static let host = ColumnKey<Coded<Strings>>("host", isNullable: false)
  package static let kind = ColumnKey<Values<UInt8>>("kind", isNullable: false)
  package static let value = ColumnKey<Strings>("value", isNullable: false)
  package static let handshakes = ColumnKey<Values<Int64>>("handshakes", isNullable: false)
  package static let firstTime = ColumnKey<Values<Instant>>("first_time", isNullable: false)
  /// The server of the first handshake: its name, else its address; null where neither is known.
  package static let server = ColumnKey<Strings>("server")

  package static let schema = Schema(
    "handshakes", version: 1,
    [host.field, kind.field, value.field, handshakes.field, firstTime.field, server.field])
}
