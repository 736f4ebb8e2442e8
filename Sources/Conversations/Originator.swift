/// Which end of a conversation began it.
struct Originator {
  /// 0: the key's first end, 1: its second.
  var side: Int8
  var isKnown: Bool
}

extension OpenConversation {
  /// The originator, by the first rule that speaks:
  ///
  /// 1. what a two-way record says, or the part of the conversation before the day;
  /// 2. of ICMP, the end that asks;
  /// 3. of TCP, the end that sent nothing but the first segment of a handshake;
  /// 4. the end that sent first, unless the beginning was not seen: it lies before the rows read,
  ///   or
  /// TCP flags lack a handshake;
  /// 5. the end with the higher port, when the other is clearly the service's; so an answer of
  ///   which
  /// the question was not seen is turned round;
  /// 6. unknown: the sender of the first record stands as the source.
  func originator(beginsUnseen: Bool = false) -> Originator {
    let firstSender: Int8 = marks.contains(.isFromSecond) ? 1 : 0
    if let inheritedOriginator { return inheritedOriginator }
    if marks.contains(.isBiflow) {
      return Originator(side: firstSender, isKnown: !marks.contains(.isDirectionUnknown))
    }
    if marks.contains(.isRequest) { return Originator(side: firstSender, isKnown: true) }
    if marks.contains(.isReply) { return Originator(side: 1 - firstSender, isKnown: true) }
    if marks.contains(.isICMP) { return Originator(side: firstSender, isKnown: false) }

    let hasBothSides = firstStart.0 != Int64.max && firstStart.1 != Int64.max
    let knowsHandshake = marks.contains(.isTCP) && marks.contains(.hasTCPFlags)
    let seesBeginning =
      !beginsUnseen && !(knowsHandshake && (tcpFlags.0 | tcpFlags.1) & TCPFlags.syn == 0)
    if knowsHandshake {
      let opens = (isOpening(tcpFlags.0), isOpening(tcpFlags.1))
      if opens.0 != opens.1 { return Originator(side: opens.0 ? 0 : 1, isKnown: true) }
    }
    let sideByTime: Int8 = firstStart.0 < firstStart.1 ? 0 : 1
    let hasOrder = hasBothSides && firstStart.0 != firstStart.1
    if hasOrder && seesBeginning { return Originator(side: sideByTime, isKnown: true) }
    if let side = sideByPorts(hasBothSides: hasBothSides, firstSender: firstSender) {
      return Originator(side: side, isKnown: true)
    }
    if hasOrder { return Originator(side: sideByTime, isKnown: true) }
    return Originator(side: firstSender, isKnown: false)
  }

  private func isOpening(_ flags: UInt8) -> Bool {
    flags & (TCPFlags.syn | TCPFlags.ack) == TCPFlags.syn
  }

  /// The end whose port is clearly not the service's. What was seen of one side only is turned
  /// round only if it came from a service's own port.
  private func sideByPorts(hasBothSides: Bool, firstSender: Int8) -> Int8? {
    guard marks.contains(.hasPorts) else { return nil }
    let side: Int8
    if ServicePorts.isClear(from: key.firstPort, to: key.secondPort) {
      side = 0
    } else if ServicePorts.isClear(from: key.secondPort, to: key.firstPort) {
      side = 1
    } else {
      return nil
    }
    let service = side == 0 ? key.secondPort : key.firstPort
    return hasBothSides || side == firstSender || ServicePorts.isService(service) ? side : nil
  }
}
