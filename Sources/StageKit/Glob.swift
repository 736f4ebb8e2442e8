import Glibc

/// File names with `*`, `?` and `[…]` within a folder, and `**` across folders.
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

  private static func walk(_ path: String, _ parts: ArraySlice<String>, _ found: inout Set<String>)
    throws
  {
    guard let part = parts.first else {
      if FileBytes.isFolder(path) {
        for name in try FileBytes.names(in: path) where !name.hasPrefix(".") {
          try walk(join(path, name), [], &found)
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
    if part == "**" { try walk(path, rest, &found) }
    let folder = path.isEmpty ? "." : path
    guard FileBytes.isFolder(folder) else { return }
    for name in try FileBytes.names(in: folder) {
      let next = join(path, name)
      if part == "**" {
        if !name.hasPrefix("."), FileBytes.isFolder(next) { try walk(next, parts, &found) }
      } else if fnmatch(part, name, FNM_PERIOD) == 0 {
        try walk(next, rest, &found)
      }
    }
  }
}
