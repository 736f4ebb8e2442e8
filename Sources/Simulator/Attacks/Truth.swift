import Columnar

/// What an attack did to or from one address: a line of the truth file.
package struct TruthRow: Sendable {
  package let attack: Int
  package let kind: AttackKind
  package let entity: UInt32
  package let peer: UInt32?
  package let start: Instant
  package let end: Instant
  package let conversations: Int
  package let bytesSent: Int64
  package let bytesReceived: Int64
  package let strength: [Strength]
}

/// Sums the attacks' conversations by their inner originator.
package struct Truth {
  private struct Sum {
    var start: Instant
    var end: Instant
    var conversations = 0
    var sent: Int64 = 0
    var received: Int64 = 0
  }
  private struct Key: Hashable {
    let attack: Int32
    let entity: UInt32
  }

  private var sums: [Key: Sum] = [:]

  mutating func add(_ conversation: Conversation) {
    guard let attack = conversation.attack, !conversation.isForwarding else { return }
    let key = Key(attack: attack, entity: conversation.client)
    var sum = sums[key] ?? Sum(start: conversation.start, end: conversation.end)
    sum.start = min(sum.start, conversation.start)
    sum.end = max(sum.end, conversation.end)
    sum.conversations += 1
    sum.sent += conversation.bytesSent
    sum.received += conversation.bytesReceived
    sums[key] = sum
  }

  /// By start, then attack and address.
  func rows(_ plan: AttackPlan) -> [TruthRow] {
    var rows: [TruthRow] = []
    for attack in plan.attacks {
      let number = Int32(attack.scope.number)
      for (key, sum) in sums where key.attack == number {
        rows.append(
          TruthRow(
            attack: attack.scope.number, kind: attack.scope.kind, entity: key.entity,
            peer: attack.peer, start: sum.start, end: sum.end, conversations: sum.conversations,
            bytesSent: sum.sent, bytesReceived: sum.received, strength: attack.strength))
      }
    }
    return rows.sorted { ($0.start, $0.attack, $0.entity) < ($1.start, $1.attack, $1.entity) }
  }
}

extension Conversation {
  /// A name server's own question to the carrier, on behalf of somebody.
  var isForwarding: Bool { question != nil && Addressing.isServer(client) }
}
