import Glibc

/// Folders that come with Tidemark: format files, detectors' settings.
package enum InstalledFolder {
  /// `pipelines/<name>` where there is one, else that of the installation the executable is of.
  package static func path(_ name: String) -> String? {
    (["pipelines/\(name)"] + besideExecutable(name)).first(where: FileBytes.isFolder)
  }

  /// `.build/release/ingest` of a clone, and `bin/ingest` of an installation.
  private static func besideExecutable(_ name: String) -> [String] {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink("/proc/self/exe", &target, target.count - 1) > 0 else { return [] }
    var folder = String(
      decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var folders: [String] = []
    for _ in 0..<4 {
      folder = FileBytes.parent(of: folder)
      folders += ["\(folder)/pipelines/\(name)", "\(folder)/share/tidemark/\(name)"]
    }
    return folders
  }
}
