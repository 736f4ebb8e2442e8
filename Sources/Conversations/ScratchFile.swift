import Glibc

/// A nameless temporary file to which memory is emptied when it runs short; made when first needed.
final class ScratchFile {
  /// Where values lie in the file.
  struct Extent {
    fileprivate let offset: Int
    fileprivate let byteCount: Int
  }

  private let folder: String
  private var descriptor: Int32?
  private var byteCount = 0

  init(folder: String) { self.folder = folder }

  deinit {
    if let descriptor { close(descriptor) }
  }

  func append<Element: BitwiseCopyable>(_ values: [Element]) throws -> Extent {
    let descriptor = try opened()
    let (start, folder) = (byteCount, folder)
    byteCount += values.count * MemoryLayout<Element>.stride
    try values.withUnsafeBytes { bytes in
      try ScratchFile.transfer(bytes.count, folder: folder, action: "write") { done in
        pwrite(
          descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(start + done))
      }
    }
    return Extent(offset: start, byteCount: byteCount - start)
  }

  /// The values that were appended as `extent`.
  func read<Element: BitwiseCopyable>(
    _ extent: Extent, as _: Element.Type
  ) throws -> [Element] {
    let descriptor = try opened()
    let folder = folder
    let count = extent.byteCount / MemoryLayout<Element>.stride
    return try [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      try ScratchFile.transfer(extent.byteCount, folder: folder, action: "read") { done in
        pread(
          descriptor, bytes.baseAddress.map { $0 + done }, extent.byteCount - done,
          off_t(extent.offset + done))
      }
      initializedCount = count
    }
  }

  /// Repeats `step`, which takes the bytes done so far and returns how many more it did.
  private static func transfer(
    _ byteCount: Int, folder: String, action: String, _ step: (Int) -> Int
  ) throws {
    var done = 0
    while done < byteCount {
      let count = step(done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ScratchError(folder: folder, action: action, code: errno) }
      done += count
    }
  }

  /// Makes the file and takes its name away, so that nothing stays behind however the process ends.
  private func opened() throws -> Int32 {
    if let descriptor { return descriptor }
    var template = Array((folder + "/.scratch-XXXXXX").utf8CString)
    let made = template.withUnsafeMutableBufferPointer { name in
      guard let base = name.baseAddress else { return Int32(-1) }
      let made = mkstemp(base)
      if made >= 0 { unlink(base) }
      return made
    }
    guard made >= 0 else { throw ScratchError(folder: folder, action: "make", code: errno) }
    descriptor = made
    return made
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
