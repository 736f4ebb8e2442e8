/// Where the buffers of a batch lie in its message's body.
struct BodyLayout {
  /// A column's rows and nulls: `struct FieldNode`.
  struct Node {
    let rowCount: Int
    let nullCount: Int
  }

  /// A buffer's place in the body, padding not counted: `struct Buffer`.
  struct Extent {
    let offset: Int
    let byteCount: Int
  }

  let rowCount: Int
  let nodes: [Node]
  let buffers: [Extent]
  let compression: Compression
}

/// Where a message lies in the file: `struct Block`.
struct Block {
  let offset: Int
  /// With the eight bytes before the metadata and the padding behind it.
  let metadataByteCount: Int
  let bodyByteCount: Int

  var end: Int { offset + metadataByteCount + bodyByteCount }
}
