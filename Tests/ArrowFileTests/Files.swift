import Foundation

/// The bytes of a file.
func fileBytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Replaces a file; by a new one, since ext4 waits for the disk when a file is emptied and written.
func write(_ bytes: [UInt8], to path: String) throws {
  unlink(path)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// The path of a committed file.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(name)").path
}
