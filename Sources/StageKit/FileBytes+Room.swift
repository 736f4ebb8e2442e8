import Glibc

extension FileBytes {
  /// What may be written where a file or folder lies, in bytes.
  package static func freeByteCount(at path: String) throws -> Int {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { throw error("read", path) }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
  package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
