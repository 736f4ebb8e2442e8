import Foundation
import TestSupport

/// A file of an input's bytes, for readers that take a path; removed when nobody holds it.
struct ScratchFile {
  let path: String
  private let folder: TemporaryFolder

  init(_ bytes: [UInt8], name: String = "input") throws {
    folder = try TemporaryFolder()
    path = folder.file(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The folder that holds nothing else.
  var folderPath: String { folder.path }
}
