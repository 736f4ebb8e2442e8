import Foundation
import TestSupport
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
  "Randomness": [],
  "Forest": ["Columnar", "ArrowFile", "CKernels", "Randomness"],
  "Learning": ["Columnar", "ArrowFile", "CKernels", "Randomness"],
  "Challengers": ["Learning", "Features", "Events", "Columnar"],
  "Cryptography": ["CCrypto"],
  "DelimitedText": ["CLibCSV"],
  "FeatureTables": ["Columnar", "ArrowFile", "Events", "Forest", "DelimitedText"],
  "Indicators": ["Columnar", "Events", "DelimitedText"],
  "Detectors": [
    "Columnar", "Events", "Features", "Forest", "Indicators", "Challengers", "Randomness",
  ],
  "Incidents": ["Columnar", "Events", "DelimitedText", "Cryptography"],
  "Questions": ["Incidents", "Columnar", "Events"],
  "Rendering": ["Incidents", "Columnar", "Events"],
  "Rewording": ["Incidents", "Columnar", "Events"],
  "Simulator": ["Columnar", "Events", "CISAL"],
  "Pseudonyms": ["Columnar", "Events", "Cryptography"],
  "StageKit": ["ArrowFile", "Columnar", "Events", "Pseudonyms", "Cryptography", "CLinux"],
  "Checkup": [
    "StageKit", "Registry", "LogReaders", "Detectors", "Quality", "Incidents", "Indicators",
    "ArrowFile", "Columnar", "Events",
  ],
  "ingest": ["StageKit", "LogReaders", "Pseudonyms", "Checkup"],
  "normalize": ["StageKit", "Conversations"],
  "baseline": ["StageKit", "Features", "Forest", "Quality", "Learning", "Challengers"],
  "score": [
    "StageKit", "Detectors", "Features", "Forest", "Learning", "Challengers", "FeatureTables",
    "Indicators", "Pseudonyms", "Registry",
  ],
  "Registry": ["StageKit", "Pseudonyms", "Incidents", "Columnar", "Events"],
  "RegistryTables": ["Registry", "Incidents", "DelimitedText", "Columnar", "Events"],
  "report": [
    "StageKit", "Incidents", "Questions", "Rendering", "Rewording", "Registry", "Alerts",
    "WebClient", "Exchange", "Pseudonyms",
  ],
  "triage": ["StageKit", "Incidents", "Registry", "RegistryTables", "DelimitedText", "Evidence"],
  "WebClient": ["CCurl"],
  "Alerts": ["StageKit", "WebClient", "Incidents", "Columnar", "Events", "Cryptography"],
  "Exchange": ["Registry", "Incidents", "Columnar", "Events", "Cryptography"],
  "Evidence": [
    "Exchange", "Registry", "StageKit", "Incidents", "ArrowFile", "Columnar", "Events",
    "Cryptography",
  ],
  "simulate": ["StageKit", "Simulator"],
]

/// What `swift package dump-package` says: the manifest alone, nothing fetched.
private struct Manifest: Decodable {
  struct Target: Decodable {
    var name: String
    var type: String
    var path: String?
    var dependencies: [Dependency]
  }
  /// `{"byName": [name, null]}` or `{"target": …}`; of products of other packages, without a name
  /// here.
  struct Dependency: Decodable {
    var byName: [String?]?
    var target: [String?]?
    var name: String? { (byName ?? target)?.first ?? nil }
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
  let scratch = try TemporaryFolder()
  process.arguments = [
    "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path,
    "dump-package",
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  let targets = try JSONDecoder().decode(Manifest.self, from: bytes).targets
  let own = targets.filter {
    ["regular", "executable"].contains($0.type) && $0.path?.hasPrefix("Tests/") != true
  }
  #expect(Set(own.map(\.name)) == Set(allowed.keys))
  for target in own {
    let dependencies = Set(target.dependencies.compactMap(\.name))
    #expect(dependencies == allowed[target.name], "\(target.name)")
  }
}
