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
  /// nil where buffers are stored as they are.
  let codec: Codec?
  /// The buffers of each column whose rows are views of text or bytes, beyond two.
  var variadicCounts: [Int] = []
}

/// How a file's buffers may be compressed: `enum CompressionType`. Tidemark's own use zstd.
enum Codec: Int8 {
  case lz4 = 0
  case zstd = 1
}

/// Where a message lies in the file: `struct Block`.
struct Block {
  let offset: Int
  /// With the eight bytes before the metadata and the padding behind it.
  let metadataByteCount: Int
  let bodyByteCount: Int

  var end: Int { offset + metadataByteCount + bodyByteCount }
}
