/// The head of a file that nfcapd wrote (nfdump's nffile.h and nffileV2.h).
struct NfcapdHeader {
  enum Compression: UInt64 {
    case none = 0
    case lzo, bz2, lz4, zstd

    var name: String {
      switch self {
      case .none: "uncompressed"
      case .lzo: "LZO"
      case .bz2: "BZ2"
      case .lz4: "LZ4"
      case .zstd: "ZSTD"
      }
    }
  }

  /// Bytes in which a head of either layout fits.
  static let largestByteCount = 276
  static let magic: [UInt8] = [0x0C, 0xA5]

  /// 1 by nfdump 1.6, 2 by nfdump 1.7.
  let layout: Int
  let compression: Compression
  /// Where the first block begins.
  let byteCount: Int
  /// Flows that the file holds, where its head states them.
  let statedFlows: UInt64?

  /// - Throws: a `NotCovered` where the file needs nfdump, and an `InputError` where it is cut.
  init(_ head: [UInt8], path: String) throws {
    let needed = head.count >= 4 && head[2] == 1 && head[3] == 0 ? 276 : 40
    guard head.count >= needed, head.starts(with: NfcapdHeader.magic) else {
      throw InputError(
        path, "expected the \(needed) bytes with which files of nfcapd begin, found \(head.count)")
    }
    self = try head.withUnsafeBytes {
      guard let start = $0.baseAddress else { throw InputError(path, "is empty") }
      return try NfcapdHeader(RecordBytes(start: start, count: $0.count))
    }
  }

  private init(_ head: RecordBytes) throws(NotCovered) {
    layout = Int(head.uint16(2))
    switch layout {
    case 1:
      let flags = head.uint32(4)
      // Bits of their own; the first that is set counts.
      compression = flags & 1 != 0 ? .lzo : flags & 8 != 0 ? .bz2 : flags & 16 != 0 ? .lz4 : .none
      byteCount = 276
      statedFlows = head.uint64(140)
    case 2:
      guard let known = Compression(rawValue: head.uint8(16)) else {
        throw NotCovered("its compression, number \(head.uint8(16)), is not known here")
      }
      guard head.uint8(17) == 0 else { throw NotCovered("it is encrypted") }
      compression = known
      byteCount = 40
      statedFlows = nil
    default: throw NotCovered("its layout, number \(layout), is not known here")
    }
    guard compression != .lzo, compression != .bz2 else {
      throw NotCovered("its blocks are packed with \(compression.name)")
    }
  }
}

/// Why a file is read through nfdump.
struct NotCovered: Error {
  let why: String
  init(_ why: String) { self.why = why }
}
