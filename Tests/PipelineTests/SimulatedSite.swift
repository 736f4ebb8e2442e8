import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// A few days of a simulated small firm's exports, thinned, with a site file.
struct SimulatedSite: Sendable {
  static let stages = ["ingest", "normalize", "baseline", "score", "report"]

  /// A site, its store and the store's content: made once, for tests that leave them as they are.
  static let reference = Result {
    let site = try SimulatedSite(dayCount: 3, step: 24)
    let store = site.folder.path + "/store"
    try site.run(store: store)
    return (site, store, try StoreContent(store))
  }

  /// Copies the reference store to where a test may change it; returns its site.
  static func copyReferenceStore(to path: String) throws -> SimulatedSite {
    let (site, store, _) = try reference.get()
    try FileManager.default.copyItem(atPath: store, toPath: path)
    return site
  }

  let folder: TemporaryFolder
  let days: [String]

  var exports: String { folder.path + "/exports" }

  /// - Parameters:
  ///   - step: of the rows of each file, every so many stay.
  ///   - attacks: as `simulate` takes them.
  init(dayCount: Int, step: Int, attacks: String = "none") throws {
    folder = try TemporaryFolder()
    days = (2..<2 + dayCount).map { "2026-03-" + pad($0, 2) }
    let run = try StageRun(
      "simulate",
      [
        "--output", exports, "--days", "\(dayCount)", "--scale", "0.1", "--attacks", attacks,
        "--seed", "5",
      ])
    try #require(run.exitCode == 0, "\(run.standardError)")
    for path in try files(withSuffixes: [".csv", ".log"]) where !path.contains("assets") {
      let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
      let lines = text.split(separator: "\n").prefix { $0 != "Summary" }
      let kept = lines.enumerated().filter { index, line in
        index == 0 || line.hasPrefix("#") || index % step == 0
      }
      try FileBytes.write((kept.map(\.element).joined(separator: "\n") + "\n").utf8, to: path)
    }
  }

  private init(copyOf site: SimulatedSite) throws {
    folder = try TemporaryFolder()
    days = site.days
    try FileManager.default.copyItem(atPath: site.exports, toPath: exports)
  }

  /// The same exports elsewhere.
  func copy() throws -> SimulatedSite { try SimulatedSite(copyOf: self) }

  /// The exports, by path, in order.
  func files(withSuffixes suffixes: [String]) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: exports).sorted()
      .filter { name in suffixes.contains { name.hasSuffix($0) } }
      .map { exports + "/" + $0 }
  }

  /// The arguments of a stage; `days` are its days options, all days where they are not given.
  func arguments(
    _ stage: String, store: String, days: [String]? = nil, site: String = "site.toml",
    threads: Int = 2
  ) -> [String] {
    ["--site", "\(exports)/\(site)", "--store", store, "--threads", "\(threads)"]
      + (stage == "ingest"
        ? [] : days ?? ["--from", self.days[0], "--to", self.days[self.days.count - 1]])
  }

  /// Runs stages in turn; each must succeed.
  func run(
    _ stages: [String] = SimulatedSite.stages, store: String, days: [String]? = nil,
    site: String = "site.toml", threads: Int = 2
  ) throws {
    for stage in stages {
      let run = try StageRun(
        stage, arguments(stage, store: store, days: days, site: site, threads: threads))
      try #require(run.exitCode == 0, "\(stage): \(run.standardError)")
    }
  }
}

/// All files of a store, by their paths within it, hidden ones too; but not the audit log, which is
/// of times and people, nor how long stages took.
struct StoreContent: Equatable {
  let files: [String: [UInt8]]

  init(_ store: String) throws {
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: store)
    where !FileBytes.isFolder("\(store)/\(name)") && !name.hasSuffix("registry/audit.jsonl")
      && !name.contains("timing/")
    {
      files[name] = try FileBytes.read("\(store)/\(name)")
    }
    self.files = files
  }

  /// The paths that are in one only, or differ.
  func differences(_ other: StoreContent) -> [String] {
    Set(files.keys).union(other.files.keys).filter { files[$0] != other.files[$0] }.sorted()
  }
}
