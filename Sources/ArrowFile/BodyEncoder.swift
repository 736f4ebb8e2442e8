import Columnar
import Glibc

/// The body of a message, ready to be written.
struct EncodedBody {
  let layout: BodyLayout
  /// With the padding.
  let byteCount: Int
  /// The bytes in order, with the padding; valid while the columns live and until the encoder is
  /// used again.
  let pieces: [UnsafeRawBufferPointer]
}

/// Lays the buffers of columns out as Arrow wants them, each at a multiple of 64 bytes.
final class BodyEncoder {
  private let compressor: BufferCompressor
  private let packsAll: Bool
  private let scratch = GrowingBuffer()
  private let padding = Buffer.zeros(byteCount: ArrowFormat.alignment)
  /// Stored forms of runs that came before.
  private var frames: [Run: Buffer] = [:]
  /// What stands before a buffer that is stored as it is, in a body in which others are packed.
  private let unpacked = withUnsafeBytes(of: Int64(-1).littleEndian) { Buffer(copying: $0) }

  /// A buffer that holds the same eight bytes over and over.
  private struct Run: Hashable {
    let word: UInt64
    let byteCount: Int
  }

  /// Nil where zstd lacks memory.
  init?(compression: Compression) {
    guard let compressor = BufferCompressor() else { return nil }
    self.compressor = compressor
    packsAll = compression == .zstd
  }

  func encode(_ columns: [Column], rowCount: Int) -> EncodedBody {
    let nodes = columns.map {
      BodyLayout.Node(rowCount: $0.rowCount, nullCount: $0.nullCount)
    }
    let buffers = columns.flatMap(\.storedBuffers)
    if packsAll { return compressed(buffers, nodes, rowCount) }
    let frames = framesOfRuns(buffers)
    let hasFrames = frames.contains { $0 != nil }
    var pieces: [UnsafeRawBufferPointer] = []
    var extents: [BodyLayout.Extent] = []
    var offset = 0
    for (buffer, frame) in zip(buffers, frames) {
      let start = offset
      if let frame {
        pieces.append(
          UnsafeRawBufferPointer(start: scratch.base + frame.lowerBound, count: frame.count))
        offset += frame.count
      } else {
        if hasFrames && !buffer.isEmpty {
          pieces.append(unpacked.bytes)
          offset += unpacked.byteCount
        }
        pieces.append(buffer)
        offset += buffer.count
      }
      extents.append(BodyLayout.Extent(offset: start, byteCount: offset - start))
      let gap = offset.nextMultiple(of: ArrowFormat.alignment) - offset
      pieces.append(UnsafeRawBufferPointer(rebasing: padding.bytes[..<gap]))
      offset += gap
    }
    let layout = BodyLayout(
      rowCount: rowCount, nodes: nodes, buffers: extents, codec: hasFrames ? .zstd : nil)
    return EncodedBody(layout: layout, byteCount: offset, pieces: pieces)
  }

  /// Where in `scratch` the stored forms lie of long buffers that hold the same over and over, such
  /// as the codes of a file's name or the values of a column of nulls; nil for others.
  private func framesOfRuns(_ buffers: [UnsafeRawBufferPointer]) -> [Range<Int>?] {
    scratch.byteCount = 0
    return buffers.map { buffer in
      guard buffer.count >= BodyEncoder.leastRunByteCount, let word = buffer.repeatedWord else {
        return nil
      }
      let start = scratch.byteCount
      append(buffer, run: Run(word: word, byteCount: buffer.count))
      return start..<scratch.byteCount
    }
  }

  /// Appends the stored form of a buffer to `scratch`. Most runs are those of the batch before.
  private func append(_ buffer: UnsafeRawBufferPointer, run: Run) {
    if let frame = frames[run] { return scratch.append(frame.bytes) }
    let start = scratch.byteCount
    compressor.append(buffer, to: scratch)
    if frames.count < BodyEncoder.mostFrames {
      let stored = UnsafeRawBufferPointer(start: scratch.base, count: scratch.byteCount)
      frames[run] = Buffer(copying: UnsafeRawBufferPointer(rebasing: stored[start...]))
    }
  }

  /// A frame takes some forty bytes, and packing a body costs eight for each of its buffers.
  private static let leastRunByteCount = 4096
  private static let mostFrames = 64

  private func compressed(
    _ buffers: [UnsafeRawBufferPointer], _ nodes: [BodyLayout.Node], _ rowCount: Int
  ) -> EncodedBody {
    scratch.byteCount = 0
    var extents: [BodyLayout.Extent] = []
    for buffer in buffers {
      let offset = scratch.byteCount
      compressor.append(buffer, to: scratch)
      extents.append(
        BodyLayout.Extent(offset: offset, byteCount: scratch.byteCount - offset))
      let gap = scratch.byteCount.nextMultiple(of: ArrowFormat.alignment) - scratch.byteCount
      scratch.append(UnsafeRawBufferPointer(rebasing: padding.bytes[..<gap]))
    }
    let layout = BodyLayout(
      rowCount: rowCount, nodes: nodes, buffers: extents, codec: .zstd)
    let body = UnsafeRawBufferPointer(start: scratch.base, count: scratch.byteCount)
    return EncodedBody(layout: layout, byteCount: body.count, pieces: [body])
  }
}

extension Column {
  /// The buffers as a record batch lists them: validity, offsets where there are any, values;
  /// cut to what the rows take.
  fileprivate var storedBuffers: [UnsafeRawBufferPointer] {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    let bits = (rowCount + 7) / 8
    let validity = validity.map { $0.prefix(bits) } ?? none
    guard let offsets else {
      return [validity, values.prefix(type.byteWidth.map { $0 * rowCount } ?? bits)]
    }
    let end = offsets.base.load(fromByteOffset: 4 * rowCount, as: Int32.self)
    return [validity, offsets.prefix(4 * (rowCount + 1)), values.prefix(Int(end))]
  }
}

extension UnsafeRawBufferPointer {
  /// The eight bytes that come over and over, cut off at the end; nil where others come.
  fileprivate var repeatedWord: UInt64? {
    guard let baseAddress, count > 8, memcmp(baseAddress, baseAddress + 8, count - 8) == 0 else {
      return nil
    }
    return baseAddress.loadUnaligned(as: UInt64.self)
  }
}

extension Buffer {
  /// - Precondition: there are as many bytes.
  fileprivate func prefix(_ byteCount: Int) -> UnsafeRawBufferPointer {
    precondition(byteCount <= self.byteCount, "a column holds the bytes of its rows")
    return UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
  }
}
