/// What a run keeps beside a folder that it makes or removes, and leaves there when it is killed.
struct Leftover {
  let area: String
  /// The folder's name, or what stands for it until it is known.
  let name: String

  init(area: String, name: String) {
    self.area = area
    self.name = name
  }

  init(partial: String) {
    area = FileBytes.parent(of: partial)
    name = String(FileBytes.name(of: partial).dropFirst().dropLast(".partial".count))
  }

  /// Held while the folder is made or removed.
  var lock: String { "\(area)/.\(name).lock" }
  /// The folder as it is filled.
  var partial: String { "\(area)/.\(name).partial" }
  /// The folder that is being replaced.
  var old: String { "\(area)/.\(name).old" }
  /// The folder that is being pruned.
  var pruned: String { "\(area)/.\(name).pruned" }

  /// Sets right what a run that was killed left; `lock` must be held.
  /// - Parameter place: where the folder belongs that was being replaced; nil where it is no whole
  ///   one.
  func sweep(place: String?) throws {
    try FileBytes.remove(partial)
    try FileBytes.remove(pruned)
    if let place, FileBytes.exists(old), !FileBytes.exists(place) {
      try FileBytes.move(old, to: place)
    }
    try FileBytes.remove(old)
  }
}

extension Store {
  /// Folders of the store in which things are made under a lock.
  private static let madeUnderLock = Area.allCases.map(\.rawValue) + ["wording", "timing"]

  /// What is unfinished in the store, by path, and whether a run is at work on it.
  package func unfinished() throws -> [(path: String, isHeld: Bool)] {
    try Store.madeUnderLock.map { path + "/" + $0 }.flatMap { area in
      try FileBytes.names(in: area).filter { name in
        name.hasPrefix(".") && [".partial", ".old", ".pruned"].contains(where: name.hasSuffix)
      }.map { name in
        let stem = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
        return ("\(area)/\(name)", FileLock.isHeld("\(area)/\(stem).lock"))
      }
    }
  }

  /// Removes what runs that were killed left behind: each has a lock that nobody holds. So does
  /// what a run could not remove, which has no lock any more.
  func sweep() throws {
    for area in Store.madeUnderLock.map({ path + "/" + $0 }) {
      let names = try FileBytes.names(in: area).filter { $0.hasPrefix(".") }
      let left = names.compactMap { file -> String? in
        // A file `.partial` without a lock of its name is the ledger's, which `ingest` removes.
        let suffix =
          [".lock", ".old", ".pruned"].first(where: file.hasSuffix)
          ?? (file.hasSuffix(".partial") && FileBytes.isFolder("\(area)/\(file)")
            ? ".partial" : nil)
        return suffix.map { String(file.dropFirst().dropLast($0.count)) }
      }
      for name in Set(left).sorted() {
        let leftover = Leftover(area: area, name: name)
        guard let lock = try FileLock(ifFree: leftover.lock) else { continue }
        defer { lock.release() }
        try leftover.sweep(place: try place(of: leftover))
      }
    }
  }

  /// A day's folder has its place in its name; that of an ingested file is told by its manifest.
  private func place(of leftover: Leftover) throws -> String? {
    if leftover.name.contains("=") { return "\(leftover.area)/\(leftover.name)" }
    guard FileBytes.exists(leftover.old) else { return nil }
    do {
      guard let manifest = try Manifest.read(folder: leftover.old), let file = manifest.inputs.first
      else { return nil }
      return ingested(source: manifest.subject, fileHash: file.sha256)
    } catch is StageError {
      // Its removal had begun.
      return nil
    }
  }
}
