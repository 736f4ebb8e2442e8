import Columnar
import Events

/// Writes a day of the edge firewall's sessions as a quoted CSV with the firewall's own header.
struct FirewallExport {
  static let header = [
    "Logged", "Session Start", "Device", "Action", "From Zone", "To Zone", "Source Address",
    "Source Port", "Destination Address", "Destination Port", "Protocol", "Sent Bytes",
    "Received Bytes", "Seconds", "Rule", "Message",
  ]

  let zone: TimeZoneRules

  static func logged(_ conversation: Conversation) -> Instant {
    conversation.end.advanced(byMicroseconds: 1_000_000)
  }

  func text(_ conversations: [Conversation]) -> TextBuffer {
    var buffer = TextBuffer()
    for (index, name) in FirewallExport.header.enumerated() {
      appendCell(name, isFirst: index == 0, to: &buffer)
    }
    buffer.append("\r\n" as StaticString)
    var times = LocalTimes(zone)
    for conversation in conversations { append(conversation, &times, to: &buffer) }
    return buffer
  }

  private func appendCell(_ text: String, isFirst: Bool = false, to buffer: inout TextBuffer) {
    if !isFirst { buffer.append("," as Unicode.Scalar) }
    buffer.append("\"" as Unicode.Scalar)
    buffer.append(text)
    buffer.append("\"" as Unicode.Scalar)
  }

  private func append(
    _ conversation: Conversation, _ times: inout LocalTimes, to buffer: inout TextBuffer
  ) {
    let isInbound = Addressing.isPublished(conversation.server)
    let isDenied = isInbound && conversation.outcome == .unanswered
    buffer.append("\"" as Unicode.Scalar)
    times.append(FirewallExport.logged(conversation), to: &buffer)
    buffer.append("\",\"" as StaticString)
    times.append(conversation.start, to: &buffer)
    buffer.append("\",\"edge-1\",\"" as StaticString)
    buffer.append(isDenied ? "deny" : "allow" as StaticString)
    buffer.append(
      isInbound ? "\",\"outside\",\"dmz\",\"" : "\",\"dmz\",\"outside\",\"" as StaticString)
    buffer.append(address: conversation.client)
    buffer.append("\",\"" as StaticString)
    buffer.append(Int64(conversation.clientPort))
    buffer.append("\",\"" as StaticString)
    buffer.append(address: conversation.server)
    buffer.append("\",\"" as StaticString)
    buffer.append(Int64(conversation.serverPort))
    buffer.append("\",\"tcp\",\"" as StaticString)
    buffer.append(conversation.bytesSent)
    buffer.append("\",\"" as StaticString)
    buffer.append(conversation.bytesReceived)
    buffer.append("\",\"" as StaticString)
    buffer.append(seconds: conversation.durationMicroseconds, places: 3)
    buffer.append("\",\"" as StaticString)
    let (rule, message) = FirewallExport.words(
      isDenied: isDenied, isInbound: isInbound, conversation.outcome)
    buffer.append(rule)
    buffer.append("\",\"" as StaticString)
    buffer.append(message)
    buffer.append("\"\r\n" as StaticString)
  }

  private static func words(
    isDenied: Bool, isInbound: Bool, _ outcome: Outcome
  ) -> (StaticString, StaticString) {
    if isDenied { return ("Drop, log", "Dropped by policy \"\"outside, default\"\", no session") }
    let rule: StaticString = isInbound ? "Published services" : "DMZ to Internet"
    switch outcome {
    case .complete: return (rule, "Session closed, FIN seen from both sides")
    case .aborted, .reset: return (rule, "Session closed, RST seen")
    case .rejected, .unanswered: return (rule, "Session aged out, no answer")
    }
  }
}
