/// How a file is packed, told by its first bytes.
package enum Packing {
  case none, gzip, zstd, bzip2, xz

  package init(firstBytes: [UInt8]) {
    if firstBytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if firstBytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if firstBytes.starts(with: "BZh".utf8) {
      self = .bzip2
    } else if firstBytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else {
      self = .none
    }
  }

  /// The file's content, unpacked and in UTF-8 where it is UTF-16; `observe` is shown the file's
  /// own bytes.
  static func open(
    path: String, observe: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws -> any ByteStream {
    let first = try FileStream(path: path).first(6)
    let file = try FileStream(path: path, observe: observe)
    return try Packing(firstBytes: first).text(of: file, path: path)
  }

  /// What a file that is packed like this holds; `path` is for errors.
  package func text(of file: any ByteStream, path: String) throws -> any ByteStream {
    switch self {
    case .none: TextStream(file)
    case .gzip: TextStream(DecodedStream(file, GzipDecoder(), path: path))
    case .zstd: TextStream(DecodedStream(file, try ZstdDecoder(), path: path))
    case .bzip2: TextStream(DecodedStream(file, BZip2Decoder(), path: path))
    case .xz: TextStream(DecodedStream(file, try XZDecoder(), path: path))
    }
  }
}

extension ByteStream {
  /// At most `count` bytes from here on.
  func first(_ count: Int) throws -> [UInt8] {
    try Array(unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      while filled < count {
        let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
        guard got > 0 else { return }
        filled += got
      }
    }
  }
}
