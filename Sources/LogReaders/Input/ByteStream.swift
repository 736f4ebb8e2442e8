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

/// What a decoder takes from the stream below: one buffer, refilled when used up.
final class CompressedInput {
  let path: String
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
  private(set) var count = 0
  /// Of the buffer's bytes, those already decoded.
  var used = 0
  private let stream: any ByteStream

  init(_ stream: any ByteStream, path: String) {
    self.stream = stream
    self.path = path
  }

  deinit { buffer.deallocate() }

  /// Whether undecoded bytes are at hand, after reading more where there were none.
  func refill() throws -> Bool {
    guard used == count else { return true }
    used = 0
    count = try stream.read(into: buffer)
    return count > 0
  }
}
