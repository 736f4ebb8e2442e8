import Foundation
import Glibc
import StageKit
import TestSupport
import Testing

/// A system call that does not do what it should.
struct Fault: Sendable {
  /// As `Fixtures/faults/faults.c` counts them.
  static let calls = [
    "open", "create", "read", "map", "write", "sync", "rename", "folder", "remove", "truncate",
  ]

  enum Effect: Equatable, Sendable {
    case error(Int32)
    /// Half of the bytes.
    case short
    /// EINTR.
    case interrupted
  }

  let call: String
  let effect: Effect
  /// Whether all calls after the first that fails do so, too.
  let stays: Bool

  init(_ call: String, _ effect: Effect, stays: Bool = false) {
    (self.call, self.effect, self.stays) = (call, effect, stays)
  }

  /// After these, a run must end with an error, unless nothing is lost.
  static let harmful = [
    Fault("write", .error(ENOSPC), stays: true), Fault("write", .error(EIO)),
    Fault("sync", .error(EIO)), Fault("rename", .error(EIO)), Fault("read", .error(EIO)),
    Fault("map", .error(ENOMEM)), Fault("open", .error(EMFILE)), Fault("open", .error(EACCES)),
    Fault("create", .error(ENOSPC)), Fault("folder", .error(ENOSPC)),
    Fault("remove", .error(EIO)), Fault("truncate", .error(EIO)),
  ]
  /// To these, a run must pay no heed.
  static let harmless = [
    Fault("write", .short, stays: true), Fault("read", .short, stays: true),
    Fault("write", .interrupted), Fault("read", .interrupted),
  ]

  var name: String { "\(call): \(reason)" }

  var reason: String {
    switch effect {
    case .error(let number): String(cString: strerror(number)).lowercased()
    case .short: "short"
    case .interrupted: "interrupted"
    }
  }

  /// The environment of a process whose `index`-th call (from 1) on what is below a folder fails
  /// so.
  func environment(at index: Int, below folder: String) throws -> [String: String] {
    var environment = try Fault.library(below: folder)
    environment["FAULT_CALL"] = call
    environment["FAULT_AT"] = "\(index)"
    environment["FAULT_STAYS"] = stays ? "1" : nil
    environment["FAULT_ERRNO"] =
      switch effect {
      case .error(let number): "\(number)"
      case .short: "short"
      case .interrupted: "interrupted"
      }
    return environment
  }

  /// Runs a work undisturbed, and counts its calls.
  static func tally(_ work: TortureWork, below folder: String) throws -> [String: Int] {
    let place = try TemporaryFolder()
    let file = place.file("tally")
    var environment = try library(below: folder)
    environment["FAULT_TALLY"] = file
    try work.prepare()
    let run = try work.run(threads: 1, environment: environment)
    try #require(run.exitCode == 0, "\(work.name): \(run.standardError)")
    #expect(try work.differences() == [], "\(work.name), with calls counted")
    let counts = try FileBytes.read(file).withUnsafeBytes { bytes in
      calls.indices.map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) }
    }
    return Dictionary(uniqueKeysWithValues: zip(calls, counts.map { Int($0) }))
  }

  private static let built = Result {
    let folder = try TemporaryFolder()
    let source = repository.path + "/Tests/PipelineTests/Fixtures/faults/faults.c"
    try Torture.shell(
      "clang", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
      folder.file("faults.so"), source)
    return folder
  }

  private static func library(below folder: String) throws -> [String: String] {
    // A trap is told by the signal; its backtrace takes seconds.
    [
      "LD_PRELOAD": try built.get().file("faults.so"), "FAULT_FOLDER": folder,
      "SWIFT_BACKTRACE": "enable=no",
    ]
  }
}
