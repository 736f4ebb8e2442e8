import Events
import FoundationEssentials
import Glibc

/// How long the last run of a stage took that came to its end, and how much memory:
/// `timing/STAGE.json` in the store. It is for watching the machine, and nothing is made from it.
package struct StageTiming: Codable, Equatable, Sendable {
  package let stage: String
  /// From the start of its work to its end.
  package let seconds: Double
  /// The most that was resident, mapped files included.
  package let peakResidentBytes: Int

  package init(stage: String, seconds: Double, peakResidentBytes: Int) {
    self.stage = stage
    self.seconds = seconds
    self.peakResidentBytes = peakResidentBytes
  }
}

/// Measures this process.
package struct StageClock {
  private let start = ContinuousClock.now

  package init() {}

  /// A figure that can't be kept fails no stage, whose work is done.
  package func record(_ stage: String, in store: Store) {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    do {
      var usage = rusage()
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
        throw FileBytes.error("measure", "this process")
      }
      try store.record(
        StageTiming(
          stage: stage,
          seconds: Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000) / 1000,
          peakResidentBytes: usage.ru_maxrss * 1024))
    } catch { StandardError.write("\(stage): warning: \(error)") }
  }
}

extension Store {
  func record(_ value: StageTiming) throws {
    try replaceFile(
      "\(value.stage).json", in: timing, with: Array(try JSONText.file(value, snakeCase: true).utf8)
    )
  }

  /// Of all stages that ran, by name.
  package func timings() throws -> [StageTiming] {
    try FileBytes.names(in: timing).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      .map { name in
        let path = "\(timing)/\(name)"
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
          return try decoder.decode(StageTiming.self, from: Data(try FileBytes.read(path)))
        } catch let error as DecodingError {
          throw StageError("\(path): not a stage's timing: \(JSONMembers.reason(error)); remove it")
        }
      }
  }
}
