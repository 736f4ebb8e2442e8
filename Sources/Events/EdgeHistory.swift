import Columnar

/// `baseline/asof=D/edge_history.arrow`: a row per internal originator, internal responder and
/// service that was answered on any of the 28 days before D; sorted by these, originators and
/// responders as in `pairs.arrow`.
package enum EdgeHistory {
  /// Services that are kept of one originator: those seen on the most days.
  package static let originatorLimit = 4096

  package static let originator = ColumnKey<Coded<Strings>>("originator", isNullable: false)
  package static let responder = ColumnKey<Strings>("responder", isNullable: false)
  /// A well-known or administrative port; 0 for all others together.
  package static let port = ColumnKey<Values<UInt16>>("port", isNullable: false)
  package static let ianaNumber = ColumnKey<Values<UInt8>>("iana_number", isNullable: false)
  /// Bit i is set where it was answered on day D − 1 − i.
  package static let days = ColumnKey<Values<UInt32>>("days", isNullable: false)
  /// When it was first tried on the last of these days.
  package static let lastDayTime = ColumnKey<Values<Instant>>("last_day_time", isNullable: false)

  package static let schema = Schema(
    "edge_history", version: 1,
    [
      originator.field, responder.field, port.field, ianaNumber.field, days.field,
      lastDayTime.field,
    ])
}

/// What an internal connection leads to.
package struct EdgeService: Hashable, Sendable {
  /// 0 for any port that is neither well known nor administrative.
  package let port: UInt16
  package let ianaNumber: UInt8

  package init(port: UInt16, ianaNumber: UInt8) {
    let isKept = port < 1024 || EdgeService.administrative.contains(port)
    self.port = isKept ? port : 0
    self.ianaNumber = ianaNumber
  }

  /// Secure shell, Telnet, RPC endpoint mapper, NetBIOS session, SMB, remote desktop, VNC and
  /// WinRM: ways to work on another machine.
  private static let administrative: Set<UInt16> = [
    22, 23, 135, 139, 445, 3389, 5900, 5985, 5986,
  ]

  package var isAdministrative: Bool {
    ianaNumber == 6 && EdgeService.administrative.contains(port)
  }

  /// Whether its protocol has ports, as those have that machines are worked on by.
  package static func isJudged(ianaNumber: UInt8) -> Bool { ianaNumber == 6 || ianaNumber == 17 }
}
