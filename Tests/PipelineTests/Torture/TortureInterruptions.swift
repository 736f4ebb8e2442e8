import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("A run that is cut short")
  struct Interruptions {
    @Test("by Ctrl-C says so and ends by the signal, and the next run ends as if undisturbed")
    func interrupts() throws {
      let (fresh, late) = try TortureSite.short().stages()
      for work in fresh + late {
        let run = try interrupted(work)
        #expect(run.exitCode == -SIGINT, "\(work.name)")
        #expect(
          run.standardError.hasSuffix(
            "\(work.program): interrupted; what was finished stays, and the next run goes on from there\n"
          ), "\(work.name): \(run.standardError)")
        TortureTally.count("Ctrl-C", work.name, "interrupted")
        try work.expectWhole("interrupted")
        try work.finish("interrupted")
      }
    }

    /// The run, of several, that was at work when the signal came: some are over too soon.
    private func interrupted(_ work: TortureWork) throws -> StageRun {
      func once() throws -> StageRun {
        try work.prepare()
        return try work.run { process in
          // Once it has begun a folder, it is at work.
          while process.isRunning, try work.place.leftovers().isEmpty { usleep(500) }
          kill(process.processIdentifier, SIGINT)
        }
      }
      var run = try once()
      for _ in 0..<20 where run.exitCode == 0 { run = try once() }
      return run
    }

    @Test(
      "by a full disk names the file and the reason and leaves nothing, and the next run with room ends as if undisturbed",
      .enabled(if: getuid() == 0, "mounts a small file system"))
    func fullDisk() throws {
      let (fresh, late) = try TortureSite.short().stages()
      let works = try fresh + late + TortureSite.fortnight().others()
      let failures = try works.reduce(0) { sum, work in
        try sum + [0.05, 0.3, 0.6, 0.9].count { try starve(work, $0) }
      }
      #expect(failures >= works.count, "the disks were hardly ever full")
    }

    /// - Parameter share: how much there is of the room that the work takes.
    /// - Returns: whether that was too little.
    private func starve(_ work: TortureWork, _ share: Double) throws -> Bool {
      let place = work.place.folder
      try FileBytes.remove(place)
      try FileBytes.makeFolder(place)
      let used = try StoreContent(work.before).pageBytes
      // The audit log, locks and stages' timings, which are no content, need some, too.
      let room = used + Int(share * Double(max(0, work.after.pageBytes - used))) + 40_960
      try Torture.shell("mount", "-t", "tmpfs", "-o", "size=\(room)", "tmpfs", place)
      defer {
        do { try Torture.shell("umount", place) } catch { Issue.record("\(place): \(error)") }
      }
      try Torture.shell("cp", "-a", work.before + "/.", place)
      let run = try work.run()
      let disturbance = "\(share) of the room"
      // Rewritten folders may need room for old and new, or fit at once.
      if run.exitCode == 0 {
        TortureTally.count("full disk", work.name, "fits")
      } else {
        TortureTally.count("full disk", work.name, "error")
        #expect(run.exitCode == 1, "\(work.name), \(disturbance)")
        // The system's words, or SQLite's.
        let reasons = ["no space left on device", "disk is full"]
        let message = run.standardError.lowercased()
        #expect(
          run.standardError.contains("\(place)/") && reasons.contains(where: message.contains),
          "\(work.name), \(disturbance): \(run.standardError)")
      }
      #expect(try work.place.leftovers() == [], "\(work.name), \(disturbance)")
      try work.expectWhole(disturbance)
      try Torture.shell("mount", "-o", "remount,size=1G", place)
      try work.finish(disturbance)
      return run.exitCode != 0
    }
  }
}

extension StoreContent {
  /// What the files take on a file system of 4 KiB pages.
  fileprivate var pageBytes: Int {
    files.values.reduce(0) { $0 + ($1.count + 4095) / 4096 * 4096 }
  }
}
