import CLinux
import Glibc

/// A folder of files that becomes visible under its name once it is complete: it is filled under a
/// name of its own beside it, and takes the place of the one that was there in one step.
///
/// A process that is killed leaves the old folder or the new one, and beside it
/// `.<name>.<process>-<n>.partial`.
package struct AtomicFolder: ~Copyable {
  /// Where files are written now.
  package let temporaryPath: String
  private let path: String
  private let parent: String
  private let askedFor: String

  /// Creates the temporary folder.
  ///
  /// - Parameter path: of a folder, with all its files to be replaced, or of nothing.
  /// - Throws: where the folder above is missing or can't be written to.
  package init(path askedFor: String) throws(ArrowFileError) {
    // A link stays one, to the new folder.
    var whole = Self.resolved(askedFor) ?? askedFor
    while whole.hasSuffix("/") { whole.removeLast() }
    let (folder, name) = AtomicFile.split(whole)
    guard let parent = Self.resolved(folder) else {
      throw .system(path: askedFor, expected: "a folder \(folder) to make it in")
    }
    temporaryPath = try Self.makeFolder("\(parent)/.\(name).\(getpid())", for: askedFor)
    self.askedFor = askedFor
    self.parent = parent
    path = "\(parent)/\(name)"
  }

  private static func makeFolder(
    _ prefix: String, for path: String
  ) throws(ArrowFileError) -> String {
    var attempt = 0
    while mkdir("\(prefix)-\(attempt).partial", 0o777) != 0 {
      guard errno == EEXIST else {
        throw .system(path: path, expected: "to create a folder beside it")
      }
      attempt += 1
    }
    return "\(prefix)-\(attempt).partial"
  }

  /// What still stands under the temporary name is no longer wanted, old or half-written.
  deinit { Self.remove(temporaryPath) }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The names of what a folder holds, in no order; nil where it can't be read.
  package static func names(in path: String) -> [String]? {
    guard let entries = opendir(path) else { return nil }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Files only: folders in it stay, and it with them.
  private static func remove(_ folder: String) {
    for name in names(in: folder) ?? [] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  /// Makes the folder visible under its name; the one that was there is gone.
  package consuming func commit() throws(ArrowFileError) {
    // Takes the place of nothing, and of an empty folder.
    if rename(temporaryPath, path) != 0 {
      guard errno == ENOTEMPTY || errno == EEXIST else { throw failure("to rename a folder to it") }
      let exchange = UInt32(LINUX_RENAME_EXCHANGE)
      guard renameat2(AT_FDCWD, temporaryPath, AT_FDCWD, path, exchange) == 0 else {
        throw failure("a new name, or a file system that exchanges folders")
      }
    }
    try AtomicFile.syncFolder(parent, of: askedFor)
  }

  private func failure(_ expected: String) -> ArrowFileError {
    .system(path: askedFor, expected: expected)
  }
}
