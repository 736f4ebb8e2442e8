/// Conversations sorted roughly, by the slice of time in which they start, until all of a slice are
/// known. What exceeds the limit waits in a scratch file.
struct ConversationBuckets {
  private var buckets: [[Conversation]]
  private var extents: [[ScratchFile.Extent]]
  private var countInMemory = 0
  private let limitInMemory: Int
  private let folder: String
  private var scratch: ScratchFile?

  /// - Parameter limitInMemory: conversations kept in memory; 72 bytes each.
  init(sliceCount: Int, limitInMemory: Int, folder: String) {
    buckets = .init(repeating: [], count: sliceCount)
    extents = .init(repeating: [], count: sliceCount)
    self.limitInMemory = limitInMemory
    self.folder = folder
  }

  mutating func append(_ conversation: Conversation, slice: Int) throws {
    buckets[slice].append(conversation)
    countInMemory += 1
    if countInMemory > limitInMemory { try spill() }
  }

  private mutating func spill() throws {
    let file = try scratch ?? ScratchFile(folder: folder)
    scratch = file
    for slice in buckets.indices where !buckets[slice].isEmpty {
      let extent = try buckets[slice].withUnsafeBytes { try file.append($0) }
      extents[slice].append(extent)
      buckets[slice] = []
    }
    countInMemory = 0
  }

  /// The conversations of a slice, in no order; they are kept no longer.
  mutating func take(slice: Int) throws -> [Conversation] {
    var taken = buckets[slice]
    buckets[slice] = []
    countInMemory -= taken.count
    guard let scratch else { return taken }
    for extent in extents[slice] {
      let count = extent.byteCount / MemoryLayout<Conversation>.stride
      let read = try [Conversation](unsafeUninitializedCapacity: count) { buffer, initialized in
        try scratch.read(extent, into: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      }
      taken += read
    }
    extents[slice] = []
    return taken
  }
}
