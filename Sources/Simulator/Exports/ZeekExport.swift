import Columnar
import Events

/// Writes a span of time as Zeek's tab-separated conn and dns logs.
struct ZeekExport {
  private static let connectionFields: StaticString = """
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\t\
    resp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\t\
    resp_pkts\tresp_ip_bytes\ttunnel_parents
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\t\
    count\tstring\tcount\tcount\tcount\tcount\tset[string]

    """
  private static let nameFields: StaticString = """
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\trtt\tquery\tqclass\t\
    qclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tinterval\tstring\tcount\tstring\tcount\t\
    string\tcount\tstring\tbool\tbool\tbool\tbool\tcount\tvector[string]\tvector[interval]\tbool

    """

  let seed: UInt64
  let zone: TimeZoneRules

  /// When Zeek writes a connection's line: once it has ended and its timeout has passed.
  static func logged(_ conversation: Conversation) -> Instant {
    let wait: Int64 = conversation.transport == .tcp ? 5_000_000 : 60_000_000
    return conversation.end.advanced(byMicroseconds: wait)
  }

  /// The connections logged within a span, in that order.
  func connections(_ conversations: [Conversation], in span: Range<Instant>) -> TextBuffer {
    var buffer = TextBuffer()
    appendHead("conn", ZeekExport.connectionFields, span, to: &buffer)
    for conversation in conversations { append(conversation, to: &buffer) }
    appendClose(span, to: &buffer)
    return buffer
  }

  /// The questions asked within a span.
  func names(
    _ asked: [(conversation: Conversation, question: DNSQuestion)], in span: Range<Instant>
  ) -> TextBuffer {
    var buffer = TextBuffer()
    appendHead("dns", ZeekExport.nameFields, span, to: &buffer)
    for (conversation, question) in asked { append(question, conversation, to: &buffer) }
    appendClose(span, to: &buffer)
    return buffer
  }

  private func appendHead(
    _ path: String, _ fields: StaticString, _ span: Range<Instant>, to buffer: inout TextBuffer
  ) {
    buffer.append(
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t"
        as StaticString)
    buffer.append(path)
    buffer.append("\n#open\t" as StaticString)
    appendStamp(span.lowerBound, to: &buffer)
    buffer.append("\n" as Unicode.Scalar)
    buffer.append(fields)
  }

  private func appendClose(_ span: Range<Instant>, to buffer: inout TextBuffer) {
    buffer.append("#close\t" as StaticString)
    appendStamp(span.upperBound, to: &buffer)
    buffer.append("\n" as Unicode.Scalar)
  }

