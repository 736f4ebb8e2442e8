import Columnar
import Synchronization

/// What short frames hold, shared by all columns that hold the same; emptied when it is full.
///
/// Columns of one value in every row come batch after batch, file after file, to readers that know
/// nothing of each other: so the process has one.
final class RunCache: Sendable {
  static let shared = RunCache()
  private static let longestFrame = 256
  private static let leastByteCount = 16 << 10
  private static let mostByteCount = 8 << 20

  private struct Key: Hashable {
    let codec: Codec
    let byteCount: Int
    let frame: [UInt8]
  }

  private let kept = Mutex((buffers: [Key: Buffer](), byteCount: 0))

  /// The bytes of a frame that was kept.
  func buffer(_ frame: UnsafeRawBufferPointer, _ codec: Codec, byteCount: Int) -> Buffer? {
    guard let key = key(frame, codec, byteCount) else { return nil }
    return kept.withLock { $0.buffers[key] }
  }

  /// Keeps what a frame was found to hold, where it is short and stands for much.
  func keep(_ buffer: Buffer, of frame: UnsafeRawBufferPointer, _ codec: Codec) {
    guard let key = key(frame, codec, buffer.byteCount) else { return }
    kept.withLock { kept in
      if kept.byteCount + buffer.byteCount > RunCache.mostByteCount { kept = ([:], 0) }
      if kept.buffers.updateValue(buffer, forKey: key) == nil {
        kept.byteCount += buffer.byteCount
      }
    }
  }

  private func key(_ frame: UnsafeRawBufferPointer, _ codec: Codec, _ byteCount: Int) -> Key? {
    let isKept =
      frame.count <= RunCache.longestFrame && byteCount >= RunCache.leastByteCount
      && byteCount <= RunCache.mostByteCount / 4
    return isKept ? Key(codec: codec, byteCount: byteCount, frame: Array(frame)) : nil
  }
}
