import Foundation
import StageKit
import TestSupport
import Testing

/// Set by `make torture`: these take minutes.
private let isTorture = ProcessInfo.processInfo.environment["TIDEMARK_TORTURE"] != nil

/// A stage's work that is to be disturbed: the store before it and after it.
private struct Work {
  let stage: String
  let before: String
  let after: StoreContent
  let days: [String]?
}

@Suite("A run that is cut short", .enabled(if: isTorture), .serialized)
struct TortureTests {
  private let site: SimulatedSite
  private let finished: String
  private var scratch: String { site.folder.path + "/scratch" }

  init() throws {
    site = try SimulatedSite(dayCount: 4, step: 6)
    finished = site.folder.path + "/finished"
    try site.run(store: finished)
  }

  /// Each stage over new days, and again over days that late rows change.
  private func works() throws -> [Work] {
    let late = site.exports + "/netflow/nfdump.\(site.days[1]).csv"
    let hidden = site.folder.path + "/late.csv"
    let (fresh, stale) = (site.folder.path + "/fresh", site.folder.path + "/stale")
    try FileBytes.move(late, to: hidden)
    try site.run(store: stale)
    try FileBytes.move(hidden, to: late)
    var works: [Work] = []
    for (store, days) in [(fresh, nil), (stale, ["--existing"])] {
      for stage in SimulatedSite.stages {
        let before = "\(store)-before-\(stage)"
        try FileBytes.exists(store) ? copy(store, to: before) : FileBytes.makeFolder(before)
        try site.run([stage], store: store, days: days)
        works.append(Work(stage: stage, before: before, after: try StoreContent(store), days: days))
      }
      #expect(try StoreContent(store).differences(try StoreContent(finished)) == [])
    }
    return works
  }

  private func copy(_ store: String, to place: String) throws {
    try FileBytes.remove(place)
    try FileManager.default.copyItem(atPath: store, toPath: place)
  }

  private func finish(_ work: Work) throws {
    try site.run([work.stage], store: scratch, days: work.days)
    #expect(try StoreContent(scratch).differences(work.after) == [], "\(work.stage)")
  }

  /// Every folder that is seen is whole.
  private func expectWhole(_ stage: String) throws {
    let folders = try FileManager.default.subpathsOfDirectory(atPath: scratch).filter { path in
      let parts = path.split(separator: "/")
      return !parts.contains { $0.hasPrefix(".") }
        && ["day=", "asof=", "file="].contains { parts[parts.count - 1].hasPrefix($0) }
    }
    for folder in folders {
      let manifest = try #require(
        try Manifest.read(folder: "\(scratch)/\(folder)"), "\(stage): \(folder)")
      for output in manifest.outputs {
        let path = "\(scratch)/\(folder)/\(output.name)"
        #expect(try FileBytes.size(of: path) == output.byteCount, "\(stage): \(path)")
      }
    }
  }

  @Test(
    "by kill -9 at any instant leaves only whole folders, and the next run ends as if undisturbed")
  func kills() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var state = seed
    for work in try works() {
      try copy(work.before, to: scratch)
      let start = ContinuousClock.now
      try finish(work)
      let duration = ContinuousClock.now - start
      var (killed, attempts) = (0, 0)
      while killed < 10 && attempts < 100 {
        attempts += 1
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let share = Double(state >> 11) / Double(1 << 53)
        try copy(work.before, to: scratch)
        let run = try StageRun(
          work.stage, site.arguments(work.stage, store: scratch, days: work.days)
        ) { process in
          usleep(UInt32(duration / .microseconds(1) * share))
          kill(process.processIdentifier, SIGKILL)
        }
        if run.exitCode == -SIGKILL { killed += 1 }
        try expectWhole(work.stage)
        try finish(work)
      }
      print("\(work.stage) \(work.days ?? ["new days"]): \(killed) kills in \(duration)")
      #expect(killed == 10, "\(work.stage)")
    }
  }

  @Test("by Ctrl-C says so and ends by the signal, and the next run ends as if undisturbed")
  func interrupts() throws {
    for work in try works() {
      try copy(work.before, to: scratch)
      let run = try StageRun(
        work.stage, site.arguments(work.stage, store: scratch, days: work.days)
      ) { process in
        // Once it has begun a folder, it is at work.
        while process.isRunning, try partials().isEmpty { usleep(500) }
        kill(process.processIdentifier, SIGINT)
      }
      #expect(run.exitCode == -SIGINT, "\(work.stage)")
      #expect(
        run.standardError.hasSuffix(
          "\(work.stage): interrupted; what was finished stays, and the next run goes on from there\n"
        ))
      try expectWhole(work.stage)
      try finish(work)
    }
  }

  private func partials() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: scratch).filter {
      $0.hasSuffix(".partial")
    }
  }

  @Test(
    "by a full disk names the file and the reason and leaves nothing, and the next run with room ends as if undisturbed",
    .enabled(if: getuid() == 0, "mounts a small file system"))
  func fullDisk() throws {
    let works = try works()
    try FileBytes.makeFolder(scratch)
    var isMounted = false
    defer { if isMounted { try? shell("umount", scratch) } }
    for work in works {
      for share in [0.05, 0.3, 0.6, 0.9] {
        let used = try StoreContent(work.before).pageBytes
        // The audit log and stages' timings, which are no content, need some, too.
        let room = used + Int(share * Double(work.after.pageBytes - used)) + 40_960
        try shell("mount", "-t", "tmpfs", "-o", "size=\(room)", "tmpfs", scratch)
        isMounted = true
        for name in try FileBytes.names(in: work.before) {
          try FileManager.default.copyItem(
            atPath: "\(work.before)/\(name)", toPath: "\(scratch)/\(name)")
        }
        let run = try StageRun(
          work.stage, site.arguments(work.stage, store: scratch, days: work.days))
        // Rewritten folders may need room for old and new, or fit at once.
        if run.exitCode != 0 {
          #expect(run.exitCode == 1, "\(work.stage)")
          #expect(
            run.standardError.contains("\(scratch)/")
              && run.standardError.lowercased().contains("no space left on device"),
            "\(work.stage): \(run.standardError)")
          print(run.standardError.split(separator: "\n").suffix(2).joined(separator: "\n"))
        } else {
          print("\(work.stage) \(share): fits")
        }
        #expect(try partials() == [], "\(work.stage)")
        try expectWhole(work.stage)
        try shell("mount", "-o", "remount,size=1G", scratch)
        try finish(work)
        try shell("umount", scratch)
        isMounted = false
      }
    }
  }

  private func shell(_ words: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(words)")
  }
}

extension StoreContent {
  /// What the files take on a file system of 4 KiB pages.
  fileprivate var pageBytes: Int {
    files.values.reduce(0) { $0 + ($1.count + 4095) / 4096 * 4096 }
  }
}
