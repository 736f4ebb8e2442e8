import Events
import LogReaders
import StageKit

/// Looks at all that a site needs, and changes nothing. What is new and what is old is told by the
/// data, not by the clock.
package struct Checkup {
  let sitePath: String
  let storePath: String
  let formatFolders: [String]
  /// Whether every file of the store is read to its end.
  let readsAll: Bool

  package init(site: String, store: String, formatFolders: [String], readsAll: Bool) {
    (sitePath, storePath) = (site, store)
    (self.formatFolders, self.readsAll) = (formatFolders, readsAll)
  }

  /// What was found, in the order in which things depend on each other; never throws, since other
  /// things are looked at still.
  package func results() -> [CheckResult] {
    let (library, formats) = formats()
    let problems = FileBytes.exists(sitePath) ? Site.problems(path: sitePath) : []
    var results = problems.map { CheckResult(StageError($0)) }
    let site = problems.isEmpty ? siteFile(&results) : nil
    results += formats + settings()
    if let site = site {
      results += inputs(of: site, library) + files(of: site) + secrets(of: site)
    }
    var store: Store?
    // Without its marker it is one all the same, and says so.
    if Store.exists(at: storePath) || Store.hasFiles(at: storePath) {
      do { store = try Store(path: storePath) } catch { results.append(CheckResult(error)) }
    } else {
      results.append(
        CheckResult(
          .warning, storePath, "no store there; run ingest first, or name yours with --store"))
    }
    guard let store else { return results }
    if let site = site { results += days(of: site, in: store) }
    let all =
      results + state(of: store) + logs(of: store) + looseFiles(of: store)
      + FolderCheck(store: store, readsAll: readsAll).results() + room(in: store)
    // What several checks stumble over is said once.
    return all.indices.filter { !all[..<$0].contains(all[$0]) }.map { all[$0] }
  }

  private func siteFile(_ results: inout [CheckResult]) -> Site? {
    guard FileBytes.exists(sitePath) else {
      results.append(
        CheckResult(
          .error, sitePath,
          "no such site file; copy pipelines/site.toml and name yours with --site"))
      return nil
    }
    do { return try Site(path: sitePath) } catch {
      results.append(CheckResult(error))
      return nil
    }
  }
}

/// What `check` finds; what it throws is an error.
func checked(_ check: () throws -> [CheckResult]) -> [CheckResult] {
  do { return try check() } catch { return [CheckResult(error)] }
}
