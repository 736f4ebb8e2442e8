import ArrowFile
import Columnar
import Events
import Foundation
import Incidents
import StageKit
import TestSupport
import Testing

/// A store with reports, and the built `report` run on it.
private struct Morning {
  let folder: TemporaryFolder
  private let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/store")
  }

  /// Of a site whose alerts go to siem.cef.
  static func writingFile(_ keys: String = "") throws -> Morning {
    let morning = try Morning()
    _ = try site(
      morning.folder,
      "[[routes]]\nname = \"siem\"\nkind = \"file\"\npath = \"siem.cef\"\n" + keys)
    return morning
  }

  func write(_ incidents: [ReportedIncident], _ day: CivilDate) throws {
    let plan = Manifest(stage: "report", algorithm: 1, subject: "report of \(day)")
    _ = try store.make(store.reports(day), plan: plan) { folder in
      let table = try folder.table(IncidentRow.schema)
      try ReportedIncident.write(incidents, to: table)
      try table.finish()
      return [:]
    }
  }

  /// - Parameters:
  ///   - environment: beside this process's own.
  ///   - shell: what a shell does before it becomes the program.
  ///   - meanwhile: is called with the process once it runs.
  func report(
    _ arguments: [String], environment: [String: String] = [:], shell: String = ":",
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.arguments =
      ["-c", shell + "; exec \"$0\" \"$@\""]
      + [try builtPrograms().appending(path: "report").path] + arguments
      + ["--site", self.folder.path + "/site.toml", "--store", store.path]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    try meanwhile(process)
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// How many runs the audit log has.
  var auditedRunCount: Int {
    get throws { try ChainedLog(path: store.registry + "/audit.jsonl").read().count }
  }

  var outboxIsThere: Bool { FileBytes.exists(store.registry + "/outbox.jsonl") }

  func lines(_ name: String) throws -> [Substring] {
    let path = folder.path + "/" + name
    guard FileBytes.exists(path) else { return [] }
    return String(decoding: try FileBytes.read(path), as: UTF8.self).split(separator: "\n")
  }
}

@Test("alerts of the newest days are queued where there is no network, and sent later")
func queuedForLater() throws {
  let morning = try Morning.writingFile()
  for number in 1...9 {
    let seen = try incident("host \(number)", day: "2026-03-" + pad(number, 2))
    try morning.write([seen], seen.day)
  }
  for _ in 0..<2 {
    let run = try morning.report(
      ["notify", "--later", "--recent", "--at", "2026-03-10T05:00:00Z"])
    #expect(run.code == 0 && run.output.isEmpty, "\(run.output)")
  }
  #expect(try morning.lines("siem.cef") == [])
  for _ in 0..<2 {
    #expect(try morning.report(["deliver", "--at", "2026-03-10T05:10:00Z"]).code == 0)
    #expect(try morning.lines("siem.cef").count == 7)
  }
}

@Test("without routes nothing is said, sent or kept")
func withoutRoutes() throws {
  let morning = try Morning()
  _ = try site(morning.folder, "")
  let seen = try incident()
  try morning.write([seen], seen.day)
  for command in [["notify", "--day", "2026-03-01"], ["deliver"]] {
    let run = try morning.report(command)
    #expect(run.code == 0 && run.output.isEmpty, "\(run.output)")
  }
  #expect(!morning.outboxIsThere)
  #expect(try morning.auditedRunCount == 0)
}

@Test("each day's news is sent once, and what waits for its hour goes out when that has come")
func eachOnce() throws {
  let morning = try Morning.writingFile("digest = \"08:00\"")
  for number in 1...12 {
    let seen = try incident(
      day: "2026-03-" + pad(number, 2), decision: number == 1 ? .decide : .sighting,
      sightings: number)
    let other = try incident(
      "b", day: "2026-03-" + pad(number, 2), decision: number == 1 ? .decide : .sighting,
      severity: .low, sightings: 1)
    try morning.write([seen, other], seen.day)
  }
  let days = ["--from", "2026-03-01", "--to", "2026-03-12"]
  for _ in 0..<2 {
    let run = try morning.report(["notify", "--at", "2026-03-13T10:00:00Z"] + days)
    #expect(run.code == 0, "\(run.output)")
    let lines = try morning.lines("siem.cef")
    #expect(lines.count == 2)
    #expect(lines.first?.contains("cnt=1 ") == true && lines.last?.contains("cnt=10 ") == true)
  }
  #expect(try morning.report(["deliver", "--at", "2026-03-14T06:59:49Z"]).code == 0)
  #expect(try morning.lines("siem.cef").count == 2)
  #expect(try morning.auditedRunCount == 2, "what sends nothing is not worth a line")
  let run = try morning.report(["deliver", "--at", "2026-03-14T07:00:00Z"])
  #expect(run.output.contains("siem: 1 sent"), "\(run.output)")
  #expect(try morning.lines("siem.cef").last?.contains("externalId=b ") == true)
  #expect(try morning.auditedRunCount == 3)
}

