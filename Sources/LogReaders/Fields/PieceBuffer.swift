import Glibc

/// A piece of a file's text, and room for what decoding its fields yields.
///
/// `[0]` a line feed, `[1 ..< textEnd]` text, kept texts, `[arenaStart ..< arenaEnd]` decoded
/// fields, then 64 readable bytes. All positions in a `FieldTable` count from `base`.
final class PieceBuffer {
  /// Longer records are rejected, so that an unclosed quote can't swallow a file.
  static let maximumRecordLength = 64 << 10

  let base: UnsafeMutablePointer<UInt8>
  /// Bytes of text that fit.
  let capacity: Int
  private(set) var textEnd = 1
  /// First byte of text that no record has taken yet.
  var position = 1
  /// Whether the text reaches the end of the file; then it ends with a line end.
  private(set) var isLast = false
  private(set) var arenaStart: Int
  /// Where the arena's next bytes go.
  var arenaEnd: Int
  /// Bytes of kept texts that fit.
  private static let keptCapacity = 16 << 10
  /// Offset in the unpacked file of the byte at position 0.
  private(set) var fileOffset: Int64 = -1

  init(capacity: Int = 512 << 10) {
    precondition(capacity > 2 * PieceBuffer.maximumRecordLength || capacity > 64)
    self.capacity = capacity
    // Each decoded field is at most as long as its text and is followed by one more byte.
    let byteCount = 2 * capacity + 256 + PieceBuffer.keptCapacity
    base = .allocate(capacity: byteCount)
    memset(base, 0, byteCount)
    base[0] = UInt8(ascii: "\n")
    arenaStart = capacity + 64
    arenaEnd = arenaStart
  }

  deinit { base.deallocate() }

  /// All positions are below.
  var limit: Int { 2 * capacity + 192 + PieceBuffer.keptCapacity }

  /// Copies a text to where it stays as long as the piece does; nil where there is no more room.
  ///
  /// - Precondition: the arena is empty.
  func keep(_ text: [UInt8]) -> Place? {
    precondition(arenaEnd == arenaStart)
    guard arenaStart + text.count + 2 < capacity + 64 + PieceBuffer.keptCapacity else { return nil }
    let place = store(text)
    arenaStart = arenaEnd
    return place
  }

  /// Whether what decoding has yielded leaves room for one more record's.
  var hasArenaRoom: Bool { arenaEnd - arenaStart < capacity / 2 }

  /// Copies bytes to the arena; nil where there is no room.
  func store(_ bytes: [UInt8]) -> Place? {
    let before = arenaEnd
    guard before + bytes.count + 2 <= limit else { return nil }
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: base + before + 1, count: bytes.count)
        .copyMemory(from: $0)
    }
    arenaEnd = before + 1 + bytes.count
    base[arenaEnd] = UInt8(ascii: "\n")
    return (before, arenaEnd)
  }

  func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= limit)
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// Drops the text before `position` and reads on until the buffer is full or the stream ends.
  func refill(from stream: any ByteStream) throws {
    let kept = textEnd - position
    if position > 1 {
      (base + 1).update(from: base + position, count: kept)
      fileOffset += Int64(position - 1)
    }
    position = 1
    textEnd = 1 + kept
    while !isLast && textEnd < capacity {
      let room = UnsafeMutableRawBufferPointer(start: base + textEnd, count: capacity - textEnd)
      let count = try stream.read(into: room)
      textEnd += count
      if count == 0 {
        isLast = true
        if textEnd > 1 && !isLineEnd(base[textEnd - 1]) {
          base[textEnd] = UInt8(ascii: "\n")
          textEnd += 1
        }
      }
    }
  }

  /// The end of the line that starts at `start`: where its line end begins and where the next line
  /// starts; nil where the text ends before that is known.
  func line(from start: Int) -> (end: Int, next: Int)? {
    guard start < textEnd else { return nil }
    let feed = memchr(base + start, Int32(UInt8(ascii: "\n")), textEnd - start)
    var end = feed.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? textEnd
    if let carriageReturn = memchr(base + start, Int32(UInt8(ascii: "\r")), end - start) {
      end = UnsafeRawPointer(carriageReturn) - UnsafeRawPointer(base)
    }
    return lineEnd(at: end).map { (end, $0) }
  }

  /// Line ends within a range; CRLF counts once.
  func lineEndCount(in range: Range<Int>) -> Int {
    range.reduce(0) { count, position in
      let isSecond =
        base[position] == UInt8(ascii: "\n") && base[position - 1] == UInt8(ascii: "\r")
      return isLineEnd(base[position]) && !isSecond ? count + 1 : count
    }
  }

  /// Where the line after the line end at `position` starts; nil where the text ends before that
  /// is known.
  @inline(__always) func lineEnd(at position: Int) -> Int? {
    guard position < textEnd else { return nil }
    guard base[position] == UInt8(ascii: "\r") else { return position + 1 }
    guard position + 1 < textEnd else { return isLast ? position + 1 : nil }
    return base[position + 1] == UInt8(ascii: "\n") ? position + 2 : position + 1
  }
}

@inline(__always) func isLineEnd(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
}
