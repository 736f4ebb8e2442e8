// swift-tools-version: 6.2
import PackageDescription

// Of what fuzzers run, this package's own code is instrumented, and not the packages that it uses.
let isFuzzed = Context.environment["TIDEMARK_FUZZERS"] != nil
let fuzzSettings: [SwiftSetting] = [
  .unsafeFlags(["-sanitize=address,fuzzer"])
]

// Every module is compiled the same way; warnings are errors.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
    // Tests run against what `make build` compiles. Stages are 7 % larger by it, and no slower.
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
  ] + (isFuzzed ? fuzzSettings : [])

let kernelSettings: [CSetting] = [
  // Results must not depend on which multiplications the compiler fuses.
  .unsafeFlags(["-O3", "-ffp-contract=off"])
]

let tomlKit: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func stage(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["StageKit"] + dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude,
    // Optimised, tests take minutes more to compile than to run.
    swiftSettings: settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

let package = Package(
  name: "tidemark",
  products: ["ingest", "normalize", "baseline", "score", "report", "triage", "simulate"].map {
    .executable(name: $0, targets: [$0])
  },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibCSV"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CBZip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLZMA", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels", cSettings: kernelSettings),

    library("Columnar"),
    library("ArrowFile", ["Columnar", "CZstd", "CISAL", "CLinux"]),
    library("Events", ["Columnar"]),
    library(
      "LogReaders",
      [
        "Columnar", "Events", "CLibCSV", "CLZ4", "CZstd", "CISAL", "CBZip2", "CLZMA", "CKernels",
        tomlKit, subprocess,
      ]),
    library("Conversations", ["Columnar", "Events"]),
    library("Features", ["Columnar", "Events"]),
    library("Quality", ["Columnar", "Events", "Features"]),
    library("Randomness"),
    library("Forest", ["Columnar", "ArrowFile", "CKernels", "Randomness"]),
    library("Learning", ["Columnar", "ArrowFile", "CKernels", "Randomness"]),
    library("Challengers", ["Learning", "Features", "Events", "Columnar"]),
    library("Cryptography", ["CCrypto"]),
    library("DelimitedText", ["CLibCSV"]),
    library("FeatureTables", ["Columnar", "ArrowFile", "Events", "Forest", "DelimitedText"]),
    library("Indicators", ["Columnar", "Events", "DelimitedText"]),
    library(
      "Detectors",
      ["Columnar", "Events", "Features", "Forest", "Indicators", "Challengers", "Randomness"]),
    library("Incidents", ["Columnar", "Events", "DelimitedText", "Cryptography"]),
    library("Questions", ["Incidents", "Columnar", "Events"]),
    library("Rendering", ["Incidents", "Columnar", "Events"]),
    library("Rewording", ["Incidents", "Columnar", "Events"]),
    library("Simulator", ["Columnar", "Events", "CISAL"]),
    library("Pseudonyms", ["Columnar", "Events", "Cryptography"]),
    library(
      "StageKit",
      [
        "ArrowFile", "Columnar", "Events", "Pseudonyms", argumentParser, tomlKit, logging,
        "Cryptography", "CLinux",
      ]),

    library("WebClient", ["CCurl"]),
    library(
      "Alerts", ["StageKit", "WebClient", "Incidents", "Columnar", "Events", "Cryptography"]),
    library("Registry", ["StageKit", "Pseudonyms", "Incidents", "Columnar", "Events"]),
    library(
      "RegistryTables", ["Registry", "Incidents", "DelimitedText", "Columnar", "Events", grdb]),

    library("Exchange", ["Registry", "Incidents", "Columnar", "Events", "Cryptography"]),
    library(
      "Evidence",
      [
        "Exchange", "Registry", "StageKit", "Incidents", "ArrowFile", "Columnar", "Events",
        "Cryptography",
      ]),

    library(
      "Checkup",
      [
        "StageKit", "Registry", "LogReaders", "Detectors", "Quality", "Incidents", "Indicators",
        "ArrowFile", "Columnar", "Events",
      ]),

    stage("ingest", ["LogReaders", "Pseudonyms", "Checkup"]),
    stage("normalize", ["Conversations"]),
    stage("baseline", ["Features", "Forest", "Quality", "Learning", "Challengers"]),
    stage(
      "score",
      [
        "Detectors", "Features", "Forest", "Learning", "Challengers", "FeatureTables", "Indicators",
        "Pseudonyms", "Registry",
      ]),
    stage(
      "report",
      [
        "Incidents", "Questions", "Rendering", "Rewording", "Registry", "Alerts", "WebClient",
        "Exchange", "Pseudonyms",
      ]),
    stage("triage", ["Incidents", "Registry", "RegistryTables", "DelimitedText", "Evidence"]),
    stage("simulate", ["Simulator"]),

    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: settings),
    .target(
      name: "ReaderChecks", dependencies: ["LogReaders", "Events", "Columnar"],
      path: "Tests/Fuzz/ReaderChecks", swiftSettings: settings),
    .target(
      name: "FuzzChecks",
      dependencies: [
        "ReaderChecks", "TestSupport", "ArrowFile", "Columnar", "DelimitedText", "Events",
        "FeatureTables", "Forest", "Incidents", "Indicators", "LogReaders", "Registry",
        "RegistryTables", "Rewording", "StageKit",
      ], path: "Tests/Fuzz/Checks", swiftSettings: settings),

    tests("ColumnarTests", ["Columnar"]),
    tests("ArrowFileTests", ["ArrowFile", "Columnar"], exclude: ["Fixtures"]),
    tests("EventsTests", ["Events", "Columnar"], exclude: ["Fixtures"]),
    tests(
      "LogReadersTests", ["LogReaders", "ReaderChecks", "Events", "Columnar", "CKernels"],
      exclude: ["Fixtures"]),
    tests("ConversationsTests", ["Conversations", "Events", "Columnar"]),
    tests("FeaturesTests", ["Features", "Events", "Columnar"]),
    tests("QualityTests", ["Quality", "Features", "Events", "Columnar"]),
    tests(
      "ForestTests", ["Forest", "ArrowFile", "Columnar", "CKernels", "Randomness"],
      exclude: ["Fixtures"]),
    tests(
      "LearningTests", ["Learning", "ArrowFile", "CKernels", "Columnar", "Randomness"],
      exclude: ["Golden"]),
    tests("FuzzTests", ["FuzzChecks"]),
    tests("FeatureTablesTests", ["FeatureTables", "Forest", "ArrowFile", "Columnar"]),
    tests("IndicatorsTests", ["Indicators", "Events", "Columnar"]),
    tests(
      "DetectorsTests",
      [
        "Detectors", "Challengers", "Learning", "Randomness", "Features", "Forest", "Indicators",
        "Events", "Columnar",
      ]),
    tests("IncidentsTests", ["Incidents", "Events", "Columnar"]),
    tests(
      "RenderingTests", ["Rendering", "Incidents", "Events", "Columnar"], exclude: ["Fixtures"]),
    tests("QuestionsTests", ["Questions", "Events", "Columnar"]),
    tests(
      "RegistryTests",
      ["Registry", "RegistryTables", "StageKit", "Incidents", "ArrowFile", "Events", "Columnar"]),
    tests(
      "RewordingTests", ["Rewording", "WebClient", "Rendering", "Incidents", "Events", "Columnar"],
      exclude: ["Fixtures"]),
    tests("WebClientTests", ["WebClient"], exclude: ["Fixtures"]),
    tests(
      "AlertsTests", ["Alerts", "StageKit", "WebClient", "Incidents", "Columnar", "Events"],
      exclude: ["Fixtures"]),
    tests(
      "ExchangeTests",
      ["Exchange", "Registry", "StageKit", "Incidents", "Events", "Columnar"],
      exclude: ["Fixtures"]),
    tests(
      "EvidenceTests",
      ["Evidence", "StageKit", "ArrowFile", "Incidents", "Events", "Columnar"]),
    tests("SimulatorTests", ["Simulator", "Events", "Columnar"]),
    tests("CryptographyTests", ["Cryptography"]),
    tests("PseudonymsTests", ["Pseudonyms", "Events", "Columnar"]),
    tests("StageKitTests", ["StageKit", "ArrowFile", "Columnar", "Events"]),
    tests(
      "PipelineTests", ["StageKit", "ArrowFile", "Columnar", "Events"],
      exclude: ["Cases", "Fixtures"]),
  ]
)

