import Glibc

/// Bytes that come piece by piece, in order.
package protocol ByteStream: AnyObject {
  /// Fills `buffer` from its start; returns how many bytes came, 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Why a file's bytes can't be read.
package struct InputError: Error, CustomStringConvertible {
  package let path: String
  package let problem: String
  package var description: String { "\(path): \(problem)" }

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  /// From `errno` after a failed system call.
  init(_ path: String, errno code: Int32) {
    self.init(path, String(cString: strerror(code)))
  }
}

/// A file as it lies on disk, read to its end; pieces are shown to an observer as they come.
final class FileStream: ByteStream {
  let path: String
  private let descriptor: Int32
  private let observe: ((UnsafeRawBufferPointer) -> Void)?

  init(path: String, observe: ((UnsafeRawBufferPointer) -> Void)? = nil) throws {
    self.path = path
    self.observe = observe
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(path, errno: errno) }
  }

  /// Takes over a descriptor, such as the end of a pipe; `name` stands for it in errors.
  init(descriptor: Int32, name: String) {
    path = name
    self.descriptor = descriptor
    observe = nil
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { observe?(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
      if count >= 0 { return count }
      guard errno == EINTR else { throw InputError(path, errno: errno) }
    }
  }
}

/// Bytes in memory, handed out in pieces of at most `pieceLength`.
package final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private let pieceLength: Int
  private var position = 0

  package init(_ bytes: [UInt8], pieceLength: Int = .max) {
    self.bytes = bytes
    self.pieceLength = pieceLength
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(bytes.count - position, buffer.count, pieceLength)
    bytes.withUnsafeBytes {
      buffer.copyBytes(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}
