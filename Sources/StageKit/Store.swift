import ArrowFile
import Columnar
import Events

/// Where everything lies: the folders of one site's data.
package struct Store: Sendable {
  package let path: String
  /// Chosen when the store is made, and the same for all of its files.
  package let compression: Compression
  /// The path of the store that this one tries settings for; nil of one in use.
  package let copyOf: String?
  /// What is gone from it.
  package let pruned: PrunedFolders
  /// For how many milliseconds a folder that another run is writing is waited for.
  package var patience = FileLock.brief
  private let inputs = InputMemory()

  /// Opens a store, or makes one. `compression` is only heeded for a new store.
  package init(path: String, compression: Compression = .none) throws {
    self.path = path
    let marker = path + "/store.toml"
    // Looked for before the marker, which another first run makes before them.
    let hasFiles = Store.hasFiles(at: path)
    if Store.exists(at: path) {
      let reader = try TOMLReader(path: marker)
      let stated = try reader.required("compression", example: "\"none\"")
      guard let compression = Compression(rawValue: stated) else {
        throw reader.fail("compression", "expected \"none\" or \"zstd\", found \"\(stated)\"")
      }
      self.compression = compression
      copyOf = try reader.string("copy_of")
      do { try reader.finish() } catch {
        throw StageError("\(error); use the version of Tidemark that made the store")
      }
    } else {
      // Made anew it might say otherwise than the files that are there.
      guard !hasFiles else {
        throw StageError(
          "\(marker): missing in a folder with a store's files; put it back: compression = \"none\", or "
            + "\"zstd\" if that was chosen")
      }
      try FileBytes.makeFolder(path)
      self.compression = compression
      copyOf = nil
      let lock = try FileLock(path: path + "/.store.toml.lock", subject: marker, patience: 10_000)
      defer { lock.release() }
      if !FileBytes.exists(marker) {
        try FileBytes.replace(marker, with: "compression = \"\(compression.rawValue)\"\n".utf8)
      }
    }
    pruned = PrunedFolders(try PruneLog(store: path).entries(), store: path)
  }

  /// Whether there are folders that stages write, with the store's marker or without.
  package static func hasFiles(at path: String) -> Bool {
    (["registry"] + Area.allCases.map(\.rawValue)).contains {
      FileBytes.exists("\(path)/\($0)")
    }
  }

  package static func exists(at path: String) -> Bool {
    FileBytes.exists(path + "/store.toml")
  }

  package var ingested: String { path + "/ingested" }
  package func ingested(source: String, fileHash: String) -> String {
    "\(ingested)/source=\(source)/file=\(fileHash.prefix(16))"
  }
  /// A day's folder in an area other than `ingested`.
  package func folder(_ area: Area, _ day: CivilDate) -> String {
    "\(path)/\(area)/\([.baseline, .learned].contains(area) ? "asof" : "day")=\(day)"
  }
  package func events(_ day: CivilDate) -> String { folder(.events, day) }
  package func quality(_ day: CivilDate) -> String { folder(.quality, day) }
  package func profiles(_ day: CivilDate) -> String { folder(.profiles, day) }
  package func baseline(asOf day: CivilDate) -> String { folder(.baseline, day) }
  package func learned(asOf day: CivilDate) -> String { folder(.learned, day) }
  package func features(_ day: CivilDate) -> String { folder(.features, day) }
  package func votes(_ day: CivilDate) -> String { folder(.votes, day) }
  package func scores(_ day: CivilDate) -> String { folder(.scores, day) }
  /// What people decided, and who was told.
  package var registry: String { path + "/registry" }
  package func reports(_ day: CivilDate) -> String { folder(.reports, day) }

  /// What a language model was asked about days' incidents, and answered: a file for each day.
  package var wording: String { path + "/wording" }
  /// How long the last run of each stage took: a file for each.
  package var timing: String { path + "/timing" }

  /// The days that have a finished folder in `events`, `profiles`, …, in order.
  /// - Throws: naming one without a manifest, which no stage leaves: left out, its day would be
  ///   taken for one that never was.
  package func days(in area: String) throws -> [CivilDate] {
    let folder = "\(path)/\(area)"
    return try FileBytes.names(in: folder).compactMap { name in
      guard name.hasPrefix("day=") || name.hasPrefix("asof="),
        let equals = name.firstIndex(of: "="),
        let day = CivilDate(String(name[name.index(after: equals)...])),
        try Manifest.isThere(in: "\(folder)/\(name)")
      else { return nil }
      return day
    }
  }

  /// A table of a finished folder; nil where the folder has none of that name.
  /// - Throws: where the folder's manifest lists it all the same.
  package func table(_ name: String, in folder: String, expecting schema: Schema) throws
    -> ArrowReader?
  {
    let path = "\(folder)/\(name).arrow"
    guard FileBytes.exists(path) else {
      let listed = try Manifest.read(folder: folder)?.outputs.first { $0.name == "\(name).arrow" }
      if let listed { try verifySize(of: listed, in: folder) }
      return nil
    }
    return try StoredTable.open(path, expecting: schema)
  }

  /// A table that a finished folder must have.
  package func requiredTable(_ schema: Schema, in folder: String, name: String? = nil) throws
    -> ArrowReader
  {
    guard let table = try table(name ?? schema.name, in: folder, expecting: schema) else {
      if let entry = pruned.entry(of: relative(folder)) {
        throw StageError("\(folder): was pruned on \(entry.date)")
      }
      throw StageError(
        "\(folder): expected \(name ?? schema.name).arrow, found none; remove the folder and run "
          + "its stage again")
    }
    return table
  }

  /// What is wrong with a day's data; nothing where that is not known.
  package func dataFindings(_ day: CivilDate) throws -> [DataFinding] {
    try table(QualityFinding.schema.name, in: quality(day), expecting: QualityFinding.schema)
      .map(DataFinding.read) ?? []
  }

  /// A finished folder as an input of a later stage; nil where it is not done.
  package func input(_ folder: String) throws -> Manifest.Input? {
    try inputs.input(folder, name: relative(folder))
  }

  /// A path without the store's own, as manifests name it.
  package func relative(_ folder: String) -> String {
    folder.hasPrefix(path + "/") ? String(folder.dropFirst(path.count + 1)) : folder
  }
}
