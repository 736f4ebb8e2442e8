import Glibc
import LogReaders
import StageKit

/// Where format files lie.
struct FormatOptions: ParsableArguments {
  @Option(help: "A folder of format files; may come several times.")
  var formats: [String] = []

  /// The folders named, else those of this installation.
  func library() throws -> FormatLibrary {
    guard formats.isEmpty else { return try FormatLibrary(directories: formats) }
    let installed = ["pipelines/formats"] + FormatOptions.besideExecutable
    guard let folder = installed.first(where: FileBytes.isFolder) else {
      throw StageError(
        "no format files: expected them in pipelines/formats; name their folder with --formats",
        code: .usage)
    }
    return try FormatLibrary(directories: [folder])
  }

  /// `.build/release/ingest` of a clone, and `bin/ingest` of an installation.
  private static var besideExecutable: [String] {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink("/proc/self/exe", &target, target.count - 1) > 0 else { return [] }
    var folder = String(
      decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var folders: [String] = []
    for _ in 0..<4 {
      folder = FileBytes.parent(of: folder)
      folders += [folder + "/pipelines/formats", folder + "/share/tidemark/formats"]
    }
    return folders
  }
}
