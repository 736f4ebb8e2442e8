import Columnar

/// The firm's address plan.
enum Addressing {
  static let gateway: UInt32 = 0x0A14_0001
  static let servers: UInt32 = 0x0A14_0A00
  static let workstations: UInt32 = 0x0A14_1400
  static let printers: UInt32 = 0x0A14_1E00
  static let cameras: UInt32 = 0x0A14_2800
  static let phones: UInt32 = 0x0A14_3200
  static let devices: UInt32 = 0x0A14_3C00
  static let guests: UInt32 = 0xAC10_5000
  static let guestGateway: UInt32 = 0xAC10_5001
  static let published: UInt32 = 0xCB00_7100

  /// 224.0.0.251 (mDNS) and 239.255.255.250 (SSDP).
  static let nameMulticast: UInt32 = 0xE000_00FB
  static let deviceMulticast: UInt32 = 0xEFFF_FFFA

  static let networks = ["10.20.0.0/16", "172.16.80.0/22", "203.0.113.0/26"]

  static func isServer(_ address: UInt32) -> Bool { address >> 8 == servers >> 8 }
  static func isPublished(_ address: UInt32) -> Bool { address >> 6 == published >> 6 }
  static func isInternal(_ address: UInt32) -> Bool {
    address >> 16 == 0x0A14 || address >> 10 == guests >> 10 || isPublished(address)
      || address >> 28 == 0xE
  }
}
