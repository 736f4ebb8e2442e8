import Foundation
import StageKit
import TestSupport
import Testing

@Suite("What ingest check says of files")
struct CheckTests {
  private let folder: TemporaryFolder
  private var log: String { folder.path + "/auth-20260228.log" }

  init() throws {
    folder = try TemporaryFolder()
    try FileBytes.write(
      """
      Feb 28 23:59:58 gw sshd[411]: Accepted password for root from 192.0.2.5 port 53211 ssh2
      Mar  1 00:00:01 gw sshd[411]: Failed password for root from 192.0.2.6 port 53212 ssh2
      Mar  1 00:00:02 gw sshd[4

      """.utf8, to: log)
  }

  private func check(_ arguments: [String]) throws -> StageRun {
    try StageRun("ingest", ["check"] + arguments)
  }

  @Test("a year and a zone that it had to assume, and the block that the site file needs")
  func assumed() throws {
    let run = try check([log])
    #expect(run.exitCode == 0, "\(run.standardError)")
    let lines = run.standardOutput.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines[0].hasPrefix("\(log): formats of syslog ("))
    #expect(
      lines.contains {
        $0.hasSuffix("2024 is assumed here, and the site file must say which it is (try --year)")
      })
    #expect(
      lines.contains {
        $0.hasSuffix("UTC is assumed here, and the site file must say which it is (try --zone)")
      })
    #expect(lines.contains("2024-02-28T23:59:58Z to 2024-03-01T00:00:01Z"))
    #expect(lines.contains("glob = \"\(log)\""))
    #expect(lines.contains { $0.hasPrefix("year = ") && $0.hasSuffix("# an example: correct it") })
  }

  @Test("the block that it prints is one that ingest takes, with the year of the file's name")
  func pasted() throws {
    let run = try check([log, "--zone", "Europe/Berlin", "--year", "filename"])
    #expect(run.standardOutput.contains("2026-02-28T22:59:58Z to 2026-02-28T23:00:01Z"))
    let block = try #require(run.standardOutput.components(separatedBy: "in the site file:\n").last)
    #expect(!block.contains("an example"))
    let site = folder.path + "/site.toml"
    try FileBytes.write(
      """
      [site]
      name = "x"
      timezone = "Europe/Berlin"
      networks = ["192.0.2.0/24"]
      seed = "x"

      \(block)
      """.utf8, to: site)
    let ingest = try StageRun("ingest", ["--site", site, "--store", folder.path + "/store"])
    #expect(ingest.exitCode == 0)
    #expect(
      ingest.standardError.contains("linux.sshd 2 rows, 0 rejected"), "\(ingest.standardError)")
  }

  @Test(
    "a year that is none, a name without one, a folder without files and files that can't be read")
  func wrong() throws {
    #expect(try check([log, "--year", "26"]).exitCode == 64)
    let nameless = folder.path + "/auth.log"
    try FileBytes.write(FileBytes.read(log), to: nameless)
    let unnamed = try check([nameless, "--year", "filename"])
    #expect(unnamed.exitCode == 1)
    #expect(
      unnamed.standardError.contains(
        "\(nameless): the name holds no year such as 2026, and --year says"))
    let empty = folder.path + "/empty"
    try FileBytes.makeFolder(empty)
    let none = try check([empty])
    #expect(none.exitCode == 1)
    #expect(none.standardError.contains("\(empty): there is no file in this folder"))
    let some = try check([folder.path + "/gone.log", empty, log])
    #expect(some.exitCode == 1)
    #expect(some.standardOutput.contains("linux.sshd"))
    #expect(some.standardError.contains("2 of 3 files can't be read"))
  }
}
