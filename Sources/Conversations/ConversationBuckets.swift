/// Conversations sorted roughly, by the cell of their start and five-tuple, until all of a cell are
/// known. What exceeds the limit waits in a scratch file.
struct ConversationBuckets {
  private var buckets: [[Conversation]]
  private var extents: [[ScratchFile.Extent]]
  private var countInMemory = 0
  private let limitInMemory: Int
  private let scratch: ScratchFile

  /// - Parameter limitInMemory: conversations kept in memory; 80 bytes each.
  init(cellCount: Int, limitInMemory: Int, scratch: ScratchFile) {
    buckets = .init(repeating: [], count: cellCount)
    extents = .init(repeating: [], count: cellCount)
    self.limitInMemory = limitInMemory
    self.scratch = scratch
  }

  mutating func append(_ conversation: Conversation, cell: Int) throws {
    buckets[cell].append(conversation)
    countInMemory += 1
    if countInMemory > limitInMemory { try spill() }
  }

  private mutating func spill() throws {
    for cell in buckets.indices where !buckets[cell].isEmpty {
      extents[cell].append(try scratch.append(buckets[cell]))
      buckets[cell] = []
    }
    countInMemory = 0
  }

  /// The conversations of a cell, in no order; they are kept no longer.
  mutating func take(cell: Int) throws -> [Conversation] {
    var taken = buckets[cell]
    buckets[cell] = []
    countInMemory -= taken.count
    for extent in extents[cell] { taken += try scratch.read(extent, as: Conversation.self) }
    extents[cell] = []
    return taken
  }
}
