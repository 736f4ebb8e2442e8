import Glibc
import Synchronization

/// What finished folders are as inputs, as long as their manifests stay what they were: the plan of
/// a day names some hundred folders, nearly all of them those of the day before.
final class InputMemory: Sendable {
  /// Tells a file from one that was put in its place.
  private struct Stamp: Equatable {
    let device, inode: UInt
    let byteCount, seconds, nanoseconds: Int

    init(_ status: stat) {
      (device, inode, byteCount) = (status.st_dev, status.st_ino, Int(status.st_size))
      (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }
  }

  private let entries = Mutex<[String: (stamp: Stamp, input: Manifest.Input)]>([:])

  /// The folder as an input; nil where there is no such folder.
  /// - Parameter name: of the input, the same for a folder at all times.
  func input(_ folder: String, name: String) throws -> Manifest.Input? {
    var status = stat()
    // Looked at before the manifest is read: one that comes meanwhile is read again next time.
    guard stat("\(folder)/\(Manifest.fileName)", &status) == 0 else {
      return try Manifest.read(folder: folder)?.asInput(name: name)
    }
    let stamp = Stamp(status)
    let known = entries.withLock { $0[folder] }
    if let known, known.stamp == stamp { return known.input }
    let input = try Manifest.read(folder: folder)?.asInput(name: name)
    entries.withLock { $0[folder] = input.map { (stamp, $0) } }
    return input
  }
}
