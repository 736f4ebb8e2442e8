import Glibc

/// A nameless temporary file to which memory is emptied when it runs short.
final class ScratchFile {
  /// Where bytes lie in the file.
  struct Extent {
    let offset: Int
    let byteCount: Int
  }

  private let descriptor: Int32
  private let folder: String
  private var byteCount = 0

  /// Opens a file in `folder` and takes its name away, so that nothing stays behind however the
  /// process ends.
  init(folder: String) throws(ScratchError) {
    var template = Array((folder + "/.scratch-XXXXXX").utf8CString)
    let descriptor = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard descriptor >= 0 else { throw ScratchError(folder: folder, action: "make", code: errno) }
    _ = template.withUnsafeBufferPointer { buffer in buffer.baseAddress.map { unlink($0) } ?? -1 }
    self.descriptor = descriptor
    self.folder = folder
  }

  deinit { close(descriptor) }

  func append(_ bytes: UnsafeRawBufferPointer) throws(ScratchError) -> Extent {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let written = pwrite(descriptor, base + done, bytes.count - done, off_t(byteCount + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw ScratchError(folder: folder, action: "write", code: errno) }
      done += written
    }
    defer { byteCount += bytes.count }
    return Extent(offset: byteCount, byteCount: bytes.count)
  }

  /// Fills `bytes`, which has the extent's size.
  func read(_ extent: Extent, into bytes: UnsafeMutableRawBufferPointer) throws(ScratchError) {
    precondition(bytes.count == extent.byteCount)
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = pread(descriptor, base + done, bytes.count - done, off_t(extent.offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ScratchError(folder: folder, action: "read", code: errno) }
      done += count
    }
  }
}

package struct ScratchError: Error, CustomStringConvertible {
  let folder: String
  let action: String
  let code: Int32

  package var description: String {
    "\(folder): cannot \(action) a temporary file: \(String(cString: strerror(code)))"
  }
}
