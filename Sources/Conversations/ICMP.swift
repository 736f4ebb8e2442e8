/// ICMP messages that ask and answer (RFC 792, RFC 950, RFC 4443, RFC 4861).
enum ICMP {
  static let v4: UInt8 = 1
  static let v6: UInt8 = 58

  enum Role { case request, reply, other }

  /// What a message is, and the type by which it and its counterpart are known.
  static func role(protocolNumber: UInt8, type: UInt8) -> (role: Role, requestType: UInt8) {
    switch (protocolNumber, type) {
    case (v4, 8), (v4, 10), (v4, 13), (v4, 15), (v4, 17): (.request, type)
    case (v4, 0): (.reply, 8)
    case (v4, 9): (.reply, 10)
    case (v4, 14), (v4, 16), (v4, 18): (.reply, type - 1)
    case (v6, 128), (v6, 133), (v6, 135): (.request, type)
    case (v6, 129), (v6, 134), (v6, 136): (.reply, type - 1)
    default: (.other, type)
    }
  }
}
