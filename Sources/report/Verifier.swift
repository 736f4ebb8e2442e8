import ArrowFile
import Events
import Incidents
import StageKit

/// Checks that a day's files are what their manifests say, and that the report follows from them.
struct Verifier {
  let store: Store
  let reporter: Reporter

  /// What is there of a day is as it was written.
  struct Verified {
    var fileCount = 0
    /// Something that the report was made from and that was pruned: the report can't be recomputed.
    var missing: PruneLog.Entry?
  }

  /// - Throws: naming the first file that is not as it was written, or differs when recomputed.
  func verify(_ day: CivilDate) throws -> Verified {
    var verified = Verified()
    for folder in [
      store.events(day), store.profiles(day), store.quality(day), store.baseline(asOf: day),
      store.votes(day), store.scores(day), store.reports(day),
    ] {
      if let entry = store.pruned.entry(of: store.relative(folder)) {
        guard folder != store.reports(day) else {
          throw StageError("\(folder): was pruned on \(entry.date)")
        }
      } else {
        verified.fileCount += try verify(folder: folder)
      }
    }
    verified.missing = store.prunedSource(of: .reports, day, site: reporter.site)
    guard verified.missing == nil else { return verified }
    guard let manifest = try Manifest.read(folder: store.reports(day)) else {
      throw StageError("\(store.reports(day)): no report; run report for it first")
    }
    for input in try WordingFile(store: store, day: day).input()
    where !manifest.inputs.contains(input) {
      throw StageError("\(input.name): not what the report was made from; run report again")
    }
    let facts = try reporter.reader.facts(day, inputs: manifest.inputs)
    for (name, text) in try Reporter.files(facts) {
      let path = store.reports(day) + "/" + name
      guard try FileBytes.read(path) == Array(text.utf8) else {
        throw StageError("\(path): differs from what the stored columns give; run report again")
      }
    }
    return verified
  }

  private func verify(folder: String) throws -> Int {
    guard let manifest = try Manifest.read(folder: folder) else {
      throw StageError("\(folder): not finished; run its stage first")
    }
    for output in manifest.outputs {
      let path = folder + "/" + output.name
      guard FileBytes.exists(path) else {
        throw StageError("\(path): missing, though the manifest lists it; run its stage again")
      }
      guard try FileBytes.size(of: path) == output.byteCount,
        try store.contentHash(ofFile: path) == output.sha256
      else { throw StageError("\(path): not as it was written; remove the folder and run again") }
      if output.name.hasSuffix(".arrow") {
        // Every batch's checksum is verified as it is read.
        let reader = try ArrowReader(path: path)
        for index in 0..<reader.batchCount { _ = try reader.batch(index) }
      }
    }
    return manifest.outputs.count
  }
}
