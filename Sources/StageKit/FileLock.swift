import Glibc

/// Keeps two processes from writing the same thing; the system releases it when a process dies.
package struct FileLock {
  private let descriptor: Int32
  private let path: String

  /// Milliseconds that are enough for who holds a lock for a moment only, such as a run that sweeps
  /// up.
  package static let brief = 500

  /// - Parameters:
  ///   - subject: what is locked, for messages.
  ///   - patience: for how many milliseconds a lock that another holds is waited for.
  package init(path: String, subject: String, patience: Int = FileLock.brief) throws {
    guard let lock = try FileLock.waited(for: patience, { try FileLock(ifFree: path) }) else {
      throw StageError(
        "\(subject): another run is writing it; wait until it ends, or use another store")
    }
    self = lock
  }

  /// Tries every 10 ms, or every 50 where the patience is longer than 10 s; nil where it came to
  /// nothing within so many milliseconds.
  static func waited<Value>(for patience: Int, _ attempt: () throws -> Value?) rethrows -> Value? {
    let step = patience > 10_000 ? 50 : 10
    for _ in 0...patience / step {
      if let value = try attempt() { return value }
      usleep(UInt32(step) * 1000)
    }
    return nil
  }

  /// Takes the lock; nil where another process holds it.
  package init?(ifFree path: String) throws {
    self.path = path
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
      guard descriptor >= 0 else { throw FileBytes.error("create", path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        return nil
      }
      // Its holder may have removed the file between our open and our lock.
      var (locked, named) = (stat(), stat())
      if fstat(descriptor, &locked) == 0, stat(path, &named) == 0, locked.st_ino == named.st_ino {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  /// Whether a process holds the lock; nothing is made or removed.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  package func release() {
    unlink(path)
    close(descriptor)
  }
}