  /// `2026-03-29-03-00-07`, local.
  private func appendStamp(_ instant: Instant, to buffer: inout TextBuffer) {
    var times = LocalTimes(zone)
    var stamp = TextBuffer()
    times.append(instant, to: &stamp)
    buffer.append(
      bytes: stamp.bytes.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") ? 0x2D : $0 })
  }

  private func append(_ conversation: Conversation, to buffer: inout TextBuffer) {
    appendTuple(conversation, to: &buffer)
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(conversation.service.name)
    buffer.append("\t" as Unicode.Scalar)
    let isSingle = conversation.packetsSent + conversation.packetsReceived < 2
    if isSingle {
      buffer.append("-\t-\t-" as StaticString)
    } else {
      buffer.append(seconds: conversation.durationMicroseconds, places: 6)
      buffer.append("\t" as Unicode.Scalar)
      buffer.append(conversation.payloadSent)
      buffer.append("\t" as Unicode.Scalar)
      buffer.append(conversation.payloadReceived)
    }
    buffer.append("\t" as Unicode.Scalar)
    let (state, history) = ZeekExport.state(of: conversation)
    buffer.append(state)
    buffer.append(Addressing.isInternal(conversation.client) ? "\tT\t" : "\tF\t" as StaticString)
    buffer.append(Addressing.isInternal(conversation.server) ? "T\t0\t" : "F\t0\t" as StaticString)
    buffer.append(history)
    for count in [
      conversation.packetsSent, conversation.bytesSent, conversation.packetsReceived,
      conversation.bytesReceived,
    ] {
      buffer.append("\t" as Unicode.Scalar)
      buffer.append(count)
    }
    buffer.append("\t-\n" as StaticString)
  }

  private static func state(of conversation: Conversation) -> (StaticString, StaticString) {
    switch (conversation.transport, conversation.outcome) {
    case (.icmp, _): ("OTH", "-")
    case (.udp, .unanswered): ("S0", "D")
    case (.udp, _): ("SF", "Dd")
    case (.tcp, .complete): ("SF", "ShADadFf")
    case (.tcp, .aborted): ("RSTO", "ShADadR")
    case (.tcp, .reset): ("RSTR", "ShADadr")
    case (.tcp, .rejected): ("REJ", "Sr")
    case (.tcp, .unanswered): ("S0", "S")
    }
  }

  private func append(
    _ question: DNSQuestion, _ conversation: Conversation, to buffer: inout TextBuffer
  ) {
    appendTuple(conversation, to: &buffer)
    buffer.append("\t" as Unicode.Scalar)
    let isAnswered = conversation.packetsReceived > 0
    buffer.append(Int64(identity(conversation) & 0xFFFF))
    buffer.append("\t" as Unicode.Scalar)
    if isAnswered && question.exists {
      buffer.append(seconds: conversation.durationMicroseconds, places: 6)
    } else {
      buffer.append("-" as Unicode.Scalar)
    }
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(question.name)
    buffer.append("\t1\tC_INTERNET\t" as StaticString)
    buffer.append(Int64(question.kind.rawValue))
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(question.kind.name)
    guard isAnswered else {
      buffer.append("\t-\t-\tF\tF\tT\tF\t0\t-\t-\tF\n" as StaticString)
      return
    }
    buffer.append(
      question.exists
        ? "\t0\tNOERROR\tF\tF\tT\tT\t0\t"
        : "\t3\tNXDOMAIN\tF\tF\tT\tT\t0\t"
          as StaticString)
    guard !question.answers.isEmpty else {
      buffer.append("-\t-\tF\n" as StaticString)
      return
    }
    buffer.append(question.answers.joined(separator: ","))
    for index in question.answers.indices {
      buffer.append(index == 0 ? "\t" : "," as Unicode.Scalar)
      buffer.append(seconds: Int64(question.timeToLive * 1_000_000), places: 6)
    }
    buffer.append("\tF\n" as StaticString)
  }

  private func appendTuple(_ conversation: Conversation, to buffer: inout TextBuffer) {
    buffer.append(seconds: conversation.start.microseconds, places: 6)
    buffer.append("\t" as Unicode.Scalar)
    appendUID(conversation, to: &buffer)
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(address: conversation.client)
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(Int64(conversation.clientPort))
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(address: conversation.server)
    buffer.append("\t" as Unicode.Scalar)
    buffer.append(Int64(conversation.serverPort))
    switch conversation.transport {
    case .icmp: buffer.append("\ticmp" as StaticString)
    case .tcp: buffer.append("\ttcp" as StaticString)
    case .udp: buffer.append("\tudp" as StaticString)
    }
  }

  private func identity(_ conversation: Conversation) -> UInt64 {
    let ports = UInt64(conversation.clientPort) << 16 | UInt64(conversation.serverPort)
    let addresses = UInt64(conversation.client) << 32 | UInt64(conversation.server)
    let start = UInt64(bitPattern: conversation.start.microseconds)
    return SeededRandom.mix(
      SeededRandom.mix(SeededRandom.mix(seed ^ start) ^ addresses) &+ ports)
  }

  private static let base62 = Array(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars)

  private func appendUID(_ conversation: Conversation, to buffer: inout TextBuffer) {
    buffer.append("C" as Unicode.Scalar)
    var rest = identity(conversation)
    for count in 0..<17 {
      if count == 9 { rest = SeededRandom.mix(identity(conversation) ^ 0x5A) }
      buffer.append(ZeekExport.base62[Int(rest % 62)])
      rest /= 62
    }
  }
}
