import ArrowFile
import Columnar
import Events
import StageKit

/// Whether the finished folders of a store are what their manifests say, were made from what is
/// there now, and are of this version.
struct FolderCheck {
  let store: Store
  /// Whether every file is read to its end.
  let readsAll: Bool

  func results() -> [CheckResult] {
    var manifests: [String: Manifest] = [:]
    var order: [String] = []
    var problems: [CheckResult] = []
    for area in Area.allCases {
      problems += checked {
        try folders(of: area).flatMap { folder in
          checked {
            guard let manifest = try Manifest.read(folder: folder) else { return [] }
            manifests[store.relative(folder)] = manifest
            order.append(store.relative(folder))
            return []
          }
        }
      }
    }
    var fileCount = 0
    for name in order {
      guard let manifest = manifests[name] else { continue }
      fileCount += manifest.outputs.count
      problems += checked { try verify("\(store.path)/\(name)", manifest) }
    }
    // A copy lacks what its folders were made from before they were shared.
    let origins = store.copyOf == nil ? origins(order, manifests) : []
    let what = readsAll ? "read to the end" : "there, as long as they were"
    let summary = CheckResult(
      .ok, store.path,
      "\(Quantity.counted(order.count, "folder")) with \(Quantity.counted(fileCount, "file"))"
        + (problems.isEmpty ? ", all \(what)" : ""))
    return FolderCheck.shortened(problems) + origins
      + FolderCheck.shortened(FolderCheck.unread(order.compactMap { manifests[$0] })) + [summary]
  }

  /// By path: finished folders, and what looks like one.
  private func folders(of area: Area) throws -> [String] {
    let root = "\(store.path)/\(area)"
    let names = try FileBytes.names(in: root).filter { name in
      !name.hasPrefix(".") && name.contains("=") && FileBytes.isFolder("\(root)/\(name)")
    }
    guard area == .ingested else { return names.map { "\(root)/\($0)" } }
    return try names.flatMap { source in
      try FileBytes.names(in: "\(root)/\(source)").filter { $0.hasPrefix("file=") }
        .map { "\(root)/\(source)/\($0)" }
    }
  }

  private func verify(_ folder: String, _ manifest: Manifest) throws -> [CheckResult] {
    if readsAll {
      _ = try store.verify(folder)
    } else {
      for output in manifest.outputs { try store.verifySize(of: output, in: folder) }
    }
    for output in manifest.outputs where output.name.hasSuffix(".arrow") {
      let path = "\(folder)/\(output.name)"
      let found = try ArrowReader(path: path).schema
      // Rejects of files and those of days are tables of one name.
      guard let expected = StoredTables.schema(named: found.name),
        manifest.stage != "ingest" || found.name != RejectedLines.schema.name
      else { continue }
      _ = try StoredTable.open(path, expecting: expected)
    }
    return []
  }

  /// What is no longer there, or another than it was, of that from which folders were made.
  private func origins(_ order: [String], _ manifests: [String: Manifest]) -> [CheckResult] {
    let areas = Set(Area.allCases.map(\.rawValue))
    let hashes = manifests.mapValues(\.contentHash)
    var changed: [(folder: String, source: String)] = []
    var missing: [String: [String]] = [:]
    for folder in order {
      for input in manifests[folder]?.inputs ?? []
      where areas.contains(String(input.name.prefix { $0 != "/" })) {
        if let hash = hashes[input.name] {
          if hash != input.sha256 { changed.append((folder, input.name)) }
        } else if store.pruned.entry(of: input.name) == nil {
          missing[input.name, default: []].append(folder)
        }
      }
    }
    let gone = missing.sorted { $0.key < $1.key }.map { source, folders in
      CheckResult(
        .error, "\(store.path)/\(source)",
        "gone, though not pruned; \(folders[0]) was made from it (such folders: \(folders.count)); put it back "
          + "from a copy, or make it again from its exports: make replay"
      )
    }
    guard let first = changed.first else { return FolderCheck.shortened(gone) }
    let count = Set(changed.map(\.folder)).count
    return FolderCheck.shortened(gone) + [
      CheckResult(
        .warning, "\(store.path)/\(first.folder)",
        "\(first.source) is another since it was made; such folders: \(count); make late makes them again"
      )
    ]
  }

  /// Exports of which no line became a row, which only the run that read them said; not those that
  /// came again under their names with rows.
  private static func unread(_ manifests: [Manifest]) -> [CheckResult] {
    let files = manifests.filter { $0.stage == "ingest" }.map(\.facts)
    func name(_ facts: [String: String]) -> String {
      "\(facts["source"] ?? ""): \(facts["log_file"] ?? "")"
    }
    let read = Set(files.filter { $0["rows"] != "0" }.map(name))
    return files.compactMap { facts in
      guard !read.contains(name(facts)), let rejected = facts["rejected"].flatMap({ Int($0) }),
        rejected > 0
      else { return nil }
      return CheckResult(
        .warning, name(facts),
        "\(Quantity.counted(rejected, "line")) rejected and no row read; ingest check FILE says why"
      )
    }
  }

  private static let shownProblems = 5

  private static func shortened(_ problems: [CheckResult]) -> [CheckResult] {
    guard problems.count > shownProblems, let first = problems.first else { return problems }
    let others = "\(Quantity.count(problems.count - shownProblems)) more"
    return problems.prefix(shownProblems) + [
      CheckResult(first.level, "and", "\(others) of the kind; mend these first")
    ]
  }
}
