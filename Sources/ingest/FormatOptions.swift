import LogReaders
import StageKit

/// Where format files lie.
struct FormatOptions: ParsableArguments {
  @Option(help: "A folder of format files; may come several times.")
  var formats: [String] = []

  /// The folders named, else those of this installation.
  func library() throws -> FormatLibrary { try FormatLibrary(directories: folders()) }

  func folders() throws -> [String] {
    guard formats.isEmpty else { return formats }
    guard let folder = InstalledFolder.path("formats") else {
      throw StageError(
        "no format files: expected them in pipelines/formats; name their folder with --formats",
        code: .usage)
    }
    return [folder]
  }
}
