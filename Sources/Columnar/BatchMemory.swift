import Synchronization

/// Memory for the values of a column, batch after batch: what one batch took is used again when
/// that batch is gone, which another thread may be writing.
///
/// `@unchecked Sendable`: memory is in the list, or it is one batch's.
package final class BatchMemory: @unchecked Sendable {
  private let byteCount: Int
  private let free = Mutex<[Int]>([])

  /// - Parameter byteCount: of a full batch.
  package init(byteCount: Int) { self.byteCount = byteCount }

  deinit {
    free.withLock { addresses in
      for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }
  }

  /// Memory for a batch, 64-byte aligned.
  ///
  /// - Parameter neededByteCount: what will be written to it.
  package func take(_ neededByteCount: Int = 0) -> UnsafeMutableRawPointer {
    precondition(neededByteCount <= byteCount, "a batch's values fit")
    let address = free.withLock { $0.popLast() }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
      ?? .allocate(byteCount: byteCount, alignment: 64)
  }

  package func give(_ memory: UnsafeMutableRawPointer) {
    free.withLock { $0.append(Int(bitPattern: memory)) }
  }

  /// A buffer of the first bytes of memory that was taken here; gives it back when it is gone.
  package func buffer(_ memory: UnsafeMutableRawPointer, byteCount: Int) -> Buffer {
    Buffer(base: memory, byteCount: byteCount, owner: Lease(memory, of: self))
  }

  /// A buffer with a copy of `bytes`, no more than a full batch has.
  package func buffer(copying bytes: UnsafeRawBufferPointer) -> Buffer {
    let memory = take(bytes.count)
    if let source = bytes.baseAddress { memory.copyMemory(from: source, byteCount: bytes.count) }
    return buffer(memory, byteCount: bytes.count)
  }

  private final class Lease {
    private let memory: UnsafeMutableRawPointer
    private let owner: BatchMemory

    init(_ memory: UnsafeMutableRawPointer, of owner: BatchMemory) {
      self.memory = memory
      self.owner = owner
    }

    deinit { owner.give(memory) }
  }
}
