import Foundation
import StageKit
import Testing

/// A command that changes what lies in a place, with what is there before and after it.
struct TortureWork: Sendable {
  /// What ends it after it was cut short.
  enum Ending: Sendable {
    case again
    /// A decision that was recorded is not made again; tables are made of it.
    case decision
    /// What was cut short may have been sent: it is sent again.
    case messages
    /// A store that is there is whole.
    case newStore
  }

  let name: String
  let program: String
  let arguments: [String]
  let ending: Ending
  let place: TorturePlace
  /// A copy of the place.
  let before: String
  let after: StoreContent
  let duration: Duration

  /// Makes the place what it is before the work.
  func prepare() throws { try place.fill(from: before) }

  func run(
    threads: Int = 2, environment: [String: String] = [:], by runner: [String] = [],
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> StageRun {
    try StageRun(
      program, arguments + ["--threads", "\(threads)"], environment: environment, by: runner,
      meanwhile: meanwhile)
  }

  /// What differs from an undisturbed run that should not.
  func differences() throws -> [String] {
    let found = try StoreContent(place.folder)
    // The file of a lock that could not be removed is held by nobody.
    let differences = found.differences(after).filter { !$0.hasSuffix(".lock") }
    guard ending == .messages else { return differences }
    return differences.filter { name in
      switch name {
      // Tells of each try.
      case "store/registry/outbox.jsonl": false
      // Each at least once.
      case TorturePlace.alerts: !lines(after, name).isSubset(of: lines(found, name))
      default: true
      }
    }
  }

  private func lines(_ content: StoreContent, _ name: String) -> Set<ArraySlice<UInt8>> {
    Set(content.files[name]?.split(separator: 0x0A) ?? [])
  }

  private func runUndisturbed() throws {
    let run = try run()
    try #require(run.exitCode == 0, "\(name): \(run.standardError)")
  }

  /// Brings a disturbed work to its end, and expects what an undisturbed run gives.
  func finish(_ disturbance: String) throws {
    switch ending {
    case .again, .messages: try runUndisturbed()
    case .newStore: if !FileBytes.exists(place.otherStore) { try runUndisturbed() }
    case .decision:
      let log = "store/registry/events.jsonl"
      if try StoreContent(place.folder).files[log] == after.files[log] {
        try place.run("triage", ["sync"])
      } else {
        try runUndisturbed()
      }
    }
    #expect(try differences() == [], "\(name), \(disturbance): after the next run")
  }

  /// All that is seen is whole, and of what was on disk in logs nothing is lost.
  func expectWhole(_ disturbance: String) throws {
    for problem in try place.problems(since: before) {
      Issue.record("\(name), \(disturbance): \(problem)")
    }
  }
}
