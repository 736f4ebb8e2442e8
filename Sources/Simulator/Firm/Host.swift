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

  /// 1 low … 5 vital.
  var criticality: Int {
    switch self {
    case .domainController, .backup: 5
    case .fileServer, .mailServer, .database, .application: 4
    case .webServer, .mailRelay, .intranet, .monitor, .updateServer, .telephoneExchange: 3
    case .workstation, .laptop, .videoRecorder: 2
    case .printer, .camera, .phone, .iot: 1
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
