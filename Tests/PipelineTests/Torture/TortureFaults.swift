import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("A system call that fails")
  struct Faults {
    /// Of a kind of fault in one work.
    private static let most = 5
    private static let table = "injected faults"

    @Test("is an error that names the file and the reason, and the next run ends as if undisturbed")
    func harmful() throws {
      try disturb(by: Fault.harmful, expect)
    }

    @Test("short reads and writes and interrupted calls do no harm at all")
    func harmless() throws {
      try disturb(by: Fault.harmless, expectNothing)
    }

    private func expectNothing(
      _ work: TortureWork, _ fault: Fault, _ index: Int, _ run: StageRun
    ) throws {
      let disturbance = "\(fault.name), call \(index)"
      #expect(run.exitCode == 0, "\(work.name), \(disturbance): \(run.standardError)")
      #expect(try work.differences() == [], "\(work.name), \(disturbance)")
      TortureTally.count(Faults.table, fault.name, "no harm")
    }

    private func disturb(
      by faults: [Fault], _ check: (TortureWork, Fault, Int, StageRun) throws -> Void
    ) throws {
      let (short, fortnight) = (try TortureSite.short(), try TortureSite.fortnight())
      var reached: Set<String> = []
      for (site, works) in [(short, try short.stages().late), (fortnight, try fortnight.others())] {
        let folder = site.site.folder.path
        for work in works {
          let counts = try Fault.tally(work, below: folder)
          reached.formUnion(counts.filter { $0.value > 0 }.keys)
          for fault in faults {
            var random = Torture.random(for: "\(fault.name) in \(work.name)")
            for index in sample(of: counts[fault.call] ?? 0, for: fault, &random) {
              try work.prepare()
              let run = try work.run(
                threads: 1, environment: try fault.environment(at: index, below: folder),
                by: ["/usr/bin/timeout", "60"])
              TortureTally.count(Faults.table, fault.name, "injected")
              try check(work, fault, index, run)
            }
          }
        }
      }
      // A kind of call that none makes any more would be tried no more.
      #expect(reached.isSuperset(of: faults.map(\.call)))
    }

    /// Calls to fail, from 1: all where they are few.
    private func sample(of count: Int, for fault: Fault, _ random: inout SplitMix) -> [Int] {
      guard count > 0 else { return [] }
      if fault.effect == .short { return [1] }
      return (1...count).shuffled(using: &random).prefix(Faults.most).sorted()
    }

    private func expect(
      _ work: TortureWork, _ fault: Fault, _ index: Int, _ run: StageRun
    ) throws {
      let disturbance = "\(fault.name), call \(index)"
      let message = run.standardError
      switch run.exitCode {
      case 0:
        // What could not be removed is gone after the next run; and a table of what was recorded
        // may be said to be behind.
        let isSaid = work.ending == .decision && message.contains("recorded, but")
        let isMade = try work.differences() == []
        #expect(
          fault.call == "remove" || isSaid || isMade,
          "\(work.name), \(disturbance): said to be done: \(message)")
        TortureTally.count(Faults.table, fault.name, isSaid ? "warning" : "no harm")
      // 64 where it is the site file that can't be read.
      case 1, 64:
        #expect(
          message.contains(work.place.folder) || message.contains(work.place.site)
            || message.contains(FileBytes.parent(of: work.place.site)),
          "\(work.name), \(disturbance): names no file: \(message)")
        #expect(
          message.lowercased().contains(fault.reason) || message.contains("SQLite error"),
          "\(work.name), \(disturbance): names no reason: \(message)")
        TortureTally.count(Faults.table, fault.name, "error")
      default:
        Issue.record("\(work.name), \(disturbance): exit \(run.exitCode): \(message)")
      }
      // What was replaced or pruned stays until that is known to be on disk; the next run removes
      // it.
      let halfWritten = try work.place.leftovers().filter {
        !$0.hasSuffix(".old") && !$0.hasSuffix(".pruned")
      }
      #expect(fault.call == "remove" || halfWritten == [], "\(work.name), \(disturbance)")
      try work.expectWhole(disturbance)
      try work.finish(disturbance)
      #expect(try work.place.leftovers() == [], "\(work.name), \(disturbance): after the next run")
    }
  }
}
