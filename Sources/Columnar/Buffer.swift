import Glibc

/// Immutable bytes that keep the memory they lie in alive: a heap allocation, or a part of a
/// mapped file.
///
/// `@unchecked Sendable`: the bytes never change after `init`, and the owner is only released.
public final class Buffer: @unchecked Sendable {
  public let base: UnsafeRawPointer
  public let byteCount: Int
  private let owner: AnyObject?

  /// Bytes `base ..< base + byteCount` inside memory that `owner` keeps valid.
  public init(base: UnsafeRawPointer, byteCount: Int, owner: AnyObject) {
    self.base = base
    self.byteCount = byteCount
    self.owner = owner
  }

  /// Takes over `memory`, which was allocated by `UnsafeMutableRawPointer.allocate`.
  public init(adopting memory: UnsafeMutableRawPointer, byteCount: Int) {
    self.base = UnsafeRawPointer(memory)
    self.byteCount = byteCount
    self.owner = nil
  }

  deinit {
    if owner == nil { UnsafeMutableRawPointer(mutating: base).deallocate() }
  }

  /// A buffer of `byteCount` zero bytes, 64-byte aligned.
  public static func zeros(byteCount: Int) -> Buffer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
    memset(memory, 0, max(byteCount, 1))
    return Buffer(adopting: memory, byteCount: byteCount)
  }

  /// A copy of `bytes`, 64-byte aligned.
  public convenience init(copying bytes: UnsafeRawBufferPointer) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
    if let source = bytes.baseAddress { memory.copyMemory(from: source, byteCount: bytes.count) }
    self.init(adopting: memory, byteCount: bytes.count)
  }

  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base, count: byteCount)
  }
}

/// A buffer that grows while a column is built; 64-byte aligned, as Arrow recommends.
public final class GrowingBuffer {
  // Unchecked: a builder is used by one thread, and a check for every value would cost more than
  // the value.
  @exclusivity(unchecked) public private(set) var base: UnsafeMutableRawPointer
  @exclusivity(unchecked) public private(set) var capacity: Int
  @exclusivity(unchecked) public var byteCount = 0

  public init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// Makes room for `extra` more bytes; amortised O(1).
  @inlinable public func reserve(_ extra: Int) {
    if byteCount + extra > capacity { grow(toHold: byteCount + extra) }
  }

  @usableFromInline func grow(toHold needed: Int) {
    let grown = max(needed, capacity * 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 64)
    memory.copyMemory(from: base, byteCount: byteCount)
    base.deallocate()
    base = memory
    capacity = grown
  }

  @inlinable public func append<T: BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    base.storeBytes(of: value, toByteOffset: byteCount, as: T.self)
    byteCount += MemoryLayout<T>.size
  }

  public func append(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    if let source = bytes.baseAddress, bytes.count > 0 {
      (base + byteCount).copyMemory(from: source, byteCount: bytes.count)
    }
    byteCount += bytes.count
  }

  /// The bytes so far as an immutable buffer; this one starts again, empty.
  public func take() -> Buffer {
    let taken = Buffer(adopting: base, byteCount: byteCount)
    capacity = max(64, min(capacity, byteCount.nextMultiple(of: 64)))
    base = .allocate(byteCount: capacity, alignment: 64)
    byteCount = 0
    return taken
  }
}

extension Int {
  /// The least multiple of `factor` that is not below this non-negative number.
  public func nextMultiple(of factor: Int) -> Int { (self + factor - 1) / factor * factor }
}
