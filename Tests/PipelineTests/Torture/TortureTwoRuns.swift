import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("Two runs at once in one store")
  struct TwoRuns {
    private static let runsPerPair = 6

    @Test(
      "both end well, or one says which folder another is writing; and then all is as after one")
    func together() throws {
      let (fresh, late) = try TortureSite.short().stages()
      let others = try TortureSite.fortnight().others().filter { $0.ending == .again }
      for work in fresh + late + others { try race(work, work) }
      for (first, second) in zip(late, late.dropFirst()) { try race(first, second) }
    }

    private func race(_ first: TortureWork, _ second: TortureWork) throws {
      let name =
        first.name == second.name ? "\(first.name), twice" : "\(first.name) and \(second.program)"
      var random = Torture.random(for: name)
      for _ in 0..<TwoRuns.runsPerPair {
        let delay = first.duration * Double.random(in: 0..<1, using: &random)
        try first.prepare()
        var other: StageRun?
        let one = try first.run { _ in
          usleep(UInt32(delay / .microseconds(1)))
          other = try second.run()
        }
        for run in [one, other].compactMap(\.self) {
          TortureTally.count("two runs at once", name, run.exitCode == 0 ? "done" : "refused")
          #expect(
            run.exitCode == 0
              || run.exitCode == 1 && run.standardError.contains(first.place.store)
                && (first.name != second.name
                  || run.standardError.contains("another run is")
                  || run.standardError.contains("triage prune is")),
            "\(name), the second after \(delay): \(run.exitCode): \(run.standardError)")
        }
        try first.expectWhole("\(name), the second after \(delay)")
        try first.finishIfAlone(second)
        try second.finish("\(name), the second after \(delay)")
        #expect(try first.place.leftovers() == [], "\(name)")
      }
    }
  }
}

extension TortureWork {
  /// Where another stage ran beside it, that needs what this one makes.
  fileprivate func finishIfAlone(_ other: TortureWork) throws {
    guard name != other.name else { return }
    try place.run(program, program == "ingest" ? [] : ["--existing"])
  }
}
