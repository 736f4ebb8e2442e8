import Cryptography
import Events
import FoundationEssentials
import Glibc

/// Plain file access whose errors name the path and the reason.
package enum FileBytes {
  package static func error(_ verb: String, _ path: String, _ code: Int32 = errno) -> StageError {
    StageError("\(path): cannot \(verb): \(String(cString: strerror(code)))")
  }

  package static func read(_ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachPiece(of: path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Reads a file in pieces of at most 1 MiB.
  package static func forEachPiece(
    of path: String, from start: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    var offset = start
    while true {
      let count = pread(descriptor, piece.baseAddress, piece.count, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw error("read", path) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      offset += count
    }
  }

  /// Writes a file at once and brings it to disk. The caller renames it to where it is looked for.
  package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw error("create", path) }
    defer { close(descriptor) }
    try writeAll(Array(bytes), to: descriptor, path)
  }

  /// Writes a new file that only its owner may read, and brings it to disk.
  /// - Throws: where there is one of that name already.
  package static func createPrivate(_ bytes: some Sequence<UInt8>, at path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw error("create", path) }
    defer { close(descriptor) }
    do { try writeAll(Array(bytes), to: descriptor, path) } catch {
      unlink(path)
      throw error
    }
    try syncFolder(parent(of: path))
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count < 0 && errno == EINTR { continue }
      // A device that takes no byte sets no error.
      guard count != 0 else { throw error("write", path, EIO) }
      guard count > 0 else { throw error("write", path) }
      offset += count
    }
    guard fsync(descriptor) == 0 else { throw error("write", path) }
  }

  /// Writes bytes to a file from `offset` on, which become its end, and brings them to disk: all of
  /// them, or none.
  package static func append(_ bytes: some Sequence<UInt8>, to path: String, at offset: Int) throws
  {
    let isNew = !exists(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(offset)) == 0, lseek(descriptor, off_t(offset), SEEK_SET) >= 0
    else { throw error("write", path) }
    do { try writeAll(Array(bytes), to: descriptor, path) } catch {
      _ = ftruncate(descriptor, off_t(offset))
      throw error
    }
    if isNew { try syncFolder(parent(of: path)) }
  }

  /// Adds bytes to the end of a file that other programs may be reading or rename, all of them or
  /// none, and brings them to disk.
  package static func append(_ bytes: some Sequence<UInt8>, toEndOf path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    do { try writeAll(Array(bytes), to: descriptor, path) } catch {
      // What is there of them would stand twice after the next try.
      if end >= 0 { _ = ftruncate(descriptor, end) }
      throw error
    }
  }

  /// Writes a file so that either the old or the new bytes are there, whenever the power fails.
  /// - Parameter mode: who may read it, if not the owner and the group alone.
  package static func replace(
    _ path: String, with bytes: some Sequence<UInt8>, mode: mode_t? = nil
  ) throws {
    let temporary = path + ".partial"
    do {
      try write(bytes, to: temporary)
      if let mode, chmod(temporary, mode) != 0 { throw error("change the mode of", temporary) }
      try move(temporary, to: path)
    } catch {
      try remove(temporary)
      throw error
    }
    try syncFolder(parent(of: path))
  }

  /// Renames a file or a folder within a file system.
  package static func move(_ path: String, to new: String) throws {
    guard rename(path, new) == 0 else { throw error("rename \(path) to it", new) }
  }

  /// Gives a file a second name, so that it takes no room; makes a copy where the file system or
  /// the file's owner doesn't allow that. Only for files that are never written in place.
  package static func linkOrCopy(_ path: String, to new: String) throws {
    if link(path, new) == 0 { return }
    guard [EXDEV, EPERM, EMLINK, ENOSYS, EOPNOTSUPP].contains(errno) else {
      throw error("link \(path) to it", new)
    }
    do { try FileManager.default.copyItem(atPath: path, toPath: new) } catch {
      throw StageError("\(new): cannot copy \(path) to it: \(error)")
    }
  }

  package static func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw error("write", path) }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func size(of path: String) throws -> Int { Int(try status(of: path).st_size) }

  /// Bytes of a file, or of all files in a folder; nothing of what is gone meanwhile.
  package static func totalSize(of path: String) throws -> Int {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return 0 }
      throw error("read", path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
    return try names(in: path).reduce(0) { try $0 + totalSize(of: "\(path)/\($1)") }
  }

  package static func status(of path: String) throws -> stat {
    var status = stat()
    guard stat(path, &status) == 0 else { throw error("read", path) }
    return status
  }

  /// The absolute path without symbolic links.
  package static func realPath(_ path: String) throws -> String {
    guard let real = realpath(path, nil) else { throw error("find", path) }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether a path, of something that is there or is to be made, leads into a folder.
  package static func isInside(_ path: String, folder: String) throws -> Bool {
    try (realPath(exists(path) ? path : parent(of: path)) + "/").hasPrefix(realPath(folder) + "/")
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder, sorted by bytes, without `.` and `..`; none when there is no such folder.
  package static func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw error("list", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and those above it, readable by owner and group.
  package static func makeFolder(_ path: String) throws {
    if isFolder(path) { return }
    let above = parent(of: path)
    if above != path { try makeFolder(above) }
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw error("create folder", path) }
  }

  /// Removes a file, or a folder with all in it; nothing when it is not there.
  package static func remove(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw error("remove", path)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try remove(path + "/" + name) }
      guard rmdir(path) == 0 else { throw error("remove", path) }
    } else {
      guard unlink(path) == 0 else { throw error("remove", path) }
    }
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  package static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// SHA-256 of bytes that come in pieces.
package struct ContentHasher {
  private var hasher = SHA256()

  package init() {}
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(bytes)
  }
  package mutating func update(_ text: String) {
    Array(text.utf8).withUnsafeBytes { hasher.update($0) }
  }

  /// 64 lower-case hexadecimal digits.
  package func finish() -> String { hexadecimal(hasher.digest()) }

  package static func hash(_ text: String) -> String { hash(Array(text.utf8)) }

  package static func hash(_ bytes: [UInt8]) -> String {
    var hasher = ContentHasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  package static func hash(file path: String) throws -> String {
    var hasher = ContentHasher()
    try FileBytes.forEachPiece(of: path) { hasher.update($0) }
    return hasher.finish()
  }
}
