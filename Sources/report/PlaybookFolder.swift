import Incidents
import StageKit

/// The playbooks that come with Tidemark.
enum PlaybookFolder {
  /// By detector, with all of them as one input of the report's manifest.
  static func read() throws -> (playbooks: [String: Playbook], input: Manifest.Input) {
    guard let folder = InstalledFolder.path("playbooks") else {
      throw StageError(
        "pipelines/playbooks: expected the folder of playbooks, found none; install Tidemark anew")
    }
    var playbooks: [String: Playbook] = [:]
    var (byteCount, hasher) = (0, ContentHasher())
    for name in try FileBytes.names(in: folder) where name.hasSuffix(".md") {
      let bytes = try FileBytes.read("\(folder)/\(name)")
      let text = String(decoding: bytes, as: UTF8.self)
      playbooks[String(name.dropLast(".md".count))] = Playbook(markdown: text)
      hasher.update("\(name) \(bytes.count)\n")
      hasher.update(text)
      byteCount += bytes.count
    }
    return (
      playbooks, Manifest.Input(name: "playbooks", byteCount: byteCount, sha256: hasher.finish())
    )
  }
}
