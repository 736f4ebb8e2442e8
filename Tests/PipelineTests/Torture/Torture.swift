import Foundation
import TestSupport
import Testing

/// Set by `make torture`.
private let isTorture = ProcessInfo.processInfo.environment["TIDEMARK_TORTURE"] != nil

/// What `make torture` does to the stages, which takes half an hour.
@Suite("Torture", .enabled(if: isTorture))
enum Torture {
  /// Of all that is chosen at random. Moments of kills are shares of how long the work usually
  /// takes, so they come again about as they were.
  static let seed: UInt64 = {
    let seed = variable("TIDEMARK_TORTURE_SEED").flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)
    print("torture: seed \(seed); TIDEMARK_TORTURE_SEED=\(seed) chooses the same again")
    return seed
  }()

  /// The same numbers for a subject, whichever tests run.
  static func random(for subject: String) -> SplitMix {
    // FNV-1a, since Swift's own hashes differ between processes.
    SplitMix(
      seed: subject.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01B3
      }
    )
  }

  static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  /// Runs a program of the system, which must succeed.
  static func shell(_ words: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(words)")
  }
}
