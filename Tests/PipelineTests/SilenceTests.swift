import Foundation
import StageKit
import TestSupport
import Testing

/// What a program and its children asked of IPv4 or IPv6, as `strace` saw it.
private func internetCalls(_ executable: URL, _ arguments: [String]) throws -> [Substring] {
  let folder = try TemporaryFolder()
  let trace = folder.path + "/trace"
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/strace")
  process.arguments =
    ["--follow-forks", "--trace=%network", "--output=\(trace)", executable.path] + arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(executable.path) \(arguments)")
  return String(decoding: try FileBytes.read(trace), as: UTF8.self).split(separator: "\n")
    .filter { $0.contains("AF_INET") }
}

@Test("a run from exports to report, alerts and registry opens no socket for IPv4 or IPv6")
func silence() throws {
  let site = try SimulatedSite(dayCount: 1, step: 96)
  let store = site.folder.path + "/store"
  let runs: [(String, [String])] =
    SimulatedSite.stages.map { ($0, site.arguments($0, store: store)) } + [
      (
        "report",
        ["notify"] + site.arguments("report", store: store, days: ["--day", site.days[0]])
      ),
      ("triage", ["sync"] + site.arguments("triage", store: store, days: [])),
    ]
  for (stage, arguments) in runs {
    let calls = try internetCalls(builtPrograms().appending(path: stage), arguments)
    #expect(calls.isEmpty, "\(stage) \(arguments.first ?? ""): \(calls)")
  }
  #expect(
    try !internetCalls(
      URL(filePath: "/usr/bin/python3"), ["-c", "import socket; socket.socket(socket.AF_INET6)"]
    ).isEmpty, "a trace that sees no socket shows nothing")
}
