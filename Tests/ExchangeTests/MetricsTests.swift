import Columnar
import Events
import Foundation
import Incidents
import TestSupport
import Testing

@testable import Exchange

private let hostile = "a\"b\\n\n# HELP x\r\n{},=é\u{202E}\\"

private func example() -> SiteMetrics {
  let day = CivilDate(dayNumber: 20_541)  // 2026-03-29
  var firewall = DayFacts.SourceQuality(source: "firewall", eventClass: .flow, dayHours: 23)
  (firewall.rows, firewall.rejected, firewall.coveredHours) = (12_345_678_901, 3, 20)
  let unseen = DayFacts.SourceQuality(source: hostile, dayHours: 23)
  return SiteMetrics(
    siteName: hostile,
    newest: SiteMetrics.Day(
      day: day, end: Instant(microseconds: 1_774_821_600_000_000), decided: [.high, .high, .low],
      coveredHours: (20, 23),
      sources: [
        (firewall, isSilent: false), (unseen, isSilent: true),
      ], detectors: [("beacon", true), ("ids", false)]),
    open: [.critical], routes: [(name: "it", waiting: 2, refused: 1)],
    stages: [(name: "score", seconds: 1.5, peakResidentBytes: 268_435_456)],
    storeBytes: [("events", 4096)])
}

@Test("metrics are written as the exposition format has them")
func metricText() {
  let text = example().text
  for line in [
    "# TYPE tidemark_report_day_end_timestamp_seconds gauge",
    "tidemark_report_day_end_timestamp_seconds 1774821600",
    "tidemark_decided_incidents{severity=\"high\"} 2",
    "tidemark_decided_incidents{severity=\"critical\"} 0",
    "tidemark_open_incidents{severity=\"critical\"} 1",
    "tidemark_source_rows{source=\"firewall\",event_class=\"flow\"} 12345678901",
    "tidemark_detector_ran{detector=\"ids\"} 0",
    "tidemark_outbox_messages{route=\"it\",state=\"refused\"} 1",
    "tidemark_stage_duration_seconds{stage=\"score\"} 1.5",
    "tidemark_store_size_bytes{area=\"events\"} 4096",
  ] {
    #expect(text.utf8.split(separator: 0x0A).contains { $0.elementsEqual(line.utf8) }, "\(line)")
  }
  // A line feed in a label would begin a line of its own.
  let names = text.utf8.split(separator: 0x0A).map { String(Substring($0)) }
  #expect(names.allSatisfy { $0.hasPrefix("tidemark_") || $0.hasPrefix("# ") })
  #expect(names.filter { $0.hasPrefix("# HELP x") } == [])
}

@Test("before the first report there is what is known by then")
func nothingReported() {
  let metrics = SiteMetrics(
    siteName: "Example", newest: nil, open: [], routes: [], stages: [], storeBytes: [])
  #expect(metrics.text.contains("tidemark_open_incidents{severity=\"low\"} 0\n"))
  #expect(!metrics.text.contains("tidemark_report"))
  #expect(!metrics.text.contains("tidemark_outbox"))
}

@Test(
  "Prometheus's own client reads every sample, and hostile names come back as they were",
  .enabled(
    if: ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"] != nil,
    "set TIDEMARK_PYTHON to a python with prometheus_client"))
func prometheusClient() throws {
  let folder = try TemporaryFolder()
  try Data(example().text.utf8).write(to: URL(filePath: folder.file("tidemark.prom")))
  let program = """
    import json, sys
    from prometheus_client.parser import text_string_to_metric_families
    text = open(sys.argv[1], encoding="utf-8", newline="").read()
    families = list(text_string_to_metric_families(text))
    assert all(f.documentation.endswith(".") for f in families), families
    assert len({f.name for f in families}) == len(families)
    json.dump([[f.type, s.name, s.labels, s.value] for f in families for s in f.samples], sys.stdout)
    """
  let process = Process()
  process.executableURL = URL(
    filePath: try #require(ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]))
  process.arguments = ["-c", program, folder.file("tidemark.prom")]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  let samples = try #require(JSONSerialization.jsonObject(with: bytes) as? [[Any]])
  #expect(samples.count == 28)
  #expect(samples.allSatisfy { $0[0] as? String == "gauge" })
  func value(_ name: String, _ labels: [String: String]) -> Double? {
    samples.first { $0[1] as? String == name && $0[2] as? [String: String] == labels }?[3]
      as? Double
  }
  #expect(value("tidemark_report_info", ["site": hostile, "day": "2026-03-29"]) == 1)
  #expect(value("tidemark_source_silent", ["source": hostile, "event_class": ""]) == 1)
  #expect(
    value("tidemark_source_covered_ratio", ["source": "firewall", "event_class": "flow"])
      == 20.0 / 23)
  #expect(value("tidemark_stage_max_resident_memory_bytes", ["stage": "score"]) == 268_435_456)
}
