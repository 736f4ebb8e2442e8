import Columnar

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
  private let compressor: BufferCompressor?
  private let scratch = GrowingBuffer()
  private let padding = Buffer.zeros(byteCount: ArrowFormat.alignment)

  /// Nil where zstd lacks memory.
  init?(compression: Compression) {
    switch compression {
    case .none: compressor = nil
    case .zstd:
      guard let compressor = BufferCompressor() else { return nil }
      self.compressor = compressor
    }
  }

  func encode(_ columns: [Column], rowCount: Int) -> EncodedBody {
    let nodes = columns.map {
      BodyLayout.Node(rowCount: $0.rowCount, nullCount: $0.nullCount)
    }
    let buffers = columns.flatMap(\.storedBuffers)
    if let compressor { return compressed(buffers, nodes, rowCount, compressor) }
    var pieces: [UnsafeRawBufferPointer] = []
    var extents: [BodyLayout.Extent] = []
    var offset = 0
    for buffer in buffers {
      extents.append(BodyLayout.Extent(offset: offset, byteCount: buffer.count))
      offset += buffer.count
      pieces.append(buffer)
      let gap = offset.nextMultiple(of: ArrowFormat.alignment) - offset
      pieces.append(UnsafeRawBufferPointer(rebasing: padding.bytes[..<gap]))
      offset += gap
    }
    let layout = BodyLayout(
      rowCount: rowCount, nodes: nodes, buffers: extents, codec: nil)
    return EncodedBody(layout: layout, byteCount: offset, pieces: pieces)
  }

  private func compressed(
    _ buffers: [UnsafeRawBufferPointer], _ nodes: [BodyLayout.Node], _ rowCount: Int,
    _ compressor: BufferCompressor
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

extension Buffer {
  /// - Precondition: there are as many bytes.
  fileprivate func prefix(_ byteCount: Int) -> UnsafeRawBufferPointer {
    precondition(byteCount <= self.byteCount, "a column holds the bytes of its rows")
    return UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
  }
}
