import Glibc

/// Why an export could not be written.
package struct OutputError: Error, CustomStringConvertible {
  package let path: String
  package let problem: String
  package var description: String { "\(path): \(problem)" }

  static func last(_ path: String) -> OutputError {
    OutputError(path: path, problem: String(cString: strerror(errno)))
  }
}

/// A file that appears under its name only when it is whole.
struct OutputFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    temporary = path + ".partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw OutputError.last(temporary) }
  }

  func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw OutputError.last(temporary)
      }
      written += count
    }
  }

  func commit() throws {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw OutputError.last(temporary)
    }
  }

  deinit {
    close(descriptor)
    unlink(temporary)
  }

  static func makeFolder(_ path: String) throws {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      guard mkdir(partial, 0o755) == 0 || errno == EEXIST else { throw OutputError.last(partial) }
    }
  }
}