// Run by `make bench-forest`, `make evaluate-forest`, `make evaluate-edges` and
// `make evaluate-learned` only, so that no build of the stages holds them.
if Context.environment["TIDEMARK_BENCHMARKS"] != nil {
  package.targets += [
    .target(
      name: "ForestRivals", path: "Tests/Benchmarks/ForestRivals", cSettings: kernelSettings),
    .executableTarget(
      name: "forest-bench", dependencies: ["Forest", "ForestRivals"],
      path: "Tests/Benchmarks/ForestBench", swiftSettings: settings),
    .executableTarget(
      name: "forest-evaluation", dependencies: ["Forest", "Columnar"],
      path: "Tests/Evaluation/ForestEvaluation", swiftSettings: settings),
    .executableTarget(
      name: "edge-evaluation",
      dependencies: [
        "Detectors", "Features", "Events", "ArrowFile", "Columnar", "TestSupport",
      ], path: "Tests/Evaluation/EdgeEvaluation", swiftSettings: settings),
    .executableTarget(
      name: "learned-evaluation",
      dependencies: [
        "Learning", "Challengers", "Detectors", "Features", "Events", "ArrowFile", "Columnar",
        "CKernels",
        "Randomness",
      ],
      path: "Tests/Evaluation/LearnedEvaluation", swiftSettings: settings),
  ]
}

// Run by `make fuzz` only: libFuzzer brings the main function.
if isFuzzed {
  package.targets += [
    .executableTarget(
      name: "fuzzer", dependencies: ["FuzzChecks", "LogReaders", "Events", "Columnar"],
      path: "Tests/Fuzz/Fuzzer",
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=address,fuzzer", "-use-ld=lld"])])
  ]
}
