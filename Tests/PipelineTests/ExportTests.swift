import Foundation
import StageKit
import TestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

private func run(_ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: try #require(python))
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return text
}

@Test(
  "DuckDB reads days' Parquet files, with the rows and columns of the store's",
  .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python with pyarrow and duckdb"))
func parquet() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let output = try TemporaryFolder()
  let days = (site.days[0], site.days[site.days.count - 1])
  _ = try run(
    [
      repository.path + "/pipelines/export_parquet.py", store, output.path, days.0, days.1,
    ])
  let program = """
    import duckdb, glob, pyarrow.feather, sys
    store, output = sys.argv[1:3]
    for area, name in (("reports", "incidents"), ("scores", "scores"), ("scores", "entities")):
        found = duckdb.sql(f"from '{output}/{name}/*/*.parquet'")
        tables = [pyarrow.feather.read_table(path)
                  for path in glob.glob(f"{store}/{area}/day=*/{name}.arrow")]
        assert found.count("*").fetchall()[0][0] == sum(table.num_rows for table in tables), name
        assert found.columns == tables[0].column_names + ["day"], name
        print(name, len(tables))
    """
  let found = try run(["-c", program, store, output.path])
  #expect(found == "incidents 3\nscores 3\nentities 3\n")

  let copy = output.path + "/store"
  try FileBytes.makeFolder(copy + "/scores/day=\(days.0)")
  try FileManager.default.copyItem(
    atPath: "\(store)/scores/day=\(days.0)/scores.arrow",
    toPath: "\(copy)/scores/day=\(days.0)/scores.arrow")
  _ = try run(
    [
      repository.path + "/pipelines/export_parquet.py", copy, output.path, days.0, days.0,
    ])
  let left = try FileManager.default.subpathsOfDirectory(atPath: output.path + "/entities")
  #expect(!left.contains { $0.contains(days.0) } && left.contains { $0.contains(days.1) })
  let mode = try FileBytes.status(
    of: "\(output.path)/scores/day=\(days.0)/scores.parquet"
  ).st_mode
  #expect(mode & 0o777 == 0o640)
}

@Test("what is exported of a day as OCSF is the report's own file")
func sameAsReport() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  for day in site.days {
    let run = try StageRun(
      "report",
      ["export"] + site.arguments("report", store: store, days: ["--day", day]) + [
        "--format", "ocsf",
      ])
    #expect(run.exitCode == 0, "\(run.standardError)")
    let own = try FileBytes.read("\(store)/reports/day=\(day)/incidents.jsonl")
    #expect(Array(run.standardOutput.utf8) == own)
  }
}

@Test("stix and misp are not written without the incidents that they are to tell of")
func exportNeedsIncidents() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let run = try StageRun(
    "report",
    ["export"] + site.arguments("report", store: store) + ["--format", "stix"])
  #expect(run.exitCode == 64)
  #expect(run.standardError.contains("name the incidents with --incident"))
}

@Test("a day without a report is named before anything is exported")
func exportNeedsReport() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let run = try StageRun(
    "report",
    ["export"] + site.arguments("report", store: store, days: ["--day", "2026-01-01"]) + [
      "--format", "ocsf",
    ])
  #expect(run.exitCode == 1)
  #expect(run.standardError.hasSuffix("no report of 2026-01-01; run report for it first\n"))
}
