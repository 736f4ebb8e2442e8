import Foundation
import StageKit
import TestSupport
import Testing

extension Torture {
  @Suite("A store that may not be written to")
  struct ReadOnly {
    @Test(
      "ends what writes with the file and the reason, and lets all be read",
      .enabled(if: getuid() == 0, "mounts, and becomes another user"),
      arguments: ["read-only file system", "permission denied"])
    func refuses(_ reason: String) throws {
      let site = try TortureSite.fortnight()
      let works = try TortureSite.short().stages().late + site.others()
      try FileBytes.write("192.0.2.7\n".utf8, to: site.site.exports + "/list.txt")
      for work in works {
        try work.prepare()
        let before = try StoreContent(work.place.folder)
        try withReadOnly(work.place, reason) { runner in
          let run = try work.run(by: runner)
          #expect(run.exitCode == 1, "\(work.name), \(reason)")
          #expect(
            run.standardError.contains(work.place.folder + "/")
              && run.standardError.lowercased().contains(reason),
            "\(work.name): \(run.standardError)")
          TortureTally.count("read-only store", work.name, reason)
        }
        #expect(try StoreContent(work.place.folder).differences(before) == [], "\(work.name)")
      }
      try withReadOnly(site.place, reason) { runner in
        for command in readers(site) {
          let run = try StageRun(command[0], Array(command.dropFirst()), by: runner)
          #expect(run.exitCode == 0, "\(command), \(reason): \(run.standardError)")
          TortureTally.count("read-only store", command.prefix(2).joined(separator: " "), "read")
        }
        let doctor = try StageRun("ingest", ["doctor"] + site.place.arguments, by: runner)
        #expect(doctor.exitCode == 1)
        #expect(
          doctor.standardOutput.contains("\(site.place.store): can't be read and written"),
          "\(doctor.standardOutput)")
      }
    }

    private func readers(_ site: TortureSite) -> [[String]] {
      let (arguments, day) = (site.place.arguments, site.site.days[site.site.days.count - 1])
      return [
        ["report", "diff", site.place.store, site.place.store],
        ["report", "metrics"] + arguments,
        ["report", "verify", "--day", day] + arguments,
        ["triage", "list"] + arguments,
        ["triage", "verify"] + arguments,
        ["triage", "rules"] + arguments,
        ["triage", "prune", "--as", "anna"] + arguments,
        ["score", "hunt", site.site.exports + "/list.txt"] + arguments,
      ]
    }

    /// - Parameter body: is given the program that runs stages so that they may not write.
    private func withReadOnly(
      _ place: TorturePlace, _ reason: String, _ body: ([String]) throws -> Void
    ) throws {
      guard reason == "read-only file system" else {
        try Torture.shell("chmod", "-R", "a+rX", FileBytes.parent(of: place.folder))
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"]
        return try body(["/usr/bin/setpriv"] + nobody)
      }
      try Torture.shell("mount", "--bind", place.folder, place.folder)
      defer {
        do { try Torture.shell("umount", place.folder) } catch {
          Issue.record("\(place.folder): \(error)")
        }
      }
      try Torture.shell("mount", "-o", "remount,ro,bind", place.folder)
      try body([])
    }
  }
}
