import Events
import Glibc
import LogReaders
import StageKit

extension Checkup {
  /// The site file itself, and whether each `[[input]]` finds files that can be read.
  func inputs(of site: Site, _ library: FormatLibrary?) -> [CheckResult] {
    var results = site.warnings.map { CheckResult(StageError($0), level: .warning) }
    if site.inputs.isEmpty {
      results.append(
        CheckResult(
          .error, site.path, "has no [[input]]; ingest check FILE prints the one for an export"))
    }
    if !site.hasOwnSeed, site.warnings.isEmpty {
      results.append(
        CheckResult(.warning, site.path, "its seed is the example's; put a text of your own there"))
    }
    if TimeZoneDatabase.version == "unknown" {
      results.append(
        CheckResult(
          .warning, TimeZoneDatabase.folder, "does not say its release; install the package tzdata")
      )
    }
    let count = Quantity.counted(site.inputs.count, "input")
    results.append(
      CheckResult(.ok, site.path, "\(count), \(site.networksText), \(site.calendar.zone.name)"))
    guard let library else { return results }
    return results + site.inputs.flatMap { input in checked { [try check(input, site, library)] } }
  }

  private func check(_ input: Site.Input, _ site: Site, _ library: FormatLibrary) throws
    -> CheckResult
  {
    let pattern = site.resolve(input.glob)
    let place = input.place.text()
    guard let newest = try newest(Glob.files(matching: pattern)) else {
      return CheckResult(
        .error, input.place.text("glob"),
        "no file matches \(pattern); correct it, or take the [[input]] out")
    }
    let files = "\(Quantity.counted(newest.count, "file")), the newest \(newest.path)"
    let formats: [Format]
    if input.formats.isEmpty {
      let detection = try library.detect(FileHead(path: newest.path))
      switch detection {
      case .match(let found, _): formats = found
      case .foreign(let file) where !file.mayHoldRecords:
        return CheckResult(.warning, place, "\(files), which is left out: \(file.kind)")
      case .empty, .unmapped:
        return CheckResult(.warning, place, "\(files), which \(detection.problem ?? "is left out")")
      case .ambiguous, .unknown, .foreign:
        return CheckResult(.error, place, "\(files), which \(detection.problem ?? "is unknown")")
      }
    } else {
      do {
        formats = try input.formats.map {
          try library.format($0.hasSuffix(".toml") ? site.resolve($0) : $0)
        }
        try LogReader.checkTogether(formats)
      } catch { return CheckResult(.error, input.place.text("format"), "\(error)") }
    }
    if let missing = try missing(of: input, formats) {
      return CheckResult(
        .error, place,
        "format \(missing.format): \(missing.why); add this line to it: "
          + "\(missing.key) = \(missing.example)")
    }
    return CheckResult(
      .ok, place, "\(files), read as \(formats.map(\.id).joined(separator: ", "))")
  }

  /// The file that changed last; of several, the last by name.
  private func newest(_ paths: [String]) throws -> (path: String, count: Int)? {
    try paths.map { path in
      let time = try FileBytes.status(of: path).st_mtim
      return (path: path, seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }.max { ($0.seconds, $0.nanoseconds, $0.path) < ($1.seconds, $1.nanoseconds, $1.path) }
      .map { ($0.path, paths.count) }
  }

  /// What the site file must say before such files can be read.
  private func missing(of input: Site.Input, _ formats: [Format]) throws -> SettingMissing? {
    var settings = ReaderSettings(zoneRules: TimeZoneDatabase.rules)
    settings.zone = try input.zone.map(TimeZoneDatabase.rules)
    // A year in the file's name is another for each file.
    settings.year = input.year.map { if case .number(let year) = $0 { year } else { 2000 } }
    settings.digest = { _ in "" }
    do { _ = try LogReader(formats, settings) } catch let error as SettingMissing { return error }
    return nil
  }
}
