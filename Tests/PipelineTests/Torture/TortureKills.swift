import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("A run that is killed")
  struct Kills {
    private static let killsPerWork = 30
    private static let killsPerPair = 12
    private static let table = "kill -9"

    @Test(
      "by kill -9 at any instant leaves only whole folders, and the next run ends as if undisturbed"
    )
    func alone() throws {
      let (fresh, late) = try TortureSite.short().stages()
      for work in try fresh + late + TortureSite.fortnight().others() { try kill(work) }
    }

    private func kill(_ work: TortureWork) throws {
      var random = Torture.random(for: "kills of \(work.name)")
      var (killed, attempts) = (0, 0)
      while killed < Kills.killsPerWork, attempts < 10 * Kills.killsPerWork {
        attempts += 1
        let instant = work.duration * Double.random(in: 0..<1, using: &random)
        let disturbance = "killed after \(instant)"
        try work.prepare()
        let run = try work.run { process in
          usleep(UInt32(instant / .microseconds(1)))
          Foundation.kill(process.processIdentifier, SIGKILL)
        }
        if run.exitCode == -SIGKILL {
          killed += 1
          TortureTally.count(Kills.table, work.name, "kills")
          if try !work.place.leftovers().isEmpty {
            TortureTally.count(Kills.table, work.name, "while writing")
          }
        } else {
          #expect(run.exitCode == 0, "\(work.name): \(run.standardError)")
          #expect(try work.differences() == [], "\(work.name): it said that it was done")
        }
        try work.expectWhole(disturbance)
        try work.finish(disturbance)
        #expect(try work.place.leftovers() == [], "\(work.name), \(disturbance)")
      }
      #expect(killed == Kills.killsPerWork, "\(work.name)")
    }

    @Test(
      "two stages at work in one store, both killed, leave only whole folders, and the next runs end as if undisturbed"
    )
    func together() throws {
      let (_, late) = try TortureSite.short().stages()
      let finished = try #require(late.last)
      for (first, second) in zip(late, late.dropFirst()) {
        let name = "\(first.program) and \(second.program)"
        var random = Torture.random(for: name)
        for _ in 0..<Kills.killsPerPair {
          let delays = (0..<3).map { _ in
            (first.duration + second.duration) * Double.random(in: 0..<0.4, using: &random)
          }
          func wait(_ index: Int) { usleep(UInt32(delays[index] / .microseconds(1))) }
          try first.prepare()
          var other: StageRun?
          let one = try first.run { process in
            wait(0)
            other = try second.run { another in
              wait(1)
              Foundation.kill(process.processIdentifier, SIGKILL)
              wait(2)
              Foundation.kill(another.processIdentifier, SIGKILL)
            }
          }
          for run in [one, other].compactMap(\.self) {
            // The second may find that the first has not made what it needs.
            #expect([0, 1, -SIGKILL].contains(run.exitCode), "\(name): \(run.standardError)")
            TortureTally.count(Kills.table, name, run.exitCode == -SIGKILL ? "kills" : "had ended")
          }
          try first.expectWhole("\(name), killed after \(delays)")
          for work in late {
            try work.place.run(work.program, work.program == "ingest" ? [] : ["--existing"])
          }
          #expect(try finished.differences() == [], "\(name), killed after \(delays)")
        }
      }
    }
  }
}
