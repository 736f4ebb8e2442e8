import Glibc

/// File names with `*`, `?` and `[…]` within a folder, and `**` across folders. A link to a folder
/// that it lies in is not followed.
package enum Glob {
  /// The files that match, sorted by bytes. A pattern that names a folder means all files in it.
  package static func files(matching pattern: String) throws -> [String] {
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    let root = pattern.hasPrefix("/") ? "/" : ""
    var found: Set<String> = []
    try walk(root, parts[...], &found)
    return sorted(found)
  }

  /// The files that a person named, and all in the folders that they named, in the order of the
  /// names.
  package static func files(named paths: [String]) throws -> [String] {
    try paths.flatMap { path in
      guard FileBytes.isFolder(path) else { return [path] }
      var found: Set<String> = []
      try walk(path, [], &found)
      return sorted(found)
    }
  }

  private static func sorted(_ paths: Set<String>) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// What a folder is, by whatever path.
  private struct Identity: Equatable {
    let device: dev_t
    let inode: ino_t

    init?(folder path: String) {
      guard let status = try? FileBytes.status(of: path.isEmpty ? "." : path) else { return nil }
      (device, inode) = (status.st_dev, status.st_ino)
    }
  }

  /// The folders that led to a folder, and itself; nil where it is one of them.
  private static func entered(_ path: String, from folders: [Identity]) -> [Identity]? {
    guard let own = Identity(folder: path) else { return folders }
    return folders.contains(own) ? nil : folders + [own]
  }

  /// - Parameter folders: those that were gone into on the way.
  private static func walk(
    _ path: String, _ parts: ArraySlice<String>, _ found: inout Set<String>,
    within folders: [Identity] = []
  ) throws {
    guard let part = parts.first else {
      if FileBytes.isFolder(path) {
        guard let folders = entered(path, from: folders) else { return }
        for name in try FileBytes.names(in: path) where !name.hasPrefix(".") {
          try walk(join(path, name), [], &found, within: folders)
        }
      } else if FileBytes.exists(path) {
        found.insert(path)
      }
      return
    }
    let rest = parts.dropFirst()
    let isPattern = part.contains { "*?[".contains($0) }
    guard isPattern else {
      let next = join(path, part)
      if FileBytes.exists(next) { try walk(next, rest, &found) }
      return
    }
    let folder = path.isEmpty ? "." : path
    guard FileBytes.isFolder(folder) else {
      if part == "**" { try walk(path, rest, &found) }
      return
    }
    guard part == "**" else {
      for name in try FileBytes.names(in: folder) where fnmatch(part, name, FNM_PERIOD) == 0 {
        try walk(join(path, name), rest, &found)
      }
      return
    }
    guard let folders = entered(path, from: folders) else { return }
    try walk(path, rest, &found)
    for name in try FileBytes.names(in: folder)
    where !name.hasPrefix(".") && FileBytes.isFolder(join(path, name)) {
      try walk(join(path, name), parts, &found, within: folders)
    }
  }
}
