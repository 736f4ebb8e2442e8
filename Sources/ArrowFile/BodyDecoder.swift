import Columnar

/// Reads the columns of a message's body one after another.
struct BodyDecoder {
  private let body: FileRegion
  private let layout: BodyLayout
  /// What the body is, for messages: "batch 3".
  private let what: String
  private var nextNode = 0
  private var nextBuffer = 0
  /// Bytes of the body that compressed buffers may still have.
  private var room: Int

  init(_ body: FileRegion, _ layout: BodyLayout, _ what: String) {
    self.body = body
    self.layout = layout
    self.what = what
    room = body.byteCount
  }

  /// The next column; its buffers hold what its rows take, what is in them is unchecked.
  mutating func column(
    _ field: Field, dictionary: ColumnDictionary?
  ) throws(ArrowFileError) -> Column {
    let column = "column \(field.name) of \(what)"
    guard layout.nodes.indices.contains(nextNode) else {
      throw body.failure(expected: column, found: "only \(layout.nodes.count) columns")
    }
    let node = layout.nodes[nextNode]
    nextNode += 1
    guard node.rowCount == layout.rowCount, (0...node.rowCount).contains(node.nullCount) else {
      throw body.failure(
        expected: "\(column) with \(layout.rowCount) rows",
        found: "\(node.rowCount) with \(node.nullCount) nulls")
    }
    let rowCount = node.rowCount
    let bits = (rowCount + 7) / 8
    let validity = try buffer(
      atLeast: node.nullCount > 0 ? bits : 0, "validity of \(column)")
    var offsets: Buffer?
    var byteCount = field.type.byteWidth.map { $0 * rowCount } ?? bits
    if field.type == .utf8 {
      var stored = try buffer(
        atLeast: rowCount > 0 ? 4 * (rowCount + 1) : 0, "offsets of \(column)")
      if rowCount == 0, stored.byteCount < 4 { stored = .zeros(byteCount: 4) }
      let end = stored.base.load(fromByteOffset: 4 * rowCount, as: Int32.self)
      offsets = stored
      byteCount = max(0, Int(end))
    }
    let values = try buffer(atLeast: byteCount, "values of \(column)")
    return Column(
      type: field.type, rowCount: rowCount, nullCount: node.nullCount, validity: validity,
      values: values, offsets: offsets, dictionary: dictionary)
  }

  /// Checks that no column is left over.
  func finish() throws(ArrowFileError) {
    guard nextNode == layout.nodes.count, nextBuffer == layout.buffers.count else {
      throw body.failure(
        expected: "\(nextNode) columns with \(nextBuffer) buffers in \(what)",
        found: "\(layout.nodes.count) columns with \(layout.buffers.count) buffers")
    }
  }

  private mutating func buffer(
    atLeast byteCount: Int, _ what: String
  ) throws(ArrowFileError) -> Buffer {
    guard layout.buffers.indices.contains(nextBuffer) else {
      throw body.failure(expected: what, found: "only \(layout.buffers.count) buffers")
    }
    let extent = layout.buffers[nextBuffer]
    nextBuffer += 1
    let stored = try body.part(at: extent.offset, byteCount: extent.byteCount, what)
    if layout.codec != nil {
      // Else a small file could have the same buffer decompressed for each of many columns.
      room -= extent.byteCount
      guard room >= 0 else {
        throw stored.failure(
          expected: "compressed buffers that do not overlap in \(self.what)", found: what)
      }
    }
    let buffer =
      try layout.codec.map { codec throws(ArrowFileError) in
        try BufferDecompressor(codec).decompress(stored)
      } ?? stored.buffer()
    guard buffer.byteCount >= byteCount else {
      throw stored.failure(
        expected: "\(byteCount) bytes of \(what)", found: "\(buffer.byteCount)")
    }
    return buffer
  }
}
