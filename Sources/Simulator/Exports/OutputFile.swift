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

/// A file, plain or gzip, that appears under its name only when it is whole.
final class OutputFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private let encoder: GzipEncoder?

  /// With `isCompressed` the name gets `.gz` at its end.
  init(_ path: String, isCompressed: Bool = false) throws {
    self.path = path + (isCompressed ? ".gz" : "")
    temporary = self.path + ".partial"
    encoder = isCompressed ? GzipEncoder() : nil
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw OutputError.last(temporary) }
  }

  func write(_ bytes: [UInt8]) throws {
    guard let encoder else { return try put(bytes[...]) }
    try encoder.encode(bytes, isLast: false) { try put($0) }
  }

  private func put(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw OutputError.last(temporary)
      }
      rest = rest.dropFirst(count)
    }
  }

  func commit() throws {
    if let encoder { try encoder.encode([], isLast: true) { try put($0) } }
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
