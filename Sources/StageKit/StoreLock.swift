import Glibc

/// What a process does in a store, beside which others may do the same, or nothing.
package enum StoreLock {
  /// As any number of processes may at once; each folder has a lock of its own.
  case adding
  /// As none may beside it: what another was about to read would be gone.
  case removing

  /// Holds a store until the process ends, however it ends.
  /// - Parameter patience: for how many milliseconds others are waited for.
  package func hold(_ store: String, patience: Int) throws {
    let path = store + "/store.lock"
    // Never unlinked: who waits for it would be left with a file that nobody else sees.
    let descriptor = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw FileBytes.error("create", path) }
    let operation = (self == .adding ? LOCK_SH : LOCK_EX) | LOCK_NB
    let held: Void? = try FileLock.waited(for: patience) {
      if flock(descriptor, operation) == 0 { return () }
      guard errno == EWOULDBLOCK else {
        defer { close(descriptor) }
        throw FileBytes.error("lock", path)
      }
      return nil
    }
    if held != nil { return }
    close(descriptor)
    throw StageError(
      self == .adding
        ? "\(store): triage prune is removing from it; wait until it ends"
        : "\(store): another run is at work in it; wait until it ends, then prune")
  }
}
