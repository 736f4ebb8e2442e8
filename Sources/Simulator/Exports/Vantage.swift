/// Which of the firm's instruments sees a conversation.
struct Vantage: OptionSet, Sendable {
  let rawValue: UInt8

  /// The core switch: everything but what stays at the edge.
  static let coreSwitch = Vantage(rawValue: 1)
  /// A sensor at the servers' network.
  static let serverSensor = Vantage(rawValue: 2)
  static let edgeFirewall = Vantage(rawValue: 4)

  /// Without overlap the server sensor's conversations are left out of the core switch's export,
  /// as where a site exports each network segment once.
  static func seeing(_ conversation: Conversation, overlap: Bool) -> Vantage {
    if Addressing.isServer(conversation.client) || Addressing.isServer(conversation.server) {
      return overlap ? [.serverSensor, .coreSwitch] : .serverSensor
    }
    if Addressing.isPublished(conversation.client) || Addressing.isPublished(conversation.server) {
      return .edgeFirewall
    }
    return .coreSwitch
  }
}
