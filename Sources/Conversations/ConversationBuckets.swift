/// Conversations sorted roughly, by the cell of their start and five-tuple, until all of a cell are
/// known. What exceeds the limit waits in a scratch file.
struct ConversationBuckets {
  /// By cell, in chunks: to grow one large array would be to copy it time and again.
  private var buckets: [[[Conversation]]]
  private var extents: [[ScratchFile.Extent]]
  private var countInMemory = 0
  private let limitInMemory: Int
  private let scratch: ScratchFile
  private static let chunkCount = 1024

  /// - Parameter limitInMemory: conversations kept in memory; 80 bytes each.
  init(cellCount: Int, limitInMemory: Int, scratch: ScratchFile) {
    buckets = .init(repeating: [], count: cellCount)
    extents = .init(repeating: [], count: cellCount)
    self.limitInMemory = limitInMemory
    self.scratch = scratch
  }

  mutating func append(_ conversation: Conversation, cell: Int) throws {
    let last = buckets[cell].count - 1
    if last < 0 {
      buckets[cell].append([conversation])
    } else if buckets[cell][last].count < ConversationBuckets.chunkCount {
      buckets[cell][last].append(conversation)
    } else {
      var chunk: [Conversation] = []
      chunk.reserveCapacity(ConversationBuckets.chunkCount)
      chunk.append(conversation)
      buckets[cell].append(chunk)
    }
    countInMemory += 1
    if countInMemory > limitInMemory { try spill() }
  }

  private mutating func spill() throws {
    for cell in buckets.indices where !buckets[cell].isEmpty {
      for chunk in buckets[cell] { extents[cell].append(try scratch.append(chunk)) }
      buckets[cell] = []
    }
    countInMemory = 0
  }

  /// Appends the conversations of a cell to `rows`, in no order; they are kept no longer.
  mutating func take(cell: Int, into rows: inout [Conversation]) throws {
    for chunk in buckets[cell] {
      rows += chunk
      countInMemory -= chunk.count
    }
    buckets[cell] = []
    for extent in extents[cell] { rows += try scratch.read(extent, as: Conversation.self) }
    extents[cell] = []
  }
}
