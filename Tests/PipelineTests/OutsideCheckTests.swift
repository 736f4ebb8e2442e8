import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// A python with pyarrow and duckdb.
private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]
/// A folder of real exports.
private let samples = ProcessInfo.processInfo.environment["TIDEMARK_SAMPLES"]

/// What a script of `Fixtures` prints.
private func output(of script: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: try #require(python))
  process.arguments =
    [repository.path + "/Tests/PipelineTests/Fixtures/" + script] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return text.trimmingCharacters(in: .newlines)
}

@Test(
  "DuckDB recomputes a day's host-hours from its events",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python with pyarrow and duckdb"))
func hostHours() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let networks = "10.20.0.0/16,172.16.80.0/22,203.0.113.0/26"
  for day in site.days {
    let found = try output(of: "host_hours.py", [store, day, networks])
    #expect(found.hasSuffix(" rows, 0 differ, 0 hours of originators are missing"), "\(found)")
    #expect(Int(found.prefix { $0.isNumber }) ?? 0 > 50)
  }
}

@Suite(
  "Real exports",
  .enabled(if: samples != nil, "set TIDEMARK_SAMPLES to a folder of real exports"))
struct RealExportTests {
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/store" }

  init() throws { folder = try TemporaryFolder() }

  private func site(_ networks: String, _ input: String) throws {
    try FileBytes.write(
      """
      [site]
      name = "Example"
      timezone = "UTC"
      networks = ["\(networks)"]
      seed = "s"

      [[input]]
      \(input)

      """.utf8, to: folder.path + "/site.toml")
  }

  private func run(_ stages: [String], from: String, to: String) throws {
    for stage in stages {
      let days = stage == "ingest" ? [] : ["--from", from, "--to", to]
      let run = try StageRun(
        stage, ["--site", folder.path + "/site.toml", "--store", store] + days)
      try #require(run.exitCode == 0, "\(run.standardError)")
    }
  }

  @Test(
    "the honeypot's rows are all there, by address and host, by DuckDB's count of the same file",
    .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python with pyarrow and duckdb"))
  func honeypot() throws {
    let path =
      (samples ?? "") + "/data/demo/aws-honeypot-firewall/AWS_Honeypot_2013-03_06.csv.zst"
    let format = repository.path + "/Tests/LogReadersTests/Fixtures/honeypot-firewall.toml"
    try site(
      "192.0.2.0/24",
      "source = \"honeypot\"\nglob = \"\(path)\"\nformat = \"\(format)\"\nzone = \"UTC\"")
    try run(["ingest", "normalize"], from: "2013-03-03", to: "2013-06-30")
    let found = try output(of: "honeypot_rows.py", [path, store])
    #expect(found.hasPrefix("252702 rows, ") && found.hasSuffix(" groups, 0 differ"), "\(found)")
  }

  /// RITA's sample day, sent again for a week: ten hosts of 10.55.100.0/24 ask for the same name
  /// every 300 s.
  @Test("hosts that poll every five minutes, as others do, are no decisions")
  func pollers() throws {
    let path = (samples ?? "") + "/data/fixtures/zeek-rita/valid_tsv/http.log.gz"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n")
    for day in 0..<6 {
      let later = lines.map { line -> String in
        guard !line.hasPrefix("#") else { return String(line) }
        let time = line.prefix { $0 != "." }
        return "\((Int(time) ?? 0) + day * 86_400)" + line.dropFirst(time.count)
      }
      try FileBytes.write(
        (later.joined(separator: "\n") + "\n").utf8, to: "\(folder.path)/http.\(day).log")
    }
    try site("10.55.0.0/16", "source = \"sensor\"\nglob = \"http.*.log\"")
    try run(SimulatedSite.stages, from: "2018-01-30", to: "2018-02-04")
    #expect(try polls() == 10, "they are there to be found")
    for day in ["2018-02-02", "2018-02-03", "2018-02-04"] {
      let csv = String(
        decoding: try FileBytes.read("\(store)/reports/day=\(day)/incidents.csv"), as: UTF8.self)
      let decided = csv.split(separator: "\r\n").filter {
        $0.contains(",decide,") && $0.contains(",10.55.100.")
      }
      #expect(decided == [], "\(day)")
    }
  }

  /// Hosts that asked for www.alexa.com at least 100 times on a day.
  private func polls() throws -> Int {
    let pairs = try ArrowReader(
      path: store + "/profiles/day=2018-02-01/pairs.arrow", expecting: Pair.schema)
    return try (0..<pairs.batchCount).reduce(0) { count, index in
      let batch = try pairs.batch(index)
      let (names, conversations) = (batch[Pair.responder], batch[Pair.conversations])
      return count
        + (0..<batch.rowCount).count {
          names[$0] == "www.alexa.com" && conversations.value($0) >= 100
        }
    }
  }
}
