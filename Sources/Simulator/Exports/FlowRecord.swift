import Columnar

/// What a router's flow cache exports: one direction, cut at the active timeout.
struct FlowRecord: Sendable {
  static let activeTimeoutMicroseconds: Int64 = 300_000_000
  /// Idle flows and ended ones leave the cache this much later.
  private static let exportDelayMicroseconds: Int64 = 15_000_000

  let start: Instant
  let end: Instant
  let exported: Instant
  let packets: Int64
  let bytes: Int64
  let isReply: Bool
  /// TCP flags seen: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
  let flags: UInt8

  /// The records of a conversation's two directions.
  ///
  /// Packets are spread evenly over the conversation, so that each record's counts follow from its
  /// times and the records of a direction add up to the conversation's totals.
  static func records(of conversation: Conversation, _ body: (FlowRecord) -> Void) {
    cut(conversation, isReply: false, body)
    if conversation.packetsReceived > 0 { cut(conversation, isReply: true, body) }
  }

  private static func cut(
    _ conversation: Conversation, isReply: Bool, _ body: (FlowRecord) -> Void
  ) {
    let packets = isReply ? conversation.packetsReceived : conversation.packetsSent
    let bytes = isReply ? conversation.bytesReceived : conversation.bytesSent
    // The first reply comes a round trip later.
    let delay =
      isReply
      ? min(Int64(conversation.roundTripMicroseconds), conversation.durationMicroseconds) : 0
    let start = conversation.start.advanced(byMicroseconds: delay)
    let duration = packets < 2 ? 0 : conversation.durationMicroseconds - delay
    let spacing = packets < 2 ? 0 : Double(duration) / Double(packets - 1)
    let perRecord =
      spacing == 0 ? packets : max(1, Int64(Double(activeTimeoutMicroseconds) / spacing) + 1)
    var first: Int64 = 0
    while first < packets {
      let last = min(first + perRecord, packets) - 1
      let bytesBefore = share(bytes, first, packets)
      let bytesAfter = share(bytes, last + 1, packets)
      let end = start.advanced(byMicroseconds: Int64(spacing * Double(last)))
      body(
        FlowRecord(
          start: start.advanced(byMicroseconds: Int64(spacing * Double(first))), end: end,
          exported: end.advanced(byMicroseconds: last == packets - 1 ? exportDelayMicroseconds : 0),
          packets: last - first + 1, bytes: bytesAfter - bytesBefore, isReply: isReply,
          flags: flags(
            conversation, isReply: isReply, isFirst: first == 0, isLast: last == packets - 1)))
      first = last + 1
    }
  }

  private static func share(_ bytes: Int64, _ packets: Int64, _ total: Int64) -> Int64 {
    let product = bytes.multipliedFullWidth(by: packets)
    return total.dividingFullWidth(product).quotient
  }

  private static func flags(
    _ conversation: Conversation, isReply: Bool, isFirst: Bool, isLast: Bool
  ) -> UInt8 {
    guard conversation.transport == .tcp else { return 0 }
    switch conversation.outcome {
    case .unanswered: return 2
    case .rejected: return isReply ? 20 : 2
    case .complete, .aborted, .reset:
      let hasPayload = (isReply ? conversation.payloadReceived : conversation.payloadSent) > 0
      var flags: UInt8 = hasPayload ? 24 : 16
      if isFirst { flags |= 2 }
      if isLast {
        switch conversation.outcome {
        case .aborted: flags |= isReply ? 0 : 4
        case .reset: flags |= isReply ? 4 : 0
        default: flags |= 1
        }
      }
      return flags
    }
  }
}
