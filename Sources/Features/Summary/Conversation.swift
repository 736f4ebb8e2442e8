import Columnar

/// What a day's summary needs of one row of `flow`.
struct Conversation {
  let time: Instant
  let originator: Endpoint
  let responder: Endpoint
  /// The responder's port; nil for protocols without ports.
  let port: UInt16?
  /// 0 where it is not stated.
  let ianaNumber: UInt8
  /// Bytes that the originator sent; nil where not stated.
  let bytesSent: Int64?
  let bytesReceived: Int64
  let packetsSent: Int64
  let packetsReceived: Int64
  let durationMicroseconds: Int64
  let isFailed: Bool
  let isDirectionKnown: Bool

  /// Whether the responder sent anything, as far as is known.
  var isAnswered: Bool { !isFailed || packetsReceived > 0 || bytesReceived > 0 }

  /// Whether it is a question to a name service.
  var isForNames: Bool { port == 53 }

  /// 64 bits that stand for protocol and port where distinct ones are counted.
  var portElement: UInt64? {
    port.map { mix(UInt64(ianaNumber) << 16 | UInt64($0) | 1 << 32) }
  }
}
