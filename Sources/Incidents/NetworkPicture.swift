import Columnar

/// The day's traffic as a whole.
package struct NetworkPicture: Sendable {
  package struct Talker: Sendable {
    package let host: String
    package let bytes: Int
    package let conversations: Int

    package init(host: String, bytes: Int, conversations: Int) {
      self.host = host
      self.bytes = bytes
      self.conversations = conversations
    }
  }

  /// Conversations in each clock hour: today's and, where known, that of the same weekday before.
  package var hours: [(start: Instant, conversations: Int, weekBefore: Int?)] = []
  package var conversations: Int {
    hours.reduce(0) { $0.addingClamped($1.conversations) }
  }
  package var topTalkers: [Talker] = []
  package var newHosts: [String] = []
  /// "10.0.0.5 answers on 443/tcp, 8443/tcp"
  package var newServices: [String] = []
  package var newEdges: [String] = []
  /// Outside addresses taken together: conversations begun from outside, and how many failed.
  package var backgroundConversations = 0
  package var backgroundFailed = 0

  package init() {}
}
