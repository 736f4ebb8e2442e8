import ArrowFile
import Columnar

extension Store {
  /// Checks that all files of a finished folder are as they were written, to the last byte.
  /// - Returns: how many they are.
  /// - Throws: naming the first that is not.
  package func verify(_ folder: String) throws -> Int {
    guard let manifest = try Manifest.read(folder: folder) else {
      throw StageError("\(folder): not finished; run its stage first")
    }
    for output in manifest.outputs {
      let path = folder + "/" + output.name
      try verifySize(of: output, in: folder)
      guard try contentHash(ofFile: path) == output.sha256 else { throw changed(path) }
      if output.name.hasSuffix(".arrow") {
        // Every batch's checksum is verified as it is read.
        let reader = try ArrowReader(path: path)
        for index in 0..<reader.batchCount { _ = try reader.batch(index) }
      }
    }
    return manifest.outputs.count
  }

  /// Checks that a file that a manifest lists is there, and as long as it was.
  package func verifySize(of output: Manifest.Output, in folder: String) throws {
    let path = folder + "/" + output.name
    guard FileBytes.exists(path) else {
      throw StageError(
        "\(path): missing, though the manifest lists it; remove the folder and run its stage again")
    }
    guard try FileBytes.size(of: path) == output.byteCount else { throw changed(path) }
  }

  private func changed(_ path: String) -> StageError {
    StageError("\(path): not as it was written; remove the folder and run again")
  }
}
