/// What a machine is for.
package enum Role: String, Sendable, CaseIterable {
  case workstation, laptop
  case domainController = "domain-controller"
  case fileServer = "file-server"
  case mailServer = "mail-server"
  case webServer = "web-server"
  case mailRelay = "mail-relay"
  case intranet
  case database
  case application
  case backup
  case monitor
  case updateServer = "update-server"
  case printer, camera
  case videoRecorder = "video-recorder"
  case phone
  case telephoneExchange = "telephone-exchange"
  case iot

  var isPersonal: Bool { self == .workstation || self == .laptop }

  /// As `assets.csv` states it.
  var criticality: String {
    switch self {
    case .domainController, .backup: "critical"
    case .fileServer, .mailServer, .database, .application: "high"
    case .webServer, .mailRelay, .intranet, .monitor, .updateServer, .telephoneExchange,
      .workstation,
      .laptop, .videoRecorder:
      "normal"
    case .printer, .camera, .phone, .iot: "low"
    }
  }
}

/// A machine of the firm.
package struct Host: Sendable {
  package let index: Int
  package let address: UInt32
  package let name: String
  package let role: Role
  /// Who works at it, as an index of the firm's people.
  package let person: Int?
  /// The first day, counted from the simulation's first, on which it is there.
  package let firstDay: Int
}

/// A person with habits of their own.
struct Person: Sendable {
  enum Department: Int, Sendable { case office, accounting, sales, engineering, administration }

  let name: String
  let department: Department
  /// Hours after midnight.
  let arrives: Double
  let leaves: Double
  /// Bit 0 = Monday.
  let workdays: UInt8
  /// How busy, 1 being usual.
  let activity: Double
  /// Leaves the machine on overnight.
  let leavesOn: Bool
  /// How likely an evening of work at home hours is.
  let eveningShare: Double
  /// Days away, counted from the simulation's first.
  let vacation: Range<Int>
  let usesCloudSync: Bool
  let favourites: [UInt32]
}
