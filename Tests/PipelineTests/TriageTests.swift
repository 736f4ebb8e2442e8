import Foundation
import StageKit
import Testing

@Test("every stage that writes leaves a line in the audit log, which is checked with the decisions")
func auditedRuns() throws {
  let (site, store, _) = try SimulatedSite.reference.get()
  let arguments = ["--site", "\(site.exports)/site.toml", "--store", store]
  let verify = try StageRun("triage", ["verify"] + arguments)
  #expect(verify.exitCode == 0, "\(verify.standardError)")
  #expect(verify.standardOutput.contains("audit.jsonl: "))
  let lines = String(
    decoding: try FileBytes.read(store + "/registry/audit.jsonl"), as: UTF8.self
  ).split(separator: "\n")
  #expect(
    SimulatedSite.stages.allSatisfy { stage in
      lines.contains { $0.contains("\"program\":\"\(stage)\"") }
    })
}
