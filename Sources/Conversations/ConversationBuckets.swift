/// Conversations sorted roughly, by the slice of time in which they start, until all of a slice are
/// known. What exceeds the limit waits in a scratch file.
struct ConversationBuckets {
  private var buckets: [[Conversation]]
  private var extents: [[ScratchFile.Extent]]
  private var countInMemory = 0
  private let limitInMemory: Int
  private let scratch: ScratchFile

  /// - Parameter limitInMemory: conversations kept in memory; 72 bytes each.
  init(sliceCount: Int, limitInMemory: Int, scratch: ScratchFile) {
    buckets = .init(repeating: [], count: sliceCount)
    extents = .init(repeating: [], count: sliceCount)
    self.limitInMemory = limitInMemory
    self.scratch = scratch
  }

  mutating func append(_ conversation: Conversation, slice: Int) throws {
    buckets[slice].append(conversation)
    countInMemory += 1
    if countInMemory > limitInMemory { try spill() }
  }

  private mutating func spill() throws {
    for slice in buckets.indices where !buckets[slice].isEmpty {
      extents[slice].append(try scratch.append(buckets[slice]))
      buckets[slice] = []
    }
    countInMemory = 0
  }

  /// The conversations of a slice, in no order; they are kept no longer.
  mutating func take(slice: Int) throws -> [Conversation] {
    var taken = buckets[slice]
    buckets[slice] = []
    countInMemory -= taken.count
    for extent in extents[slice] { taken += try scratch.read(extent, as: Conversation.self) }
    extents[slice] = []
    return taken
  }
}
