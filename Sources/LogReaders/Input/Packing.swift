/// How a file is packed, told by its first bytes.
enum Packing {
  case none, gzip, zstd

  init(firstBytes: [UInt8]) {
    if firstBytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if firstBytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else {
      self = .none
    }
  }

  /// The file's content, unpacked; `observe` is shown the file's own bytes.
  static func open(
    path: String, observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> any ByteStream {
    let first = try FileStream(path: path).first(6)
    let file = try FileStream(path: path, observe: observe)
    switch Packing(firstBytes: first) {
    case .none: return file
    case .gzip: return GzipStream(file, path: path)
    case .zstd: return try ZstdStream(file, path: path)
    }
  }
}

extension ByteStream {
  /// At most `count` bytes from here on.
  func first(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    try bytes.withUnsafeMutableBytes { buffer in
      while filled < count {
        let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        guard got > 0 else { break }
        filled += got
      }
    }
    return Array(bytes[..<filled])
  }
}
