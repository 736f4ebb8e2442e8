import Glibc
import StageKit

/// SHA-256 by path, as sha256sum(1) writes and checks it.
struct Checksums {
  /// By path within the folder.
  private(set) var sums: [String: String] = [:]
  /// Paths of what is neither a file nor a folder.
  private(set) var strangers: [String] = []

  /// Of all files of a folder but the sums themselves and their signature.
  init(ofFilesIn folder: String) throws {
    try add(folder, "")
  }

  private mutating func add(_ folder: String, _ prefix: String) throws {
    for name in try FileBytes.names(in: folder) {
      let (path, within) = ("\(folder)/\(name)", prefix + name)
      if [EvidenceBundle.sumsName, EvidenceBundle.signatureName].contains(within) { continue }
      var status = stat()
      guard lstat(path, &status) == 0 else { throw FileBytes.error("read", path) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try add(path, within + "/")
      case S_IFREG: sums[within] = try ContentHasher.hash(file: path)
      default: strangers.append(within)
      }
    }
  }

  /// Lines as sha256sum writes them; nil where one is not such.
  init?(text: String) {
    guard text.hasSuffix("\n") else { return nil }
    for line in text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
      let (sum, rest) = (line.prefix(64), line.dropFirst(64))
      guard sum.count == 64, rest.starts(with: "  ".utf8), rest.count > 2,
        let sum = String(sum), let path = String(rest.dropFirst(2))
      else { return nil }
      sums[path] = sum
    }
  }

  /// By path, in the order of their bytes.
  var text: String {
    paths.map { "\(sums[$0] ?? "")  \($0)\n" }.joined()
  }

  var paths: [String] { sums.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
