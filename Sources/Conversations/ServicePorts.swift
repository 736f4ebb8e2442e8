/// Which of two ports is the service's.
enum ServicePorts {
  /// Ports from 1024 on that IANA registers for services commonly met.
  private static let registered: Set<UInt16> = [
    1194, 1433, 1521, 1701, 1723, 1812, 1813, 1883, 2049, 2222, 3128, 3268, 3306, 3389, 3478, 4500,
    5060, 5061, 5222, 5353, 5355, 5432, 5671, 5672, 5900, 5985, 5986, 6379, 6667, 8000, 8008, 8080,
    8081, 8443, 8883, 8888, 9000, 9090, 9092, 9100, 9200, 9300, 11211, 27017, 51820,
  ]
  private static let firstEphemeral: UInt16 = 32768

  private enum Rank: Int, Comparable {
    case service, unregistered, ephemeral
    static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
  }

  private static func rank(_ port: UInt16) -> Rank {
    if port < 1024 || registered.contains(port) { return .service }
    return port < firstEphemeral ? .unregistered : .ephemeral
  }

  /// Whether a conversation between these ports surely goes from the first to the second: from a
  /// higher port to a service's, or from an ephemeral one to one that isn't.
  static func isClear(from port: UInt16, to service: UInt16) -> Bool {
    port > service && rank(port) > rank(service)
  }

  /// Whether the port is a service's beyond doubt, so that what it alone sends is an answer.
  static func isService(_ port: UInt16) -> Bool { rank(port) == .service }
}
