import Columnar
import Events
import FoundationEssentials

/// `manifest.json`, written last in every output folder: what made the folder, from what, and what
/// is in it. A folder without it is not done.
package struct Manifest: Codable, Equatable, Sendable {
  package struct Input: Codable, Hashable, Sendable {
    package var name: String
    package var byteCount: Int
    /// SHA-256 of the file, or of what stands for its content.
    package var sha256: String

    package init(name: String, byteCount: Int, sha256: String) {
      (self.name, self.byteCount, self.sha256) = (name, byteCount, sha256)
    }
  }

  package struct Output: Codable, Equatable, Sendable {
    package var name: String
    package var byteCount: Int
    package var sha256: String
  }

  package var stage: String
  /// Raised when the stage's results change for the same inputs.
  package var algorithm: Int
  package var subject: String
  package var options: [String: String]
  package var inputs: [Input]
  package var outputs: [Output] = []
  /// Counts and times that later stages and people read: rows in, out, rejected, first and last
  /// time.
  package var facts: [String: String] = [:]

  package init(
    stage: String, algorithm: Int, subject: String, options: [String: String] = [:],
    inputs: [Input] = []
  ) {
    self.stage = stage
    self.algorithm = algorithm
    self.subject = subject
    self.options = options
    self.inputs = inputs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Stands for all of the above, in the file only, so that a manifest says whether it is as it was
  /// written; those that older versions wrote lack it.
  private var checksum: String?

  package static let fileName = "manifest.json"

  /// Stands for everything that decides the outputs.
  package var fingerprint: String {
    var parts = ["\(stage) \(algorithm) \(subject)"]
    parts += options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    parts += inputs.map { "\($0.name) \($0.byteCount) \($0.sha256)" }
    return ContentHasher.hash(parts.joined(separator: "\n"))
  }

  /// Stands for what is in the folder, whatever made it.
  package var contentHash: String {
    ContentHasher.hash(
      outputs.map { "\($0.name) \($0.byteCount) \($0.sha256)" }.joined(separator: "\n")
        + facts.sorted { $0.key < $1.key }.map { "\n\($0.key)=\($0.value)" }.joined())
  }

  package var outputByteCount: Int { outputs.reduce(0) { $0.addingClamped($1.byteCount) } }

  private var ownChecksum: String { ContentHasher.hash(fingerprint + "\n" + contentHash) }

  package func encoded() throws -> [UInt8] {
    var sealed = self
    sealed.checksum = ownChecksum
    return Array(try JSONText.file(sealed).utf8)
  }

  /// The manifest of a finished folder; nil where there is no such folder.
  package static func read(folder: String) throws -> Manifest? {
    guard try isThere(in: folder) else { return nil }
    let path = folder + "/" + fileName
    let bytes = try FileBytes.read(path)
    do {
      var manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
      guard manifest.checksum == nil || manifest.checksum == manifest.ownChecksum else {
        throw damaged(path)
      }
      manifest.checksum = nil
      return manifest
    } catch DecodingError.dataCorrupted {
      throw damaged(path)
    } catch let error as DecodingError {
      throw StageError(
        "\(path): expected a manifest of this version of Tidemark, found another: "
          + "\(JSONMembers.reason(error)); use the version that wrote it, or remove the folder and run "
          + "its stage again")
    }
  }

  private static func damaged(_ path: String) -> StageError {
    StageError("\(path): not as it was written; remove the folder and run its stage again")
  }

  /// Whether a folder is finished.
  /// - Throws: where it is there without a manifest. A folder is seen once all is in it; taken for
  ///   one that is not made yet, it would be left out unsaid.
  package static func isThere(in folder: String) throws -> Bool {
    let path = folder + "/" + fileName
    if FileBytes.exists(path) { return true }
    guard FileBytes.isFolder(folder) else { return false }
    // Another run may have put the folder there meanwhile.
    if FileBytes.exists(path) { return true }
    throw StageError("\(folder): no \(fileName); remove the folder and run its stage again")
  }

  /// Whether a folder is what this plan makes; one without a manifest is made again.
  package func isMade(in folder: String) throws -> Bool {
    try FileBytes.exists(folder + "/" + Manifest.fileName)
      && Manifest.read(folder: folder)?.fingerprint == fingerprint
  }

  /// This folder as an input of a later stage.
  package func asInput(name: String) -> Input {
    Input(name: name, byteCount: outputByteCount, sha256: contentHash)
  }
}
