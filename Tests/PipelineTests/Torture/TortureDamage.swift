import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("A file of the store that is damaged")
  struct DamagedFiles {
    private static let table = "damaged files"

    @Test("is an error that names it, or made again, or of no effect; it never gives other results")
    func stages() throws {
      let works =
        try TortureSite.short().stages().late
        + TortureSite.fortnight().others()
        .filter { $0.ending != .newStore }
      for work in works {
        for (kind, paths) in try FileKind.all(of: work.before + "/store") {
          var random = Torture.random(for: "\(kind.name) in \(work.name)")
          // That a log ends too early, only its audit tells: see `doctor`.
          let damages = kind.isLog ? [Damage.flippedBit, .folder] : Damage.allCases
          guard let damage = damages.randomElement(using: &random),
            let path = paths.randomElement(using: &random)
          else { continue }
          try work.prepare()
          let file = "\(work.place.store)/\(path)"
          guard let done = try damage.apply(to: file, &random) else { continue }
          let damaged = try StoreContent(work.place.folder)
          let run = try work.run(
            environment: ["SWIFT_BACKTRACE": "enable=no"], by: ["/usr/bin/timeout", "60"])
          let outcome = try outcome(of: work, path, damaged, run)
          TortureTally.count(DamagedFiles.table, kind.name, outcome ?? "wrong")
          let place = "\(work.name): \(path): \(done)"
          if outcome == nil {
            let differences = try work.differences().prefix(5)
            Issue.record("\(place): exit \(run.exitCode), \(differences): \(run.standardError)")
          }
        }
      }
    }

    /// Nil where it is none that may be.
    private func outcome(
      of work: TortureWork, _ path: String, _ damaged: StoreContent, _ run: StageRun
    ) throws -> String? {
      let file = "\(work.place.store)/\(path)"
      let message = run.standardError
      let isNamed = message.contains(file) || message.contains(FileBytes.parent(of: file) + ":")
      if run.exitCode == 1 { return isNamed ? "error" : nil }
      if path == "store.toml", run.exitCode == 64, message.contains(work.place.store) {
        return "error"
      }
      guard run.exitCode == 0 else { return nil }
      // A decision stands, and of what could not be made of it is told.
      if work.ending == .decision, message.contains("recorded, but"), isNamed { return "warning" }
      let differences = try work.differences()
      if differences.isEmpty { return "no effect, or made again" }
      let name = "store/\(path)"
      let isAlone = differences.allSatisfy { $0 == name || $0.hasPrefix(name + "/") }
      let isUntouched = try StoreContent(work.place.folder).files[name] == damaged.files[name]
      return isAlone && isUntouched ? "no effect, or made again" : nil
    }

    @Test("is found by the doctor, whatever it is and whatever was done to it")
    func doctor() throws {
      let site = try TortureSite.fortnight()
      let delivered = try #require(try site.others().last)
      try delivered.prepare()
      try delivered.finish("not at all")
      try site.place.run(
        "triage",
        [
          "suppress", "--host", "10.20.20.12", "--detector", "beacon", "--expires", "2026-04-01",
          "--reason", "known", "--as", "anna", "--at", "2026-03-14T08:00:00Z",
        ])
      try site.place.run("triage", ["prune", "--remove", "--as", "anna"])
      // Each run notes what is in the logs as it begins.
      try site.place.run("triage", ["sync"])
      let whole = site.site.folder.path + "/whole"
      try TorturePlace.copy(site.place.folder, to: whole)
      let doctor = ["doctor", "--checksums"] + site.place.arguments
      let sound = try StageRun("ingest", doctor)
      #expect(sound.exitCode == 0, "\(sound.standardOutput)")
      for (kind, paths) in try FileKind.all(of: whole + "/store") {
        for damage in Damage.allCases {
          var random = Torture.random(for: "\(damage) of \(kind.name)")
          guard let path = paths.randomElement(using: &random) else { continue }
          try site.place.fill(from: whole)
          guard let done = try damage.apply(to: "\(site.place.store)/\(path)", &random) else {
            continue
          }
          let run = try StageRun("ingest", doctor)
          let isFound = run.exitCode == 1
          TortureTally.count(
            DamagedFiles.table, kind.name,
            isFound ? "found by the doctor" : "no harm, not found")
          let isHarmless =
            try isFound ? true : saysTheSame(path, in: site.place.store, as: whole + "/store")
          #expect(
            isHarmless,
            "\(path): \(done): exit \(run.exitCode)")
        }
      }
    }

    /// Whether what is read of a file is what was there.
    private func saysTheSame(_ path: String, in store: String, as whole: String) throws -> Bool {
      switch FileBytes.name(of: path) {
      case Manifest.fileName:
        func stated(_ store: String) throws -> [String?] {
          let manifest = try Manifest.read(folder: FileBytes.parent(of: "\(store)/\(path)"))
          return [manifest?.fingerprint, manifest?.contentHash]
        }
        return try stated(store) == stated(whole)
      case "store.toml":
        return try Store(path: store).compression == Store(path: whole).compression
      // Only the last line's end may be missing, or be another byte.
      case let name where name.hasSuffix(".jsonl"):
        let (stored, written) = try (
          FileBytes.read("\(store)/\(path)"), FileBytes.read("\(whole)/\(path)")
        )
        return stored.count <= written.count && stored.starts(with: written.dropLast())
      // Made for people, and of everything else: `triage sync` and `report` make them anew.
      case "registry.sqlite", "incidents.csv", "index.html": return true
      default: return path.hasPrefix("timing/")
      }
    }
  }
}
