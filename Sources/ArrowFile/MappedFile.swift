import Columnar
import Glibc

/// A file mapped for reading.
///
/// `@unchecked Sendable`: the mapping is never written, and only unmapped by `deinit`. Files are
/// renamed into place when they are complete; one that is cut short while it is mapped is outside
/// what this type guards against.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  init(path: String) throws(ArrowFileError) {
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path: path, expected: "a readable file") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(path: path, expected: "a readable file")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ArrowFileError(
        path: path, expected: "a regular file", found: "a folder, pipe or device")
    }
    self.path = path
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let byteCount = Int(status.st_size)
    guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      base != MAP_FAILED
    else { throw .system(path: path, expected: "to map \(byteCount) bytes") }
    bytes = UnsafeRawBufferPointer(start: base, count: byteCount)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Lets go of the memory that holds what was read so far; what is needed again is read from the
  /// file.
  func release() {
    guard let base = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, MADV_DONTNEED)
  }

  /// All of it.
  var region: FileRegion { FileRegion(file: self, start: 0, byteCount: bytes.count) }
}

/// A part of a mapped file; whatever is read through it is inside it, or an error with its place.
struct FileRegion {
  let file: MappedFile
  /// Bytes from the start of the file.
  let start: Int
  let byteCount: Int

  fileprivate init(file: MappedFile, start: Int, byteCount: Int) {
    self.file = file
    self.start = start
    self.byteCount = byteCount
  }

  var end: Int { start + byteCount }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[start..<end])
  }

  /// The part `offset ..< offset + byteCount` of this one.
  func part(at offset: Int, byteCount: Int, _ what: String) throws(ArrowFileError) -> FileRegion {
    let (end, overflow) = offset.addingReportingOverflow(byteCount)
    guard offset >= 0, byteCount >= 0, !overflow, end <= self.byteCount else {
      throw failure(
        expected: "\(what) within bytes \(start)..<\(self.end)",
        found: "\(byteCount) bytes at \(start)+\(offset)")
    }
    return FileRegion(file: file, start: start + offset, byteCount: byteCount)
  }

  /// The little-endian number at `offset`.
  func load<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, at offset: Int, _ what: @autoclosure () -> String
  ) throws(ArrowFileError) -> T {
    guard offset >= 0, offset <= byteCount - MemoryLayout<T>.size else {
      throw failure(
        expected: "\(what()) within bytes \(start)..<\(end)",
        found: "\(MemoryLayout<T>.size) bytes at \(start)+\(offset)")
    }
    return T(
      littleEndian: file.bytes.loadUnaligned(fromByteOffset: start + offset, as: T.self))
  }

  /// These bytes as an immutable buffer, aligned to 8 bytes at least: in place, or copied where
  /// the file does not align them.
  func buffer() -> Buffer {
    guard let base = bytes.baseAddress, byteCount > 0 else { return .zeros(byteCount: 0) }
    if start % 8 != 0 { return Buffer(copying: bytes) }
    return Buffer(base: base, byteCount: byteCount, owner: file)
  }

  func failure(at offset: Int = 0, expected: String, found: String) -> ArrowFileError {
    ArrowFileError(path: file.path, byteOffset: start + offset, expected: expected, found: found)
  }
}

extension ArrowFileError {
  /// The error that the last failed system call left in `errno`.
  static func system(path: String, expected: String) -> ArrowFileError {
    let reason = String(cString: strerror(errno)).lowercased()
    return ArrowFileError(path: path, expected: expected, found: reason)
  }
}