@Test("a file that takes only a part of what is added stays as it was, and has it once later")
func fullDisk() throws {
  let morning = try Morning()
  _ = try site(
    morning.folder, "[[routes]]\nname = \"siem\"\nkind = \"file\"\npath = \"siem.cef\"")
  let seen = try incident()
  try morning.write([seen], seen.day)
  let limit = 32 * 512
  let before = String(repeating: "x", count: limit - 21) + "\n"
  try FileBytes.write(before.utf8, to: morning.folder.path + "/siem.cef")
  let run = try morning.report(
    ["notify", "--day", "2026-03-01", "--at", "2026-03-02T07:00:00Z"],
    shell: "trap '' XFSZ; ulimit -f 32")
  #expect(
    run.code == 1 && run.output.contains("siem.cef: cannot write: File too large"), "\(run.output)")
  #expect(try FileBytes.size(of: morning.folder.path + "/siem.cef") == before.utf8.count)
  #expect(try morning.report(["deliver", "--at", "2026-03-02T09:00:00Z"]).code == 0)
  let lines = try morning.lines("siem.cef")
  #expect(lines.count == 2 && lines.last?.hasPrefix("CEF:0|") == true)
}

@Test(
  "a route's proxy is asked whatever the environment says of proxies",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"))
func proxyOfRoute() throws {
  let morning = try Morning()
  let proxy = try Receiver("webhook", log: morning.folder.path + "/received.jsonl")
  try writeSecret("word", to: morning.folder.path + "/secret")
  let url = "http://127.0.0.1:\(try Receiver.unusedPort())/hook"
  _ = try site(
    morning.folder,
    """
    [[routes]]
    name = "it"
    kind = "webhook"
    url = "\(url)"
    proxy = "http://127.0.0.1:\(proxy.port)"
    secret_file = "secret"
    """)
  let seen = try incident("a")
  try morning.write([seen], seen.day)
  let run = try morning.report(
    ["notify", "--day", "2026-03-01"], environment: ["NO_PROXY": "*", "no_proxy": "127.0.0.1"])
  #expect(run.code == 0, "\(run.output)")
  #expect(try proxy.received().map(\.path) == [url])
}

@Test(
  "killed after the receiver has it and before that is noted, it sends again with the same key",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"))
func killedWhileSending() throws {
  let morning = try Morning()
  let receiver = try Receiver(
    "webhook", log: morning.folder.path + "/received.jsonl", answers: ["slow", "ok"])
  try writeSecret("word", to: morning.folder.path + "/secret")
  _ = try site(
    morning.folder,
    """
    [[routes]]
    name = "it"
    kind = "webhook"
    url = "http://127.0.0.1:\(receiver.port)/hook"
    secret_file = "secret"
    """)
  let seen = try incident("a")
  try morning.write([seen], seen.day)
  let notify = ["notify", "--day", "2026-03-01"]
  let run = try morning.report(notify) { process in
    #expect(try receiver.received(count: 1).count == 1)
    // While it sends, another run leaves it to it.
    let other = try morning.report(["deliver"])
    #expect(other.code == 0 && other.output.contains("another run is sending"), "\(other.output)")
    kill(process.processIdentifier, SIGKILL)
  }
  #expect(run.code == SIGKILL)
  let next = try morning.report(notify)
  #expect(next.code == 0 && next.output.contains("it: 1 sent"), "\(next.output)")
  #expect(try morning.report(notify).output.isEmpty)
  let received = try receiver.received()
  #expect(received.map { $0.headers?["idempotency-key"] } == ["a.1.it", "a.1.it"])
  #expect(received.first?.body == received.last?.body)
}

@Test("a day without a report, and a route that can't be served, are failures that say so")
func failures() throws {
  let morning = try Morning()
  let routes = "[[routes]]\nname = \"siem\"\nkind = \"file\"\npath = \"missing/siem.cef\""
  _ = try site(morning.folder, routes)
  let early = try morning.report(["notify", "--day", "2026-03-01"])
  #expect(early.code == 1 && early.output.contains("run report for it first"), "\(early.output)")
  let seen = try incident()
  try morning.write([seen], seen.day)
  let run = try morning.report(
    ["notify", "--day", "2026-03-01", "--at", "2026-03-02T07:00:00Z"])
  #expect(run.code == 1 && run.output.contains("siem: not all could be sent"), "\(run.output)")
  try FileBytes.makeFolder(morning.folder.path + "/missing")
  #expect(try morning.report(["deliver", "--at", "2026-03-02T08:00:00Z"]).code == 0)
  #expect(try morning.lines("missing/siem.cef").count == 1)
}
