import Foundation
import Testing

/// What each target may import: the architecture, held against the package as it is.
private let allowed: [String: Set<String>] = [
  "CKernels": [],
  "Columnar": [],
  "ArrowFile": ["Columnar", "CZstd", "CISAL", "CLinux"],
  "Events": ["Columnar"],
  "LogReaders": [
    "Columnar", "Events", "CLibCSV", "CLZ4", "CZstd", "CISAL", "CBZip2", "CLZMA", "CKernels",
  ],
  "Conversations": ["Columnar", "Events"],
  "Features": ["Columnar", "Events"],
  "Quality": ["Columnar", "Events", "Features"],
  "Forest": ["Columnar", "ArrowFile", "CKernels"],
  "DelimitedText": ["CLibCSV"],
  "FeatureTables": ["Columnar", "ArrowFile", "Events", "Forest", "DelimitedText"],
  "Indicators": ["Columnar", "Events", "DelimitedText"],
  "Detectors": ["Columnar", "Events", "Features", "Forest", "Indicators"],
  "Incidents": ["Columnar", "Events", "DelimitedText"],
  "Questions": ["Incidents", "Columnar", "Events"],
  "Rendering": ["Incidents", "Columnar", "Events"],
  "Rewording": ["Incidents", "Columnar", "Events"],
  "Simulator": ["Columnar", "Events", "CISAL"],
  "Pseudonyms": ["Columnar", "Events"],
  "StageKit": ["ArrowFile", "Columnar", "Events", "Pseudonyms"],
  "ingest": ["StageKit", "LogReaders", "Pseudonyms"],
  "normalize": ["StageKit", "Conversations"],
  "baseline": ["StageKit", "Features", "Forest", "Quality"],
  "score": [
    "StageKit", "Detectors", "Features", "Forest", "FeatureTables", "Indicators", "Pseudonyms",
    "Registry",
  ],
  "Registry": ["StageKit", "Pseudonyms", "Incidents", "Columnar", "Events"],
  "RegistryTables": ["Registry", "Incidents", "DelimitedText", "Columnar", "Events"],
  "report": [
    "StageKit", "Incidents", "Questions", "Rendering", "Rewording", "Registry", "Alerts",
    "WebClient", "Exchange", "Pseudonyms",
  ],
  "triage": ["StageKit", "Incidents", "Registry", "RegistryTables", "DelimitedText", "Evidence"],
  "WebClient": ["CCurl"],
  "Alerts": ["StageKit", "WebClient", "Incidents", "Columnar", "Events"],
  "Exchange": ["Registry", "Incidents", "Columnar", "Events"],
  "Evidence": [
    "Exchange", "Registry", "StageKit", "Incidents", "ArrowFile", "Columnar", "Events",
  ],
  "simulate": ["StageKit", "Simulator"],
  "ReaderChecks": ["LogReaders", "Events", "Columnar"],
]

private struct Description: Decodable {
  struct Target: Decodable {
    var name: String
    var type: String
    var targetDependencies: [String]?

    enum CodingKeys: String, CodingKey {
      case name, type
      case targetDependencies = "target_dependencies"
    }
  }
  var targets: [Target]
}

@Test("targets depend on each other as the architecture says, and on nothing else")
func targetGraph() throws {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  // A scratch folder of its own: the test runs while the package's is in use.
  let scratch = FileManager.default.temporaryDirectory.path + "/tidemark-\(UUID().uuidString)"
  defer { try? FileManager.default.removeItem(atPath: scratch) }
  process.arguments = [
    "swift", "package", "--package-path", root.path, "--scratch-path", scratch, "describe",
    "--type", "json",
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  let targets = try JSONDecoder().decode(Description.self, from: bytes).targets
  let own = targets.filter { $0.type == "library" || $0.type == "executable" }
  #expect(Set(own.map(\.name)) == Set(allowed.keys))
  for target in own {
    #expect(Set(target.targetDependencies ?? []) == allowed[target.name], "\(target.name)")
  }
}
