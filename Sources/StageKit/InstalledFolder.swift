import Glibc

/// Folders that come with Tidemark: format files, detectors' settings.
package enum InstalledFolder {
  /// That of the clone or the installation that the executable is of, wherever it runs; of an
  /// executable by itself, `pipelines/NAME` of the working folder.
  package static func path(_ name: String) -> String? {
    (besideExecutable(name) + ["pipelines/\(name)"]).first(where: FileBytes.isFolder)
  }

  /// `pipelines/NAME` of a clone, whose `.build/PLATFORM/release/ingest` it may be, and
  /// `share/tidemark/NAME` of an installation with `libexec/tidemark/ingest`.
  private static func besideExecutable(_ name: String) -> [String] {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink("/proc/self/exe", &target, target.count - 1) > 0 else { return [] }
    var folder = String(
      decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var folders: [String] = []
    // .build/static/PLATFORM/release is the deepest.
    for _ in 0..<5 {
      folder = FileBytes.parent(of: folder)
      folders += ["\(folder)/pipelines/\(name)", "\(folder)/share/tidemark/\(name)"]
    }
    return folders
  }
}
