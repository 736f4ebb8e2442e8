import Glibc

/// A file that becomes visible under its name once it is complete: it is written under a name of
/// its own in the same folder, synced, and renamed.
package struct AtomicFile: ~Copyable {
  package let path: String
  private let temporaryPath: String
  private let descriptor: CInt
  private let isDurable: Bool
  private var isRenamed = false
  /// As many as one system call takes: UIO_MAXIOV of Linux.
  private static let mostPieces = 1024
  /// Bytes written so far.
  package private(set) var byteCount = 0
  /// Why a write failed; the file can't become whole any more.
  private var failure: ArrowFileError?

  /// Creates the temporary file `.<name>.<process>-<n>.partial`.
  ///
  /// Throws where the path is a device, pipe or folder, which a rename would replace or fail on.
  /// - Parameter isDurable: whether it is synced before it is renamed.
  package init(path: String, isDurable: Bool = true) throws(ArrowFileError) {
    self.path = path
    self.isDurable = isDurable
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw ArrowFileError(
        path: path, expected: "a file's name to write to", found: "a device, pipe or folder")
    }
    let (folder, name) = Self.split(path)
    var attempt = 0
    while true {
      let candidate = "\(folder)/.\(name).\(getpid())-\(attempt).partial"
      let descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        temporaryPath = candidate
        self.descriptor = descriptor
        return
      }
      guard errno == EEXIST else {
        throw .system(path: path, expected: "to create a file in \(folder)")
      }
      attempt += 1
    }
  }

  deinit {
    close(descriptor)
    if !isRenamed { unlink(temporaryPath) }
  }

  static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/." : String(folder), path[path.index(after: slash)...])
  }

  /// Appends the pieces in order. After an error, everything else throws the same one.
  package mutating func append(_ pieces: [UnsafeRawBufferPointer]) throws(ArrowFileError) {
    if let failure { throw failure }
    var vectors: [iovec] = []
    vectors.reserveCapacity(pieces.count)
    for piece in pieces where piece.count > 0 {
      vectors.append(
        iovec(
          iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress), iov_len: piece.count))
    }
    var next = 0
    while next < vectors.count {
      let count = min(vectors.count - next, Self.mostPieces)
      let written = vectors.withUnsafeBufferPointer {
        writev(descriptor, UnsafeBufferPointer(rebasing: $0[next...]).baseAddress, CInt(count))
      }
      if written < 0, errno == EINTR { continue }
      guard written >= 0 else {
        let failure = ArrowFileError.system(
          path: path, expected: "to write at byte \(byteCount)")
        self.failure = failure
        throw failure
      }
      byteCount += written
      var rest = written
      while next < vectors.count, rest >= vectors[next].iov_len {
        rest -= vectors[next].iov_len
        next += 1
      }
      if rest > 0 {
        vectors[next].iov_base += rest
        vectors[next].iov_len -= rest
      }
    }
  }

  /// Makes the file visible under its name, and durable.
  package mutating func commit() throws(ArrowFileError) {
    if let failure { throw failure }
    if isDurable, fsync(descriptor) != 0 {
      throw .system(path: path, expected: "to sync the file")
    }
    guard rename(temporaryPath, path) == 0 else {
      throw .system(path: path, expected: "to rename \(temporaryPath) to it")
    }
    isRenamed = true
    if isDurable { try Self.syncFolder(Self.split(path).folder, of: path) }
  }

  /// Makes the names in a folder durable.
  ///
  /// - Parameter path: what was renamed there.
  static func syncFolder(_ folder: String, of path: String) throws(ArrowFileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path: path, expected: "to open its folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .system(path: path, expected: "to sync its folder")
    }
  }
}
