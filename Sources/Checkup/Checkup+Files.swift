import Columnar
import Events
import Glibc
import Incidents
import Indicators
import StageKit

extension Checkup {
  /// What the site file names beside exports: assets, other programs' exports, lists of indicators.
  func files(of site: Site) -> [CheckResult] {
    checked { try site.assetsPath.map { [try assets($0)] } ?? [] }
      + site.contexts.flatMap { context in checked { [try check(context, site)] } }
      + site.indicatorLists.flatMap { list in checked { try check(list, site) } }
  }

  private func assets(_ path: String) throws -> CheckResult {
    let file = try AssetsFile(path: path, bytes: FileBytes.read(path))
    return CheckResult(.ok, path, "assets: \(Quantity.counted(file.count, "host"))")
  }

  /// Of the newest day with events.
  private func check(_ context: Site.Context, _ site: Site) throws -> CheckResult {
    let place = "[[context]] \(context.name)"
    guard Store.exists(at: storePath),
      let day = try Store(path: storePath).days(in: Area.events.rawValue).last
    else { return CheckResult(.ok, place, "not looked for, while the store has no day") }
    let path = site.resolve(context.file(for: day))
    guard FileBytes.exists(path) else {
      return CheckResult(
        .warning, place, "no file for \(day) at \(path); see that it is exported before the report")
    }
    let nothing = site.calendar.start(of: day)
    let file = try ContextFile(
      ContextFile.Columns(
        host: context.host, time: context.time, text: context.text, zone: context.zone),
      selecting: ContextFile.Selection(window: nothing..<nothing, wanted: []) { _ in [] }
    ) { try FileBytes.forEachPiece(of: path, $0) }
    guard file.isReadable, file.remark == nil else {
      return CheckResult(
        file.isReadable ? .warning : .error, place, "\(path): \(file.remark ?? "can't be read")")
    }
    return CheckResult(.ok, place, "\(path): \(Quantity.counted(file.rowCount, "row"))")
  }

  private func check(_ list: Site.IndicatorList, _ site: Site) throws -> [CheckResult] {
    let paths = try Glob.files(matching: site.resolve(list.path))
    guard !paths.isEmpty else {
      return [
        CheckResult(
          .error, list.place.text("path"), "expected files at \(list.path), found none")
      ]
    }
    return try paths.map { path in
      let file = IndicatorFile(
        try FileBytes.read(path), path: path,
        format: IndicatorFile.Format(rawValue: list.format) ?? .plain,
        columns: list.value.map {
          IndicatorFile.Columns(value: $0, from: list.from, until: list.until)
        }, site: site.statedNetworks)
      let count = Quantity.counted(file.indicators.count, "indicator")
      guard let problem = file.problems.first else { return CheckResult(.ok, path, count) }
      return CheckResult(
        .warning, path,
        "\(count); \(Quantity.counted(file.problems.count, "line")) can't be used, the first: \(problem)"
      )
    }
  }

  /// Keys, and what routes need to know; none of it is said.
  func secrets(of site: Site) -> [CheckResult] {
    checked {
      if Store.exists(at: storePath) { _ = try site.seen(in: storePath) }
      guard site.privacy?.needsKey == true else { return [] }
      _ = try site.pseudonymiser(for: storePath)
      return [CheckResult(.ok, "[privacy]", "the key is there, for its owner alone")]
    }
      + checked {
        let path = site.evidenceKeyPath
        guard FileBytes.exists(path) else { return [] }
        let mode = try FileBytes.status(of: path).st_mode
        guard mode & 0o077 == 0 else {
          throw StageError("\(path): a key that others may read; run: chmod 600 \(path)")
        }
        return [CheckResult(.ok, path, "the key of evidence, for its owner alone")]
      }
      + site.routes.flatMap { route -> [CheckResult] in
        let place = "\(route.place.text()) \(route.name)"
        do { _ = try route.receiver.secret?.read() } catch {
          return [CheckResult(.error, place, "\(error)")]
        }
        return [CheckResult(.ok, place, "all that it needs is there")]
      }
  }
}
