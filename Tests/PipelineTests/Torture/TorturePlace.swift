import Foundation
import StageKit
import TestSupport
import Testing

/// Where works are disturbed: a store, and beside it what commands make of it.
struct TorturePlace: Sendable {
  /// The folder that it is in, with the exports and copies: as long as this is held.
  let owner: TemporaryFolder
  let folder: String
  /// The site file.
  let site: String

  var store: String { folder + "/store" }
  /// What `score rescore` makes.
  var otherStore: String { folder + "/tried" }
  /// What a route of the site writes to, within the place.
  static let alerts = "alerts.cef"

  var arguments: [String] { ["--site", site, "--store", store] }

  func run(_ program: String, _ arguments: [String]) throws {
    let run = try StageRun(program, arguments + self.arguments)
    try #require(run.exitCode == 0, "\(program) \(arguments): \(run.standardError)")
  }

  func fill(from copy: String) throws { try TorturePlace.copy(copy, to: folder) }

  /// Files that are added to in place are copied. All others have a second name: so a stage that
  /// writes one in place is found out, since it changes what all later runs begin with.
  static func copy(_ folder: String, to other: String) throws {
    try FileBytes.remove(other)
    try FileBytes.makeFolder(other)
    for name in try FileBytes.names(in: folder) {
      let (old, new) = ("\(folder)/\(name)", "\(other)/\(name)")
      if FileBytes.isFolder(old) {
        try copy(old, to: new)
      } else if name.hasSuffix(".jsonl") || name == alerts {
        try FileBytes.write(try FileBytes.read(old), to: new)
      } else {
        try FileBytes.linkOrCopy(old, to: new)
      }
    }
  }

  /// What is not as it should be whatever happened; nothing where all is well.
  func problems(since before: String) throws -> [String] {
    var problems: [String] = []
    for store in [store, otherStore] where Store.exists(at: store) {
      for folder in try visibleFolders(of: store) {
        do { _ = try Store(path: store).verify(folder) } catch { problems.append("\(error)") }
      }
    }
    let registry = "store/registry/"
    for name in try FileBytes.names(in: "\(before)/\(registry)") where name.hasSuffix(".jsonl") {
      let (old, new) = ("\(before)/\(registry)\(name)", "\(folder)/\(registry)\(name)")
      guard FileBytes.exists(new), try FileBytes.read(new).starts(with: FileBytes.read(old)) else {
        problems.append("\(new): lines are lost")
        continue
      }
      do { _ = try ChainedLog(path: new).read() } catch { problems.append("\(error)") }
    }
    return problems
  }

  private func visibleFolders(of store: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: store).filter { path in
      let parts = path.split(separator: "/")
      return !parts.contains { $0.hasPrefix(".") }
        && ["day=", "asof=", "file=", "week=", "month="].contains(
          where: parts[parts.count - 1].hasPrefix)
        && FileBytes.isFolder("\(store)/\(path)")
    }.map { "\(store)/\($0)" }
  }

  /// What a run that was killed, or could not clear up, leaves.
  func leftovers() throws -> [String] {
    guard FileBytes.exists(folder) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
      [".partial", ".old", ".pruned", ".partial-journal"].contains(where: path.hasSuffix)
    }
  }
}
