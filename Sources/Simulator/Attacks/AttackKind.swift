/// The attacks that can be injected.
package enum AttackKind: String, CaseIterable, Sendable {
  case fastScan = "fast-scan"
  case slowScan = "slow-scan"
  case tenMinuteBeacon = "beacon-10m"
  case sixHourBeacon = "beacon-6h"
  case bulkExfiltration = "bulk-exfiltration"
  case slowExfiltration = "slow-exfiltration"
  case cameraProtocol = "camera-new-protocol"
  case nightActivity = "night-activity"
  case failureBurst = "failure-burst"
  case cryptoMiner = "crypto-miner"
  case nameTunnel = "dns-tunnel"
  case generatedNames = "generated-names"
  case passwordGuessing = "password-guessing"
  case lateralMovement = "lateral-movement"
  case worm
  case spamSender = "spam-sender"
  case sharedAddressBeacon = "beacon-shared-address"

  /// What the demo shows, each once.
  package static let demo: [AttackKind] = [
    .fastScan, .slowScan, .tenMinuteBeacon, .sixHourBeacon, .bulkExfiltration, .slowExfiltration,
    .cameraProtocol, .nightActivity, .failureBurst, .cryptoMiner,
  ]

  /// Whose job it is first of all to notice.
  package var expectedDetector: String {
    switch self {
    case .fastScan, .slowScan, .worm: "scan"
    case .tenMinuteBeacon, .sixHourBeacon, .sharedAddressBeacon: "beacon"
    case .bulkExfiltration, .slowExfiltration: "exfiltration"
    case .cameraProtocol: "protocol"
    case .nightActivity: "timing"
    case .failureBurst, .passwordGuessing: "rate"
    case .cryptoMiner: "long-connections"
    case .nameTunnel: "dns-tunnel"
    case .generatedNames: "dga"
    case .lateralMovement: "edges"
    case .spamSender: "destinations"
    }
  }

  /// How many days it lasts.
  var dayCount: ClosedRange<Int> {
    switch self {
    case .slowScan: 3...4
    case .sixHourBeacon: 5...6
    case .slowExfiltration: 4...5
    case .tenMinuteBeacon, .cryptoMiner, .sharedAddressBeacon: 1...2
    default: 1...1
    }
  }

  /// Whether it needs a machine that is left on, or one whose person is there.
  var needsRunningMachine: Bool {
    switch self {
    case .slowScan, .sixHourBeacon, .cryptoMiner, .slowExfiltration: true
    default: false
    }
  }
}
