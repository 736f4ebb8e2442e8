import LogReaders

/// Unpacks a file in pieces of several lengths, which must come to the same.
package enum PackingCheck {
  /// Of a text: a few bytes may unpack to gigabytes.
  private static let largestByteCount = 1 << 20

  /// What came out wrong, in words; nil where nothing did.
  package static func fault(_ file: [UInt8]) throws -> String? {
    let whole = try text(file, pieceLength: .max, readLength: 64 << 10)
    for (pieceLength, readLength) in [(1, 64 << 10), (.max, 7), (3, 1000)] {
      let parts = try text(file, pieceLength: pieceLength, readLength: readLength)
      // Which of a broken file's faults is found first depends on the pieces.
      if (parts.error == nil) != (whole.error == nil) {
        return "\(parts.error ?? "taken") against \(whole.error ?? "taken")"
      }
      if whole.error == nil, parts.bytes != whole.bytes {
        return "other text in pieces of \(pieceLength), read by \(readLength)"
      }
    }
    return nil
  }

  private static func text(
    _ file: [UInt8], pieceLength: Int, readLength: Int
  ) throws -> (bytes: [UInt8], error: String?) {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: readLength)
    do {
      let packing = Packing(firstBytes: Array(file.prefix(6)))
      let stream = try packing.text(of: MemoryStream(file, pieceLength: pieceLength), path: "file")
      while bytes.count < largestByteCount {
        let count = try room.withUnsafeMutableBytes { try stream.read(into: $0) }
        if count == 0 { return (bytes, nil) }
        bytes += room[..<count]
      }
    } catch let error as InputError {
      return (bytes, error.description)
    }
    return (Array(bytes.prefix(largestByteCount)), nil)
  }
}
