import CZstd
import Synchronization

/// What zstd needs to undo a frame, used again and again: making it anew costs more than a short
/// frame does, as its 160 KB come from the system and go back there. The process has as many as
/// threads read at once, whatever they read.
///
/// `@unchecked Sendable`: it is in the list, or one thread's.
final class DecompressionContext: @unchecked Sendable {
  private static let idle = Mutex<[DecompressionContext]>([])
  private let context: OpaquePointer

  private init?() {
    guard let context = ZSTD_createDCtx() else { return nil }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  /// Nil where memory is lacking.
  static func take() -> DecompressionContext? {
    idle.withLock { $0.popLast() } ?? DecompressionContext()
  }

  static func give(_ context: DecompressionContext) { idle.withLock { $0.append(context) } }

  /// The bytes written, or zstd's code of an error.
  func decompress(
    _ frame: UnsafeRawBufferPointer, into memory: UnsafeMutableRawPointer, byteCount: Int
  ) -> Int {
    ZSTD_decompressDCtx(context, memory, byteCount, frame.baseAddress, frame.count)
  }
}
