import Glibc

/// The format files at hand.
package struct FormatLibrary: Sendable {
  /// By id.
  package let formats: [Format]

  /// All `*.toml` files in folders.
  ///
  /// - Throws: where a file can't be used, or an id is there twice.
  package init(directories: [String]) throws {
    let paths = try directories.flatMap { directory in
      try FormatLibrary.fileNames(directory).filter { $0.hasSuffix(".toml") }
        .map { directory + "/" + $0 }
    }
    try self.init(paths.map { try Format(path: $0) })
  }

  package init(_ formats: [Format]) throws {
    self.formats = formats.sorted { $0.id < $1.id }
    for (a, b) in zip(self.formats, self.formats.dropFirst()) where a.id == b.id {
      throw FormatError(path: b.path, problem: "id \(b.id) is also that of \(a.path)")
    }
  }

  /// The format with an id, or of a format file's path.
  package func format(_ idOrPath: String) throws -> Format {
    if let format = formats.first(where: { $0.id == idOrPath }) { return format }
    if idOrPath.hasSuffix(".toml") { return try Format(path: idOrPath) }
    let nearest = formats.map { (editDistance($0.id, idOrPath), $0.id) }.min { $0 < $1 }
    let hint = nearest.map { " (did you mean \($0.1)?)" } ?? ""
    throw FormatError(path: idOrPath, problem: "no format has this id\(hint)")
  }

  private static func fileNames(_ directory: String) throws -> [String] {
    guard let stream = opendir(directory) else { throw InputError(directory, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.sorted()
  }
}

extension Format {
  /// Reads a format file.
  package init(path: String) throws {
    let file = try FileStream(path: path)
    let bytes = try file.first(1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(path: path, problem: "not UTF-8 text")
    }
    try self.init(toml: text, path: path)
  }
}

/// Letters to insert, delete or replace (Levenshtein 1966).
private func editDistance(_ a: String, _ b: String) -> Int {
  var row = Array(0...b.utf8.count)
  for (i, x) in a.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.utf8.enumerated() {
      let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[b.utf8.count]
}
