import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// A python 3, of which the standard library does.
private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

/// `Fixtures/model.py`, listening on loopback until it is let go.
private final class Model {
  let port: Int
  private let process = Process()
  private let log: String

  init(_ mode: String, log: String) throws {
    self.log = log
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [repository.path + "/Tests/PipelineTests/Fixtures/model.py", log, mode]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .newlines)), "it did not start")
  }

  /// The bodies of all requests.
  func requests() throws -> [String] {
    guard FileBytes.exists(log) else { return [] }
    return String(decoding: try FileBytes.read(log), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  func stop() {
    guard process.isRunning else { return }
    // The threads of tests, and so their children, may have other signals blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit { stop() }
}

/// Two hosts that had contact with a listed address on 2026-03-02, reported.
private struct ListedContacts {
  private static let reported = Result { try ListedContacts(folder: try TemporaryFolder()) }
  private static let day = "2026-03-02"

  let folder: TemporaryFolder
  private var store: String { folder.path + "/store" }
  private var reports: String { store + "/reports/day=" + ListedContacts.day }
  var wordingPath: String { store + "/wording/day=" + ListedContacts.day + ".jsonl" }

  var indexPath: String { store + "/reports/index.html" }

  private init(folder: TemporaryFolder) throws {
    self.folder = folder
    let rows =
      [("10.0.0.7", "192.0.2.10"), ("10.0.0.8", "192.0.2.10")]
      + [7, 8].flatMap { host in (1...3).map { _ in ("10.0.0.\(host)", "203.0.113.77") } }
    let lines = rows.enumerated().map { index, row in
      let time = "2026-03-02T09:0\(index):00+0000"
      return """
        {"timestamp":"\(time)","flow_id":\(index + 1),"event_type":"flow","src_ip":"\(row.0)",\
        "src_port":\(5000 + index),"dest_ip":"\(row.1)","dest_port":443,"proto":"TCP","flow":\
        {"pkts_toserver":4,"pkts_toclient":5,"bytes_toserver":500,"bytes_toclient":9000,"start":\
        "\(time)","end":"\(time)","state":"closed","reason":"timeout"}}

        """
    }
    try FileBytes.write(lines.joined().utf8, to: folder.path + "/eve.json")
    try FileBytes.write("203.0.113.77\n".utf8, to: folder.path + "/list.txt")
    try site("")
    for stage in SimulatedSite.stages { try run(stage, stage == "ingest" ? [] : day) }
  }

  /// A copy of the reported store.
  init() throws {
    let made = try ListedContacts.reported.get()
    folder = try TemporaryFolder()
    try FileManager.default.removeItem(atPath: folder.path)
    try FileManager.default.copyItem(atPath: made.folder.path, toPath: folder.path)
  }

  private var day: [String] { ["--day", ListedContacts.day] }

  func site(_ wording: String) throws {
    try FileBytes.write(
      """
      [site]
      name = "Example"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      seed = "s"

      [[input]]
      source = "sensor"
      glob = "eve.json"
      format = "auto"

      [[indicators]]
      path = "list.txt"
      format = "plain"

      \(wording)
      """.utf8, to: folder.path + "/site.toml")
  }

  func site(port: Int, seconds: Int = 20, model: String = "test") throws {
    try site(
      """
      [wording]
      endpoint = "http://127.0.0.1:\(port)/v1/chat/completions"
      model = "\(model)"
      timeout_seconds = \(seconds)
      """)
  }

  @discardableResult
  private func run(_ stage: String, _ arguments: [String]) throws -> StageRun {
    let run = try StageRun(
      stage, arguments + ["--site", folder.path + "/site.toml", "--store", store])
    try #require(run.exitCode == 0, "\(run.standardError)")
    return run
  }

  @discardableResult
  func report(_ command: String) throws -> String {
    try run("report", [command] + day).standardError
  }

  func verifies() throws -> Bool {
    try StageRun(
      "report", ["verify", "--site", folder.path + "/site.toml", "--store", store] + day
    ).exitCode == 0
  }

  /// Lets go of the day's folder of an area, as `triage prune` does.
  func prune(_ area: Area) throws {
    let date = try #require(CivilDate(ListedContacts.day))
    let whole = try Store(path: store)
    let folder = whole.relative(whole.folder(area, date))
    let moment = Instant(microseconds: 1_785_571_200_000_000)  // 2026-08-01T08:00:00Z
    try PruneLog(store: store).announce([
      PruneLog.Entry(
        at: moment, actor: "anna", area: area, folder: folder, days: date...date, manifest: "")
    ])
    try whole.remove(folder, of: area)
  }

  /// All files of the report.
  func files() throws -> [String: [UInt8]] {
    try Dictionary(
      uniqueKeysWithValues: FileBytes.names(in: reports).map {
        ($0, try FileBytes.read("\(reports)/\($0)"))
      })
  }

  func page() throws -> String {
    String(decoding: try FileBytes.read(reports + "/report.html"), as: UTF8.self)
  }

  func audit() throws -> String {
    String(decoding: try FileBytes.read(store + "/registry/audit.jsonl"), as: UTF8.self)
  }
}

/// What a model may change: the page, its markdown, and the manifest that lists them.
private let worded: Set<String> = ["report.html", "report.md", "manifest.json"]
private let label = "In other words (worded by a local model, checked against the numbers)"

@Test("without [wording] nothing is asked, said or kept")
func notConfigured() throws {
  let contacts = try ListedContacts()
  let before = try contacts.files()
  #expect(try contacts.report("reword") == "")
  #expect(try contacts.files() == before)
  #expect(!FileBytes.exists(contacts.wordingPath))
}

@Test(
  "honest words are shown beside the report's own, once, and the page recomputes from the answer",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"))
func honestWords() throws {
  let contacts = try ListedContacts()
  let before = try contacts.files()
  #expect(try !contacts.page().contains(label))
  let model = try Model("honest", log: contacts.folder.path + "/asked")
  try contacts.site(port: model.port)
  #expect(try contacts.report("reword").contains("2 of 2 in other words"))
  let asked = try model.requests()
  #expect(asked.count == 2)
  for name in ["10.0.0.7", "10.0.0.8", "203.0.113.77", "list.txt"] {
    #expect(asked.allSatisfy { !$0.contains(name) }, "\(name)")
  }
  let page = try contacts.page()
  #expect(page.components(separatedBy: label).count == 3)
  #expect(page.contains("10.0.0.7 had contact with what a list says is bad."))
  let after = try contacts.files()
  #expect(Set(after.keys) == Set(before.keys))
  for (name, bytes) in before where !worded.contains(name) {
    #expect(after[name] == bytes, "\(name)")
  }
  #expect(try contacts.verifies())
  #expect(try contacts.audit().contains("\"asked\":2"))

  // Answers are kept: without the model, and asked again, all stays as it is.
  model.stop()
  #expect(try contacts.report("reword").contains("2 of 2 in other words"))
  try contacts.report("write")
  #expect(try contacts.files() == after)

  // Nor does a question that is another, and not answered, take the answers away.
  try contacts.site(port: model.port, model: "another")
  let unanswered = try contacts.report("reword")
  #expect(unanswered.contains("2 of 2 in other words") && unanswered.contains("warning: "))
  #expect(try contacts.files() == after)

  // A line that can't be read takes no other line's words away, and fails no report.
  let whole = try FileBytes.read(contacts.wordingPath)
  try FileBytes.write(Array("babble\n\u{0}{}\n".utf8) + whole, to: contacts.wordingPath)
  #expect(try contacts.report("write").contains(":1: expected a prompt and its answer as JSON"))
  #expect(try contacts.page().components(separatedBy: label).count == 3)
  #expect(try contacts.verifies())
  try FileBytes.write(whole, to: contacts.wordingPath)
  try contacts.report("write")
  #expect(try contacts.files() == after)

  // What the record says of an answer counts for nothing, nor does an answer that was changed.
  let record = String(decoding: try FileBytes.read(contacts.wordingPath), as: UTF8.self)
  let forged = record.replacing("had contact with what", with: "had no contact with what")
  #expect(forged != record)
  try FileBytes.write(forged.utf8, to: contacts.wordingPath)
  #expect(try !contacts.verifies())
  try contacts.report("write")
  #expect(try !contacts.page().contains("no contact"))
  #expect(try !contacts.page().contains(label))
  #expect(try contacts.verifies())

  // Without the record, the report is what it was.
  try FileBytes.remove(contacts.wordingPath)
  try contacts.report("write")
  #expect(try contacts.files() == before)
}

@Test(
  "a model that lies, babbles, says too much, is cut off, refuses or hangs up changes nothing",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"),
  arguments: ["lies", "garbage", "oversized", "cut", "refused", "slow", "close"])
func uselessModels(mode: String) throws {
  let contacts = try ListedContacts()
  let before = try contacts.files()
  let model = try Model(mode, log: contacts.folder.path + "/asked")
  try contacts.site(port: model.port, seconds: mode == "slow" ? 1 : 20)
  let said = try contacts.report("reword")
  #expect(said.contains("0 of 2 in other words"), "\(said)")
  #expect(said.contains("warning: ") == (mode != "lies"), "\(said)")
  // Who is not there at all, or too slow, is asked no more.
  #expect(try model.requests().count == (["slow", "close"].contains(mode) ? 1 : 2))
  #expect(try contacts.audit().contains("\"endpoint\":"))
  let after = try contacts.files()
  #expect(Set(after.keys) == Set(before.keys))
  for (name, bytes) in before where !worded.contains(name) {
    #expect(after[name] == bytes, "\(name)")
  }
  let isKept = ["lies", "garbage", "oversized", "cut"].contains(mode)
  #expect(FileBytes.exists(contacts.wordingPath) == isKept)
  if isKept {
    // The page lists the record among what it is made from.
    func body(_ files: [String: [UInt8]]) -> Substring {
      let page = String(decoding: files["report.html"] ?? [], as: UTF8.self)
      return page.prefix(
        upTo: page.range(of: "<section id=\"appendix\"")?.lowerBound ?? page.endIndex)
    }
    #expect(body(before).count > 1000 && body(after) == body(before))
  } else {
    #expect(after == before)
  }
  #expect(try contacts.verifies())
}

@Test("where nobody listens, a warning is all that comes of it")
func absentModel() throws {
  let contacts = try ListedContacts()
  let before = try contacts.files()
  // Port 1 is reserved, and nobody's.
  try contacts.site(port: 1)
  let said = try contacts.report("reword")
  #expect(said.contains("warning: ") && said.contains("0 of 2 in other words"), "\(said)")
  #expect(try contacts.files() == before)
  #expect(!FileBytes.exists(contacts.wordingPath))
}

@Test(
  "of a day whose scores were pruned nothing is asked, and its report stays; the list is written")
func prunedDay() throws {
  let contacts = try ListedContacts()
  let before = try contacts.files()
  // Whoever asked here would be warned.
  try contacts.site(port: 1)
  try contacts.prune(.scores)
  try FileBytes.remove(contacts.indexPath)
  let said = try contacts.report("reword")
  #expect(said.contains("was pruned on 2026-08-01") && !said.contains("warning: "), "\(said)")
  #expect(try contacts.files() == before)
  #expect(FileBytes.exists(contacts.indexPath))
}
