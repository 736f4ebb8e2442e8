import Glibc
import StageKit
import TestSupport
import Testing

@Test(
  "several add to a store at once, and none while another removes from it, or the other way round")
func storeLock() throws {
  let store = try TemporaryFolder()
  let another = open(store.path + "/store.lock", O_RDONLY | O_CREAT, 0o640)
  try #require(another >= 0 && flock(another, LOCK_EX) == 0)
  let message = #expect(throws: StageError.self) {
    try StoreLock.adding.hold(store.path, patience: 20)
  }
  #expect(message?.description.contains("\(store.path): triage prune is removing from it") == true)
  try #require(flock(another, LOCK_SH) == 0)
  try StoreLock.adding.hold(store.path, patience: 20)
  try StoreLock.adding.hold(store.path, patience: 20)
  close(another)
  let other = #expect(throws: StageError.self) {
    try StoreLock.removing.hold(store.path, patience: 20)
  }
  #expect(other?.description.contains("\(store.path): another run is at work in it") == true)
}

@Test("a store that may not be written is not held, and the reason is named")
func unwritableStore() {
  let error = #expect(throws: StageError.self) {
    try StoreLock.adding.hold("/nowhere", patience: 20)
  }
  #expect(error?.description.contains("/nowhere/store.lock") == true)
}
